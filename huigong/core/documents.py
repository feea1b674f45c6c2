"""Documents people attach: known kinds only, told by their content and not by their name, handed out as downloads.

A document is kept as it came, since a form that was made anew would not be the form that was issued. What makes that
bearable: kinds that run something when opened are refused (macros, scripts in a PDF, archives), and `core.files` hands
out what is left as an attachment that no browser renders on this site.
"""

import io
import re
import zipfile
from pathlib import PurePath
from typing import IO, NamedTuple

MAX_BYTES = 20 * 2**20
_MOST_PARTS = 5000
_MOST_UNPACKED = 400 * 2**20

UNKNOWN = "只能上传 PDF、Word、Excel、PPT 文件（pdf、docx、xlsx、pptx、doc、xls、ppt）。"
TOO_HEAVY = "文件超过 20 MB，请压缩或拆分后再传。"
EMPTY = "文件是空的，请重新选择。"
BROKEN = "文件已损坏，打不开，请重新保存后再传。"
MACROS = "文件里带有宏，打开时可能运行程序。请另存为不带宏的格式再传。"
SCRIPTS = "这个 PDF 里带有脚本或附件，请用“打印为 PDF”另存一份再传。"

_OOXML = {
    "docx": ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
_OLE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_MACROS = ("_VBA_PROJECT".encode("utf-16-le"), "Macros".encode("utf-16-le"))
_PDF_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")


class Document(NamedTuple):
    """A document that may be kept: its bytes, its kind, and its name with the right ending."""

    content: bytes
    content_type: str
    name: str


def check(upload: IO[bytes], *, name: str) -> Document:
    """The document, if it is one of the known kinds. Raises `ValueError` with a Chinese sentence otherwise."""
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(TOO_HEAVY)
    if not content:
        raise ValueError(EMPTY)
    ending, content_type = _kind(content, PurePath(name).suffix.lower().lstrip("."))
    stem = re.sub(r"[\x00-\x1f\x7f/\\]", "", PurePath(name).stem).strip(" .")[:100]
    return Document(content, content_type, f"{stem or '附件'}.{ending}")


def _kind(content: bytes, ending: str) -> tuple[str, str]:
    """Ending and media type by content. The ending decides only among the old Office formats, which look alike."""
    if content.startswith(b"%PDF-"):
        if _PDF_RUNS.search(content):
            raise ValueError(SCRIPTS)
        return "pdf", "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(_OLE_MAGIC) and ending in _OLE:
        if any(sign in content for sign in _OLE_MACROS):
            raise ValueError(MACROS)
        return ending, _OLE[ending]
    raise ValueError(UNKNOWN)


def _office(content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise ValueError(BROKEN)
            names = [part.filename for part in parts]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        raise ValueError(BROKEN) from None
    if any(PurePath(name).name.lower() == "vbaproject.bin" for name in names):
        raise ValueError(MACROS)
    for ending, (folder, content_type) in _OOXML.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return ending, content_type
    raise ValueError(UNKNOWN)
