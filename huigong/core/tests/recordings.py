"""Films and sound for tests, built box by box and frame by frame."""

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box of an MP4."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, codec: bytes, *, reference: bytes | None = None) -> bytes:
    """One track: what it is, its codec, and where it says that its samples lie."""
    here = box(b"url ", b"\0\0\0\1") if reference is None else reference
    minf = box(
        b"minf",
        box(b"dinf", box(b"dref", b"\0" * 4, struct.pack(">I", 1), here)),
        box(b"stbl", box(b"stsd", b"\0" * 4, struct.pack(">I", 1), box(codec, b"\0" * 28))),
    )
    return box(b"trak", box(b"mdia", box(b"hdlr", b"\0" * 8, handler, b"\0" * 12), minf))


VIDEO, SOUND = track(b"vide", b"avc1"), track(b"soun", b"mp4a")


def mp4(*tracks: bytes, brand: bytes = b"isom", notes: bytes = b"", payload: bytes = b"frames" * 20) -> bytes:
    """A film of these tracks; of a picture and a sound track when none are given."""
    return b"".join(
        [
            box(b"ftyp", brand, b"\0" * 4, brand),
            box(b"mdat", payload),
            box(b"moov", box(b"mvhd", b"\0" * 100), *(tracks or (VIDEO, SOUND)), notes),
        ]
    )


def mp3(frames: int = 5, *, tag: bytes = b"") -> bytes:
    """So many frames of silence, 128 kbit at 44.1 kHz."""
    return tag + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames
