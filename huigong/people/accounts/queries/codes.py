"""The member code: who holds the phone, for half a minute, provable without a network.

A code is ``H1.`` and the base64url of the account's uuid (16 bytes), the number of its 30-second slot (4
bytes, big endian) and an ECDSA P-256 signature over both (64 bytes: r and s). Scanners know the public key;
nothing in the code is a name or a number of the person.
"""

import base64
import binascii
import struct
import time
import uuid as uuid_module
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

SECONDS = 30
PREFIX = "H1."
_TOLERANCE = 1
"""A code is taken one slot early or late: phones' clocks and slow hands."""


@dataclass(frozen=True)
class MemberCode:
    """One code and the Unix second at which its half minute begins."""

    starts_at: int
    text: str


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(settings.SECRETS["member_code_key"].encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def public_key() -> str:
    """The key scanners check codes with: base64 of the uncompressed point (65 bytes)."""
    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point).decode()


def member_codes(uuid: uuid_module.UUID, *, ahead: int = 10) -> list[MemberCode]:
    """The current code of an account and those of the `ahead` slots after it."""
    first = int(time.time()) // SECONDS
    return [_sign(uuid, slot) for slot in range(first, first + ahead + 1)]


def _sign(uuid: uuid_module.UUID, slot: int) -> MemberCode:
    body = uuid.bytes + struct.pack(">I", slot)
    r, s = decode_dss_signature(_key().sign(body, ec.ECDSA(hashes.SHA256())))
    signed = body + r.to_bytes(32, "big") + s.to_bytes(32, "big")
    text = PREFIX + base64.urlsafe_b64encode(signed).decode().rstrip("=")
    return MemberCode(slot * SECONDS, text)


def read_member_code(text: str, *, at: float | None = None) -> uuid_module.UUID:
    """The account uuid of a code shown at Unix time `at` (now unless told).

    Raises ValueError with a Chinese sentence for what is no code, forged, or not of this half minute: a
    screenshot does not work.
    """
    body, signature = _parts(text)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        _key().public_key().verify(encode_dss_signature(r, s), body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError("这不是有效的会员码。") from None
    slot = struct.unpack(">I", body[16:])[0]
    now = int((time.time() if at is None else at) // SECONDS)
    if abs(now - slot) > _TOLERANCE:
        raise ValueError("会员码已过期，请会员刷新后再出示。")
    return uuid_module.UUID(bytes=body[:16])


def _parts(text: str) -> tuple[bytes, bytes]:
    encoded = text.strip()
    if not encoded.startswith(PREFIX):
        raise ValueError("这不是会员码。")
    encoded = encoded.removeprefix(PREFIX)
    try:
        signed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("这不是会员码。") from None
    if len(signed) != 84:
        raise ValueError("这不是会员码。")
    return signed[:20], signed[20:]
