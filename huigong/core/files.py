"""Uploaded files: checked and re-encoded before they are kept, served only after a check of access."""

import hashlib
import uuid as uuid_module
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

from huigong.core import audit, crypto, documents, images
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


def store_documents(uploads: Iterable[tuple[IO[bytes], str]], *, owner: audit.Actor) -> list[StoredFile]:
    """Keep each (file, name) as `store_document` does. Refuses (422) the first that it would not keep, by its name."""
    kept = []
    for upload, name in uploads:
        try:
            kept.append(store_document(upload, owner=owner, name=name))
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
