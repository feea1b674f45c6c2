"""Films and sound: kept when every byte is accounted for, refused when not, handed out in parts."""

import io
import struct
from pathlib import Path

import pytest

from huigong.core import files, media
from huigong.core.audit import SYSTEM
from huigong.core.models import StoredFile
from huigong.core.tests.recordings import SOUND, VIDEO, box, mp3, mp4, track

pytestmark = pytest.mark.django_db


def kept(content: bytes, name: str = "现场.mp4") -> StoredFile:
    return files.store_media(io.BytesIO(content), owner=SYSTEM, name=name)


def bytes_of(stored: StoredFile, wanted: str = "") -> bytes:
    response = files.play(stored, wanted)
    content = b"".join(response)
    response.close()
    return content


@pytest.mark.parametrize(
    ("content", "content_type", "name"),
    [
        (mp4(), "video/mp4", "现场.mp4"),
        (mp4(VIDEO), "video/mp4", "现场.mp4"),
        (mp4(SOUND, brand=b"M4A "), "audio/mp4", "现场.m4a"),
        (mp4(VIDEO, track(b"meta", b"mett")), "video/mp4", "现场.mp4"),
        (mp3(), "audio/mpeg", "现场.mp3"),
        (mp3(tag=b"ID3\x04\x00\x00\x00\x00\x00\x05hello"), "audio/mpeg", "现场.mp3"),
        (mp3() + b"TAG" + b"\0" * 125, "audio/mpeg", "现场.mp3"),
    ],
)
def test_what_every_phone_plays_is_kept(content: bytes, content_type: str, name: str) -> None:
    stored = kept(content)
    assert (stored.content_type, stored.name, stored.size) == (content_type, name, len(content))
    assert not stored.is_public
    assert len(bytes_of(stored)) == len(content)


ELSEWHERE = box(b"url ", b"\0\0\0\0", b"http://example.com/a.mp4\0")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", media.BROKEN),
        (b"MZ\x90\0program", media.UNKNOWN),
        (b"<html><script>alert(1)</script>", media.UNKNOWN),
        (b"\x1aE\xdf\xa3webm", media.UNKNOWN),
        (mp4(brand=b"qt  "), media.UNKNOWN),
        (mp4(brand=b"heic"), media.UNKNOWN),
        (mp4()[:-10], media.BROKEN),
        (mp4() + b"<script>", media.BROKEN),
        (mp4().replace(b"moov", b"moo2"), media.BROKEN),
        (mp4() + mp4(), media.BROKEN),
        (mp4(track(b"vide", b"hvc1")), media.CODEC),
        (mp4(track(b"meta", b"mett")), media.CODEC),
        (mp4(track(b"vide", b"avc1", reference=ELSEWHERE)), media.ELSEWHERE),
        (struct.pack(">I4s", 4, b"ftyp") + b"isom", media.BROKEN),
        (b"\0\0\0\x01ftyp" + b"\xff" * 8 + b"isom", media.BROKEN),
        (mp3(2), media.BROKEN),
        (mp3() + b"<script>alert(1)</script>" * 300, media.BROKEN),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", media.BROKEN),
    ],
)
def test_everything_else_is_refused_and_leaves_nothing(
    content: bytes, said: str, settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=said[:8]):
        kept(content)
    assert not StoredFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_too_heavy_is_refused(settings: object) -> None:
    settings.MEDIA_MOST_MB = 1  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="1 MB"):
        kept(mp4(payload=b"x" * 2**20))


def test_where_it_was_recorded_is_wiped_and_nothing_moves() -> None:
    place = box(b"udta", box(b"\xa9xyz", b"+24.9+118.8/"))
    secret = mp4(VIDEO, notes=place)
    stored = kept(secret)
    content = bytes_of(stored)
    assert b"+24.9" in secret
    assert b"+24.9" not in content
    assert len(content) == len(secret)
    assert content.index(b"frames") == secret.index(b"frames")


@pytest.mark.parametrize(
    ("wanted", "status", "content", "told"),
    [
        ("", 200, slice(None), None),
        ("bytes=0-", 206, slice(None), "bytes 0-{last}/{size}"),
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{size}"),
        ("bytes=10-", 206, slice(10, None), "bytes 10-{last}/{size}"),
        ("bytes=-5", 206, slice(-5, None), None),
        ("bytes=5-999999", 206, slice(5, None), None),
        ("bytes=999999-", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=9-3", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=-0", 416, slice(0, 0), "bytes */{size}"),
        ("bytes=0-1,5-6", 200, slice(None), None),
        ("lines=1-2", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
    ],
)
def test_a_player_gets_the_part_it_asks_for(
    wanted: str, status: int, content: slice, told: str | None
) -> None:
    whole = mp3()
    stored = kept(whole)
    response = files.play(stored, wanted)
    assert response.status_code == status
    assert b"".join(response) == whole[content]
    response.close()
    if status != 416:
        assert int(response["Content-Length"]) == len(whole[content])
        assert response["X-Content-Type-Options"] == "nosniff"
    if told:
        assert response["Content-Range"] == told.format(size=len(whole), last=len(whole) - 1)
