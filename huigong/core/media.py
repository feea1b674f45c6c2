"""Short films and sound that go with a text: two kinds that every phone plays, told by how they are built.

A file is kept as it was recorded, since making films anew takes more machine than there is. What makes that bearable:
its boxes or frames are walked from end to end, it may hold H.264 pictures and AAC or MP3 sound and refer to nothing
outside, what a phone notes beside them (place, model, owner) is wiped, and `core.files` hands it out as nothing else.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from django.conf import settings

ENDINGS = (".mp4", ".m4a", ".mp3")
UNKNOWN = "只能上传 MP4（H.264）视频，M4A、MP3 音频。别的格式请先转换。"
BROKEN = "文件不完整或已损坏，播放不了，请重新导出后再传。"
CODEC = "视频要用 H.264 编码，音频要用 AAC 或 MP3。请在手机的录像设置里选“兼容性最佳”，或转换后再传。"
ELSEWHERE = "这个文件的内容有一部分在别处，请导出成一个完整的文件再传。"

_BRANDS = frozenset(
    (
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4A ",
        b"M4V ",
        b"MSNV",
        b"3gp5",
    )
)
_PRIVATE = frozenset({b"udta", b"meta", b"uuid"})
_CODECS = {b"vide": frozenset({b"avc1", b"avc3"}), b"soun": frozenset({b"mp4a"})}
_MOST_BOXES = 2000
_TAIL = 4096
"""So many bytes may follow the last frame of an MP3: padding that old programs leave."""


class Media(NamedTuple):
    """What a file turned out to be, and its name with the right ending."""

    content_type: str
    name: str


class _Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    end: int


def most_bytes() -> int:
    """How large a film or a piece of sound may be."""
    return settings.MEDIA_MOST_MB * 2**20


def too_heavy() -> str:
    """What is said of a larger one."""
    return f"文件超过 {settings.MEDIA_MOST_MB} MB，请剪短或压缩后再传。"


def check(path: Path, *, name: str) -> Media:
    """What the file at `path` is; what was noted beside pictures and sound is wiped in it.

    Raises `ValueError` with a Chinese sentence when it is nothing that may be kept.
    """
    with path.open("r+b") as file:
        if not file.read(1):
            raise ValueError(BROKEN)
        with mmap.mmap(file.fileno(), 0) as data:
            try:
                ending, content_type = _kind(data)
            except (struct.error, IndexError):
                raise ValueError(BROKEN) from None
    return Media(content_type, f"{PurePath(name).stem.strip(' .')[:100] or '录音录像'}.{ending}")


def _kind(data: mmap.mmap) -> tuple[str, str]:
    if data[4:8] == b"ftyp":
        kinds = _film(data)
        return ("mp4", "video/mp4") if b"vide" in kinds else ("m4a", "audio/mp4")
    if data[:3] == b"ID3" or (data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        _frames(data)
        return "mp3", "audio/mpeg"
    raise ValueError(UNKNOWN)


# --- MP4: boxes within boxes


def _film(data: mmap.mmap) -> set[bytes]:
    """The kinds of tracks in it."""
    top = list(_boxes(data, 0, len(data)))
    brands = {
        bytes(data[place : place + 4]) for place in range(top[0].body, min(top[0].end, top[0].body + 256), 4)
    }
    if not brands & _BRANDS:
        raise ValueError(UNKNOWN)
    whole = [box for box in top if box.kind == b"moov"]
    if len(whole) != 1 or not any(box.kind == b"mdat" for box in top):
        raise ValueError(BROKEN)
    _wipe(data, top)
    inside = list(_boxes(data, whole[0].body, whole[0].end))
    _wipe(data, inside)
    kinds = {_track(data, box) for box in inside if box.kind == b"trak"} - {b""}
    if not kinds:
        raise ValueError(CODEC)
    return kinds


def _boxes(data: mmap.mmap, start: int, end: int) -> Iterator[_Box]:
    """Those between two places, which they must fill to the byte."""
    count = 0
    while start < end:
        count += 1
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        elif size == 0:
            size = end - start
        stop = start + size
        if stop < body or stop > end or count > _MOST_BOXES:
            raise ValueError(BROKEN)
        yield _Box(bytes(kind), start, body, stop)
        start = stop


def _one(data: mmap.mmap, within: _Box, kind: bytes) -> _Box:
    found = [box for box in _boxes(data, within.body, within.end) if box.kind == kind]
    if len(found) != 1:
        raise ValueError(BROKEN)
    return found[0]


def _track(data: mmap.mmap, track: _Box) -> bytes:
    """vide or soun when its codec is known; nothing for notes and time codes, which players pass over."""
    _wipe(data, list(_boxes(data, track.body, track.end)))
    media = _one(data, track, b"mdia")
    handler = _one(data, media, b"hdlr")
    kind = bytes(data[handler.body + 8 : handler.body + 12])
    if kind not in _CODECS:
        return b""
    minf = _one(data, media, b"minf")
    _require_whole(data, minf)
    entries = _one(data, _one(data, minf, b"stbl"), b"stsd")
    (count,) = struct.unpack_from(">I", data, entries.body + 4)
    codecs = [box.kind for box in _boxes(data, entries.body + 8, entries.end)]
    if not codecs or len(codecs) != count or not set(codecs) <= _CODECS[kind]:
        raise ValueError(CODEC)
    return kind


def _require_whole(data: mmap.mmap, minf: _Box) -> None:
    """Everything that a track refers to lies in this file."""
    references = _one(data, _one(data, minf, b"dinf"), b"dref")
    for box in _boxes(data, references.body + 8, references.end):
        if box.kind != b"url " or not data[box.body + 3] & 1:
            raise ValueError(ELSEWHERE)


def _wipe(data: mmap.mmap, boxes: list[_Box]) -> None:
    """Notes beside pictures and sound become empty space of the same length, so that nothing moves."""
    for box in boxes:
        if box.kind in _PRIVATE:
            data[box.start + 4 : box.start + 8] = b"free"
            data[box.body : box.end] = bytes(box.end - box.body)


# --- MP3: frame after frame

_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frames(data: mmap.mmap) -> None:
    """Refuses what is not frames of Layer III from the tag in front to the tag behind."""
    place, end, count = _after_tag(data), _before_tag(data), 0
    while place + 4 <= end:
        length = _frame_length(data, place)
        if length is None:
            break
        place += length
        count += 1
    if count < 3 or end - place > _TAIL:
        raise ValueError(BROKEN)


def _after_tag(data: mmap.mmap) -> int:
    if data[:3] != b"ID3":
        return 0
    size = 0
    for place in range(6, 10):
        size = size << 7 | (data[place] & 0x7F)
    return 10 + size


def _before_tag(data: mmap.mmap) -> int:
    return len(data) - 128 if data[-128:-125] == b"TAG" else len(data)


def _frame_length(data: mmap.mmap, place: int) -> int | None:
    """Of the frame that begins there, or None where none does."""
    (header,) = struct.unpack_from(">I", data, place)
    version, layer = header >> 19 & 3, header >> 17 & 3
    bitrate, rate, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if header >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    kilobits = _BITRATES[3 if version == 3 else 2][bitrate]
    samples = 144 if version == 3 else 72
    return samples * kilobits * 1000 // _RATES[version][rate] + padding
