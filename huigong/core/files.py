"""Uploaded files: checked and re-encoded before they are kept, served only after a check of access."""

import hashlib
import re
import uuid as uuid_module
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from huigong.core import audit, crypto, documents, images, media
from huigong.core.errors import Refused
from huigong.core.models import StoredFile

_SEALED = "application/octet-stream"


def _path(uuid: uuid_module.UUID) -> Path:
    name = str(uuid)
    return Path(settings.MEDIA_ROOT) / name[:2] / name


def _keep(content: bytes, uuid: uuid_module.UUID) -> None:
    """Write beside and rename, so that no half file is ever served."""
    target = _path(uuid)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(content)
    part.rename(target)


def store_image(
    upload: IO[bytes], *, owner: audit.Actor, name: str, is_public: bool = False, max_side: int = 1600
) -> StoredFile:
    """Keep a picture, re-encoded without its metadata and at most `max_side` long.

    Raises ValueError with a Chinese sentence when it is no picture, too large or broken.
    """
    image = images.normalise(upload, max_side=max_side)
    uuid = uuid_module.uuid4()
    _keep(image.content, uuid)
    return StoredFile.objects.create(
        uuid=uuid,
        name=Path(name).name[:120] or "图片",
        content_type=image.content_type,
        size=len(image.content),
        sha256=hashlib.sha256(image.content).hexdigest(),
        width=image.width,
        height=image.height,
        is_public=is_public,
        owner_id=owner.pk,
    )


def store_document(upload: IO[bytes], *, owner: audit.Actor, name: str) -> StoredFile:
    """Keep a PDF or Office document as it came, under a harmless name. It is nobody's by address, as a sealed one.

    Raises ValueError with a Chinese sentence when it is of no known kind, too large, broken or could run something.
    """
    document = documents.check(upload, name=name)
    uuid = uuid_module.uuid4()
    _keep(document.content, uuid)
    return StoredFile.objects.create(
        uuid=uuid,
        name=document.name,
        content_type=document.content_type,
        size=len(document.content),
        sha256=hashlib.sha256(document.content).hexdigest(),
    )


def store_documents(
    uploads: Iterable[tuple[IO[bytes], str]], *, owner: audit.Actor, with_media: bool = False
) -> list[StoredFile]:
    """Keep each (file, name) as `store_document` does, and with `with_media` films and sound as `store_media` does.

    Refuses (422) the first that it would not keep, by its name.
    """
    kept = []
    for upload, name in uploads:
        plays = with_media and name.lower().endswith(media.ENDINGS)
        try:
            kept.append((store_media if plays else store_document)(upload, owner=owner, name=name))
        except ValueError as error:
            raise Refused(f"“{name[:40]}”：{error}", "bad-document", status=422) from None
    return kept


class Examined(NamedTuple):
    """A picture made anew, or a document that may be kept, under a harmless name; not kept anywhere yet."""

    content: bytes
    content_type: str
    name: str


def examine(upload: IO[bytes], *, name: str) -> Examined:
    """A picture or document, told apart by its content. Raises ValueError with a Chinese sentence for anything else."""
    if documents.is_one(upload):
        document = documents.check(upload, name=name)
        return Examined(document.content, document.content_type, document.name)
    picture = images.normalise(upload)
    ending = picture.content_type.removeprefix("image/").replace("jpeg", "jpg")
    stem = documents.stem(name) or "图片"
    return Examined(picture.content, picture.content_type, f"{stem}.{ending}")


def hand_out(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    """What was kept sealed, so that no browser runs it: pictures to look at, documents as downloads."""
    response = HttpResponse(content, content_type=content_type)
    is_picture = content_type.startswith("image/")
    response["Content-Disposition"] = content_disposition_header(not is_picture, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def store_media(upload: IO[bytes], *, owner: audit.Actor, name: str) -> StoredFile:
    """Keep a film or a piece of sound as it was recorded, without what its phone noted. Nobody's by address.

    It never lies whole in memory. Raises ValueError with a Chinese sentence when it is none, too large or broken.
    """
    uuid = uuid_module.uuid4()
    target = _path(uuid)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        size = _pour(upload, part)
        kept = media.check(part, name=name)
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return StoredFile.objects.create(
        uuid=uuid, name=kept.name, content_type=kept.content_type, size=size, sha256=digest
    )


def _pour(upload: IO[bytes], target: Path) -> int:
    most, size = media.most_bytes(), 0
    with target.open("wb") as file:
        while chunk := upload.read(2**20):
            size += len(chunk)
            if size > most:
                raise ValueError(media.too_heavy())
            file.write(chunk)
    return size


def store_sealed(content: bytes, *, name: str) -> StoredFile:
    """Keep a file full of personal data, encrypted. Nobody's by address: the module that asked for it serves it."""
    uuid = uuid_module.uuid4()
    _keep(crypto.seal_bytes(content, context=str(uuid)), uuid)
    return StoredFile.objects.create(
        uuid=uuid,
        name=Path(name).name[-120:] or "文件",
        content_type=_SEALED,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def unsealed(stored: StoredFile) -> bytes:
    """What `store_sealed` kept. Raises `FileNotFoundError` when it is gone."""
    return crypto.unseal_bytes(_path(stored.uuid).read_bytes(), context=str(stored.uuid))


def reseal_all() -> int:
    """Encrypt anew every sealed file that an older key still opens; returns how many."""
    current = crypto.current_prefix().encode()
    count = 0
    for stored in StoredFile.objects.filter(content_type=_SEALED).iterator():
        try:
            with _path(stored.uuid).open("rb") as file:
                is_current = file.read(len(current)) == current
        except FileNotFoundError:
            continue
        if not is_current:
            _keep(crypto.seal_bytes(unsealed(stored), context=str(stored.uuid)), stored.uuid)
            count += 1
    return count


def remove(stored: StoredFile) -> None:
    """Forget a file, row and bytes; the bytes go when the transaction commits."""
    uuid = stored.uuid
    stored.delete()
    transaction.on_commit(lambda: _path(uuid).unlink(missing_ok=True))


def serve(stored: StoredFile) -> FileResponse:
    """The bytes, as a response that no browser will run: documents as downloads. The caller has checked access."""
    try:
        handle = _path(stored.uuid).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    is_picture = stored.content_type.startswith("image/")
    response = FileResponse(
        handle, as_attachment=not is_picture, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if stored.is_public:
        response["Cache-Control"] = "public, max-age=86400, immutable"
    return response


def is_media(stored: StoredFile) -> bool:
    """Does a page play it?"""
    return stored.content_type.startswith(("video/", "audio/"))


def play(stored: StoredFile, wanted: str) -> HttpResponseBase:
    """A film or a piece of sound, or the part of it that the header Range (`wanted`) names. Access is checked before.

    Phones begin in the middle and go back: without parts they would fetch all of it each time, and some play nothing.
    """
    try:
        handle = _path(stored.uuid).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    part = _part(wanted, stored.size)
    first, last = part or (0, stored.size - 1)
    if first > last:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    response = StreamingHttpResponse(
        _Part(handle, first, last), status=206 if part else 200, content_type=stored.content_type
    )
    response["Content-Length"] = last - first + 1
    response["Accept-Ranges"] = "bytes"
    if part:
        response["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=stored.name) or ""
    )
    return response


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte that were asked for, first behind last where there is nothing; None for no single part.

    Who asks for a part gets one, be it all: some phones play nothing else.
    """
    found = re.fullmatch(r"bytes=([0-9]{0,15})-([0-9]{0,15})", wanted.strip())
    if found is None or not any(found.groups()):
        return None
    start, stop = found.groups()
    if not start:
        return (max(size - int(stop), 0), size - 1) if int(stop) else (size, size - 1)
    return int(start), min(int(stop), size - 1) if stop else size - 1


class _Part:
    """The bytes between two places of a file, in pieces. The response closes it."""

    def __init__(self, handle: IO[bytes], first: int, last: int) -> None:
        self._handle, self._left = handle, last - first + 1
        handle.seek(first)

    def __iter__(self) -> "_Part":
        return self

    def __next__(self) -> bytes:
        piece = self._handle.read(min(self._left, 2**18))
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._handle.close()
