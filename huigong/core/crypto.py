"""Sealing of personal fields, and blind indexes to find them again.

A sealed value is text: ``1.<key id>.<algorithm>.<base64 of nonce, ciphertext and tag>``. The row's own
uuid and the column's name are authenticated with it, so a value copied to another row or column does not
open. A blind index is HMAC-SHA-256 under a separate key over the normalised value: equal values have
equal indexes, and without the key nothing can be tried. Both keys live in the secrets file, never in the
database or its backups.
"""

import base64
import hmac
import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

ALGORITHM = "aesgcm"


class CannotOpen(ValueError):
    """The sealed text was altered, moved from another row, or its key is not here."""


@cache
def _cipher(key_id: str) -> AESGCM:
    try:
        return AESGCM(base64.b64decode(settings.SECRETS["field_keys"][key_id]))
    except KeyError:
        raise CannotOpen(f"field key {key_id!r} is not in the secrets file") from None


def current_prefix() -> str:
    """How everything begins that is sealed with the key that counts now."""
    return f"1.{settings.SECRETS['field_key']}.{ALGORITHM}."


def seal(text: str, *, context: str) -> str:
    """Encrypt `text`; it opens only with the same `context`. Empty text stays empty."""
    if not text:
        return ""
    key_id = settings.SECRETS["field_key"]
    nonce = os.urandom(12)
    boxed = nonce + _cipher(key_id).encrypt(nonce, text.encode(), context.encode())
    return f"1.{key_id}.{ALGORITHM}.{base64.b64encode(boxed).decode()}"


def unseal(sealed: str, *, context: str) -> str:
    """The text behind `seal`. Raises `CannotOpen` when it was tampered with or its key is missing."""
    if not sealed:
        return ""
    version, key_id, algorithm, body = sealed.split(".", 3)
    if (version, algorithm) != ("1", ALGORITHM):
        raise CannotOpen(f"unknown format {version}.{algorithm}")
    boxed = base64.b64decode(body)
    try:
        return _cipher(key_id).decrypt(boxed[:12], boxed[12:], context.encode()).decode()
    except InvalidTag:
        raise CannotOpen("sealed text does not belong here or was altered") from None


@cache
def _index_key() -> bytes:
    return base64.b64decode(settings.SECRETS["index_key"])


def seal_bytes(content: bytes, *, context: str) -> bytes:
    """Encrypt a whole file, with the same key and the same promise as `seal`."""
    key_id = settings.SECRETS["field_key"]
    nonce = os.urandom(12)
    return current_prefix().encode() + nonce + _cipher(key_id).encrypt(nonce, content, context.encode())


def unseal_bytes(sealed: bytes, *, context: str) -> bytes:
    """The file behind `seal_bytes`. Raises `CannotOpen` when it was tampered with or its key is missing."""
    version, key_id, algorithm, boxed = sealed.split(b".", 3)
    if (version, algorithm) != (b"1", ALGORITHM.encode()):
        raise CannotOpen("unknown format")
    try:
        return _cipher(key_id.decode()).decrypt(boxed[:12], boxed[12:], context.encode())
    except InvalidTag:
        raise CannotOpen("sealed file does not belong here or was altered") from None


def blind_index(kind: str, value: str) -> str:
    """A keyed hash of a normalised value; `kind` separates phones from ID numbers. Empty stays empty."""
    if not value:
        return ""
    return hmac.digest(_index_key(), f"{kind}\0{value}".encode(), "sha256").hex()


class DataKey:
    """A key for one case alone, kept in its row sealed by the field key: change that, and only this is sealed anew.

    Whoever throws the row away has thrown away whatever the key opens.
    """

    def __init__(self, wrapped: str, *, context: str) -> None:
        self._cipher = AESGCM(base64.b64decode(unseal(wrapped, context=context)))

    @staticmethod
    def make(*, context: str) -> str:
        """A new key, wrapped for its row; it opens only with the same `context`."""
        return seal(base64.b64encode(AESGCM.generate_key(256)).decode(), context=context)

    def seal(self, content: bytes, *, context: str) -> bytes:
        """Encrypt `content`; it opens only with this key and the same `context`."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, content, context.encode())

    def unseal(self, sealed: bytes | memoryview, *, context: str) -> bytes:
        """What `seal` was given. Raises `CannotOpen` when it was altered or moved."""
        boxed = bytes(sealed)
        try:
            return self._cipher.decrypt(boxed[:12], boxed[12:], context.encode())
        except InvalidTag:
            raise CannotOpen("sealed content does not belong here or was altered") from None


class Sealed:
    """A text attribute kept encrypted in `<name>_sealed`, and findable by its indexes.

    The model declares the columns itself: ``phone_sealed`` and, for every entry of `indexes`, a column of
    that name. Each index maps the normalised value to the text that is hashed (the whole, or a tail).
    The model must have a `uuid` that is set before the value is.
    """

    def __init__(self, kind: str, *, indexes: dict[str, Callable[[str], str]]) -> None:
        self.kind = kind
        self.indexes = indexes

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_sealed"

    def _context(self, instance: Any) -> str:
        return f"{instance._meta.db_table}.{self.column}.{instance.uuid}"

    @overload
    def __get__(self, instance: None, owner: type) -> "Sealed": ...
    @overload
    def __get__(self, instance: object, owner: type) -> str: ...
    def __get__(self, instance: object | None, owner: type) -> "str | Sealed":
        if instance is None:
            return self
        return unseal(getattr(instance, self.column), context=self._context(instance))

    def __set__(self, instance: Any, value: str) -> None:
        setattr(instance, self.column, seal(value, context=self._context(instance)))
        for column, part in self.indexes.items():
            setattr(instance, column, blind_index(f"{self.kind}.{column}", part(value)))

    def index_of(self, column: str, value: str) -> str:
        """What the index column holds for a normalised `value`: use it in a filter."""
        return blind_index(f"{self.kind}.{column}", self.indexes[column](value))


class SealedJson(Sealed):
    """An attribute of plain JSON kept the same way; nothing kept yet reads as an empty object."""

    @overload
    def __get__(self, instance: None, owner: type) -> "SealedJson": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Any: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        return json.loads(super().__get__(instance, owner) or "{}")

    def __set__(self, instance: Any, value: Any) -> None:
        super().__set__(instance, json.dumps(value, ensure_ascii=False))


def whole(value: str) -> str:
    return value


def last_four(value: str) -> str:
    return value[-4:]
