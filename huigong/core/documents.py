"""Documents people attach: known kinds only, told by their content and not by their name, handed out as downloads.

A document is kept as it came, since a form that was made anew would not be the form that was issued. What makes that
bearable: kinds that run something when opened are refused (macros, scripts in a PDF, archives), and `core.files` hands
out what is left as an attachment that no browser renders on this site.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, Any, NamedTuple

import pikepdf
from lxml import etree

MAX_BYTES = 20 * 2**20
_MOST_PARTS = 5000
_MOST_UNPACKED = 400 * 2**20

UNKNOWN = "只能上传 PDF、Word、Excel、PPT 文件（pdf、docx、xlsx、pptx、doc、xls、ppt）。"
TOO_HEAVY = "文件超过 20 MB，请压缩或拆分后再传。"
EMPTY = "文件是空的，请重新选择。"
BROKEN = "文件已损坏，打不开，请重新保存后再传。"
MACROS = "文件里带有宏，打开时可能运行程序。请另存为不带宏的格式再传。"
FETCHES = "这个文件打开时会从别处取内容。请另存为普通文档再传。"
LOCKED = "文件加了打开密码，别人打不开。请去掉密码再传。"
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
_PDF_RUNS = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"}
)
_PDF_RUNS_BY_THE_LETTER = re.compile(b"|".join(rf"{name}\b".encode() for name in sorted(_PDF_RUNS)))
_FETCHING = frozenset({"attachedTemplate", "oleObject", "subDocument", "frame"})
_RELATIONS_READ = 2**20
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class Document(NamedTuple):
    """A document that may be kept: its bytes, its kind, and its name with the right ending."""

    content: bytes
    content_type: str
    name: str


def is_one(upload: IO[bytes]) -> bool:
    """Does it begin as a document does? Says nothing of whether it may be kept; leaves the file at its start."""
    head = upload.read(8)
    upload.seek(0)
    return head.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def check(upload: IO[bytes], *, name: str) -> Document:
    """The document, if it is one of the known kinds. Raises `ValueError` with a Chinese sentence otherwise."""
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(TOO_HEAVY)
    if not content:
        raise ValueError(EMPTY)
    ending, content_type = _kind(content, PurePath(name).suffix.lower().lstrip("."))
    return Document(content, content_type, f"{stem(name) or '附件'}.{ending}")


def stem(name: str) -> str:
    """The name without folders, signs that steer, and letters that nobody sees or that turn the reading round."""
    stem = "".join(letter for letter in PurePath(name).stem if unicodedata.category(letter)[0] != "C")
    return re.sub(r"[/\\]", "", stem).strip(" .")[:100]


def _kind(content: bytes, ending: str) -> tuple[str, str]:
    """Ending and media type by content. The ending decides only among the old Office formats, which look alike."""
    if content.startswith(b"%PDF-"):
        if _runs(content):
            raise ValueError(SCRIPTS)
        return "pdf", "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(_OLE_MAGIC) and ending in _OLE:
        if any(sign in content for sign in _OLE_MACROS):
            raise ValueError(MACROS)
        return ending, _OLE[ending]
    raise ValueError(UNKNOWN)


def _runs(content: bytes) -> bool:
    """Does a PDF do something when it is opened, or carry files? Names may be written in disguise or packed away.

    What cannot be read as a PDF is searched by the letter.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return any(name in _PDF_RUNS for each in pdf.objects for name in _names(each))
    except pikepdf.PasswordError:
        raise ValueError(LOCKED) from None
    except pikepdf.PdfError:
        return _PDF_RUNS_BY_THE_LETTER.search(content) is not None


def _names(part: Any) -> Iterator[str]:
    """Every name in an object of a PDF, but not in those that it only refers to."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Name):
            yield str(part)
        elif isinstance(part, pikepdf.Array):
            waiting += [each for each in part if not _is_elsewhere(each)]
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield from part.keys()
            waiting += [each for _, each in part.items() if not _is_elsewhere(each)]


def _is_elsewhere(part: Any) -> bool:
    return isinstance(part, pikepdf.Object) and part.is_indirect


def _office(content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise ValueError(BROKEN)
            names = [part.filename for part in parts]
            if any(_fetches(archive, part) for part in parts):
                raise ValueError(FETCHES)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, RuntimeError, EOFError, zlib.error):
        raise ValueError(BROKEN) from None
    except etree.XMLSyntaxError:
        raise ValueError(BROKEN) from None
    if any(PurePath(name).name.lower() == "vbaproject.bin" for name in names):
        raise ValueError(MACROS)
    for ending, (folder, content_type) in _OOXML.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return ending, content_type
    raise ValueError(UNKNOWN)


def _fetches(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Does this list of relations make Office fetch a template or an object from elsewhere? Links do not count."""
    if not part.filename.lower().endswith(".rels"):
        return False
    with archive.open(part) as file:
        relations = etree.fromstring(file.read(_RELATIONS_READ), _PARSER)
    return any(
        each.get("TargetMode") == "External" and each.get("Type", "").rpartition("/")[2] in _FETCHING
        for each in relations
    )
