"""Reads one spreadsheet in a process of its own, and prints what it holds as lines of JSON.

    reader.py inspect          one line: the visible sheets, each with its first rows
    reader.py rows <sheet>     one line per row of that sheet

The file comes on standard input. A spreadsheet from outside can be built to swallow all memory (a bomb in
the zip, one cell at XFD1048576, a million references to one huge string), and the fast parser aborts the
whole process when memory ends. Here the limits are the operating system's, the worst that happens is that
this process dies, and the one that asked tells the person so. Therefore nothing of huigong is imported.

A file that cannot be read is answered with one line {"refused": "a sentence for the person"}.
"""

import contextlib
import csv
import html
import io
import itertools
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

Row = list[Any]
Merge = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell, each as row and column from 0."""

MEMORY = 512 * 2**20
CPU_SECONDS = 60
UNPACKED = 400 * 2**20
ZIP_ENTRIES = 5000
ROWS = 200_000
COLUMNS = 200
SHEETS = 30
HEAD = 60
"""Rows of every sheet that are shown before anything is decided: titles, header and some data."""

NOT_EXCEL = "这不是 Excel 文件，请上传 .xlsx、.xls 或 .csv 文件。"
RENAMED = "这个文件只是改名成了 Excel，里面其实是网页。请用 Excel 或 WPS 打开，另存为 .xlsx 后再传。"
LOCKED = "文件设了打开密码，请去掉密码后再传。"
BROKEN = "文件已损坏，打不开。请用 Excel 或 WPS 打开，另存为 .xlsx 后再传。"
TOO_LONG = f"表格超过 {ROWS:,} 行，请分成几个文件上传。"
TOO_WIDE = f"表格超过 {COLUMNS} 列，请删掉右边多余的列后再传。"
TOO_BIG = "文件解开后太大，请把需要的内容复制到新文件后再传。"


class Refused(Exception):
    """Cannot or must not be read; the text is for the person who sent the file."""


def main(command: str, *names: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheets = open_sheets(sys.stdin.buffer.read())
        if command == "inspect":
            show([inspect(sheet) for sheet in sheets])
        else:
            for row in next(sheet for sheet in sheets if sheet.name == names[0]).rows():
                show(row)
    except Refused as refused:
        show({"refused": str(refused)})


def show(thing: object) -> None:
    line = json.dumps(thing, ensure_ascii=False, separators=(",", ":"), default=as_json)
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


def as_json(value: object) -> list[str]:
    """Times as [type, ISO text]: no cell is a list, so the other side knows them."""
    return [type(value).__name__, str(value)]


def inspect(sheet: "ExcelSheet | TextSheet") -> dict[str, object]:
    head = list(itertools.islice(sheet.rows(), HEAD))
    return {
        "name": sheet.name,
        "height": sheet.height,
        "width": sheet.width,
        "captions": sheet.captions,
        "hidden": sheet.hidden,
        "head": head,
    }


def open_sheets(content: bytes) -> "Sequence[ExcelSheet | TextSheet]":
    if content.startswith(b"PK\x03\x04"):
        check_zip(content)
        return workbook_sheets(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused(LOCKED)
        return workbook_sheets(content)
    return [TextSheet(content)]


# --- Excel


def check_zip(content: bytes) -> None:
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Refused(BROKEN) from None
    if len(entries) > ZIP_ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
        raise Refused(TOO_BIG)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(LOCKED)
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise Refused(NOT_EXCEL)


def workbook_sheets(content: bytes) -> "list[ExcelSheet]":
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        markup = SheetMarkup(content)
        return [ExcelSheet(book.get_sheet_by_name(name), markup) for name in visible[:SHEETS]]
    except PasswordError:
        raise Refused(LOCKED) from None
    except Refused:
        raise
    except (CalamineError, ValueError, OSError):
        raise Refused(BROKEN) from None


class ExcelSheet:
    def __init__(self, sheet: CalamineSheet, markup: "SheetMarkup") -> None:
        self.name = sheet.name
        self.markup = markup
        last = sheet.end or (-1, -1)
        self.height, self.width = last[0] + 1, last[1] + 1
        check_size(self.height, self.width)
        self.sheet = sheet
        self.indent = sheet.start[1] if sheet.start else 0
        self.merges = sheet.merged_cell_ranges or []

    @property
    def captions(self) -> Sequence[int]:
        """Numbers of the rows where one cell is merged over three columns or more."""
        wide = (range(top, bottom + 1) for (top, left), (bottom, right) in self.merges if right - left >= 2)
        return sorted({row + 1 for rows in wide for row in rows[: self.height]})

    def rows(self) -> Iterator[Row]:
        """Rows from the first one, columns from A, vertical merges filled down."""
        before = [None] * self.indent
        rows = (before + [None if cell == "" else cell for cell in row] for row in self.sheet.iter_rows())
        return fill_down(with_failures(rows, self.markup.failures(self.name)), self.merges)

    @property
    def hidden(self) -> Sequence[int]:
        """Numbers of the rows that the cadre does not see, because of a filter or by hand."""
        return self.markup.hidden(self.name)


def with_failures(rows: Iterable[Row], failures: "Failures") -> Iterator[Row]:
    """Say in their cells which formulas gave nothing; formulas drawn far below the data are left out."""
    for index, row in enumerate(rows):
        if index in failures and any(cell is not None for cell in row):
            for column, word in failures[index]:
                if column < len(row):
                    row[column] = word
        yield row


def fill_down(rows: Iterable[Row], merges: Iterable[Merge]) -> Iterator[Row]:
    """Repeat a vertically merged value in every row of the merge that has something of its own."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in merges:
        if bottom > top:
            starts.setdefault(top, []).append((left, bottom))
    active: dict[int, tuple[int, object]] = {}
    for index, row in enumerate(rows):
        if active and any(cell is not None for cell in row):
            for column, (bottom, value) in list(active.items()):
                if index > bottom:
                    del active[column]
                elif row[column] is None:
                    row[column] = value
        for column, bottom in starts.get(index, ()):
            if column < len(row) and row[column] is not None:
                active[column] = (bottom, row[column])
        yield row


def check_size(height: int, width: int) -> None:
    if height > ROWS:
        raise Refused(TOO_LONG)
    if width > COLUMNS:
        raise Refused(TOO_WIDE)


# --- What the fast parser does not tell

Failures = dict[int, list[tuple[int, str]]]
"""By row from 0: columns from 0 whose formula gave nothing, and the word for why."""

UNCALCULATED = "#公式没有结果"
FAILED = "#公式出错"
MARKUP_BYTES = 120 * 2**20

_SHEET_TAG = re.compile(rb"<(?:\w+:)?(?:sheet|Relationship)\s[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_PLACE = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"'
_FAILED_CELL = re.compile(_PLACE + rb'(?=[^>]*\st="e")')
_UNCALCULATED_CELL = re.compile(
    _PLACE + rb'(?![^>]*\st="str")[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_HIDDEN_ROW = re.compile(rb'<row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="([0-9]+)"')


class SheetMarkup:
    """What stands in the XML of an .xlsx about its sheets; other formats tell nothing."""

    def __init__(self, content: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(content)) if content.startswith(b"PK") else None
        self.parts = self._parts() if self.zip else {}

    def failures(self, name: str) -> Failures:
        found: Failures = {}
        xml = self._xml(name)
        for pattern, word in ((_FAILED_CELL, FAILED), (_UNCALCULATED_CELL, UNCALCULATED)):
            for letters, row in pattern.findall(xml):
                found.setdefault(int(row) - 1, []).append((column_of(letters), word))
        return found

    def hidden(self, name: str) -> Sequence[int]:
        return [int(row) for row in _HIDDEN_ROW.findall(self._xml(name))]

    def _parts(self) -> dict[str, str]:
        """Which part of the zip holds the sheet of that name."""
        links = self._tags("xl/_rels/workbook.xml.rels")
        targets = {link.get("Id", ""): link.get("Target", "") for link in links}
        sheets = self._tags("xl/workbook.xml")
        return {
            sheet.get("name", ""): "xl/" + targets.get(sheet.get("r:id", ""), "").removeprefix("/xl/")
            for sheet in sheets
        }

    def _tags(self, part: str) -> list[dict[str, str]]:
        tags = _SHEET_TAG.findall(self._read(part))
        return [
            {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))}
            for tag in tags
        ]

    def _xml(self, name: str) -> bytes:
        return self._read(self.parts.get(name, ""))

    def _read(self, part: str) -> bytes:
        """The part, or nothing where it is missing, damaged or so large that looking is not worth it."""
        if self.zip is None:
            return b""
        with contextlib.suppress(
            KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError
        ):
            if self.zip.getinfo(part).file_size <= MARKUP_BYTES:
                return self.zip.read(part)
        return b""


def column_of(letters: bytes) -> int:
    """A → 0, AA → 26."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


# --- Text


class TextSheet:
    """A CSV as Excel and WPS write it: UTF-8 with or without mark, UTF-16, or GBK."""

    name = "CSV"
    captions: Sequence[int] = ()
    hidden: Sequence[int] = ()

    def __init__(self, content: bytes) -> None:
        self.text = decode(content)
        self.delimiter = delimiter_of(self.text)
        self.height = self.width = 0
        for row in self.rows():
            self.height += 1
            self.width = max(self.width, len(row))
            check_size(self.height, self.width)

    def rows(self) -> Iterator[Row]:
        try:
            for row in csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter):
                yield [cell or None for cell in row]
        except csv.Error:
            raise Refused(BROKEN) from None


def decode(content: bytes) -> str:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<", b"mime-version")):
        raise Refused(RENAMED)
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if is_utf16 else ["utf-8-sig", "gb18030"]:
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if not any(ord(character) < 32 and character not in "\t\r\n" for character in set(text)):
                return text
    raise Refused(NOT_EXCEL)


def delimiter_of(text: str) -> str:
    """The sign that parts most of the first lines."""
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    counts = {sign: sum(sign in line for line in lines) for sign in ",\t;，"}
    best = max(counts, key=lambda sign: counts[sign])
    if not counts[best]:
        raise Refused(NOT_EXCEL)
    return best


if __name__ == "__main__":
    main(*sys.argv[1:])
