"""Writing spreadsheets that are typed, readable and harmless.

Harmless: a text that a spreadsheet could take for a formula gets a leading apostrophe, also when it starts
with the full-width signs that Excel accepts (the hole of CVE-2019-17661; its victim is the cadre who opens
the file). `cells.as_text` takes the apostrophe off again, so what we export can be imported.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from huigong.core.calendar import SHANGHAI
from huigong.core.tables.book import Sheet
from huigong.core.tables.schema import Mapping as Found

_FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")
_LONG_NUMBER = re.compile(r"[0-9]{11,}[xX]?")
_MEASURED_ROWS = 200
_TITLE = Font(bold=True, size=14)
_HEADING = Font(bold=True)
_HEADING_FILL = PatternFill("solid", fgColor="E8EEF4")
_FAINT = Font(color="808080", size=9)
_REJECTED = PatternFill("solid", fgColor="FBE3E4")
_WRAPPED = Alignment(wrap_text=True, vertical="center")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of an imported file."""

    result: str
    reason: str = ""
    rejected: bool = False


def write_table(
    file: "IO[bytes] | str | Path",
    headers: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    watermark: str | None = None,
) -> None:
    """An .xlsx with one sheet: title and watermark above the header, which stays when scrolling.

    Cells keep their types: numbers, dates and times; true and false become 是 and 否; everything else is
    text that no program takes for a formula. `watermark` says who exported the list and when; it also stands
    in the foot of every printed page.
    """
    book, sheet = _new_sheet(watermark)
    rows = iter(rows)
    first = list(islice(rows, _MEASURED_ROWS))
    above = [(title, _TITLE), (watermark, _FAINT)]
    lines = [(line, font) for line, font in above if line]
    _set_widths(sheet, [headers, *first])
    _keep_header(sheet, len(lines) + 1)
    for line, font in lines:
        sheet.append([_styled(sheet, line, font=font)])
    sheet.append([_styled(sheet, heading, _HEADING_FILL, _HEADING, _WRAPPED) for heading in headers])
    for row in chain(first, rows):
        sheet.append([_cell(sheet, value) for value in row])
    book.save(file)


def write_report(
    file: "IO[bytes] | str | Path",
    sheet: Sheet,
    found: Found,
    outcomes: Mapping[int, Outcome],
    *,
    watermark: str | None = None,
) -> None:
    """The imported sheet again, row by row at the same numbers, with the columns 结果 and 原因 added.

    `outcomes` is by Excel row number; rejected rows are coloured. The watermark comes last, so that no row
    moves.
    """
    book, target = _new_sheet(watermark)
    _set_widths(
        target, [[*row, *[None] * (sheet.width - len(row)), "已存在", "原因" * 12] for row in sheet.head]
    )
    _keep_header(target, found.header_row)
    for number, row in sheet.rows():
        cells = [*row, *[None] * (sheet.width - len(row))]
        if number == found.header_row:
            cells += ["结果", "原因"]
            target.append([_styled(target, cell, _HEADING_FILL, _HEADING, _WRAPPED) for cell in cells])
        elif outcome := outcomes.get(number):
            fill = _REJECTED if outcome.rejected else None
            cells += [outcome.result, outcome.reason]
            target.append([_styled(target, cell, fill) if fill else _cell(target, cell) for cell in cells])
        else:
            target.append([_cell(target, cell) for cell in cells])
    if watermark:
        target.append([_styled(target, watermark, font=_FAINT)])
    book.save(file)


def safe_text(text: str) -> str:
    """The text without control characters, and with an apostrophe where it could pass for a formula."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _new_sheet(watermark: str | None) -> tuple[Workbook, WriteOnlyWorksheet]:
    book = Workbook(write_only=True)
    book.properties.creator = safe_text(watermark or "惠工")
    sheet = book.create_sheet("Sheet1")
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if watermark:
        sheet.oddFooter.center.text = safe_text(watermark).replace("&", "&&")
    return book, sheet


def _keep_header(sheet: WriteOnlyWorksheet, header_row: int) -> None:
    """The header stays on screen and is printed on every page."""
    if header_row:
        sheet.freeze_panes = f"A{header_row + 1}"
        sheet.print_title_rows = f"{header_row}:{header_row}"


def _set_widths(sheet: WriteOnlyWorksheet, rows: Sequence[Sequence[Any]]) -> None:
    widths: dict[int, int] = {}
    for row in rows:
        for place, value in enumerate(row, start=1):
            widths[place] = max(widths.get(place, 0), _width(value))
    for place, width in widths.items():
        sheet.column_dimensions[get_column_letter(place)].width = min(max(width + 2, 8), 42)


def _width(value: Any) -> int:
    """In columns of the screen: Chinese characters take two."""
    text = "" if value is None else str(value)[:60]
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """A plain value where that is enough; it is written four times faster than a cell with a style."""
    value = _typed(value)
    if isinstance(value, str) and (_LONG_NUMBER.fullmatch(value) or value.startswith("#")):
        return _styled(sheet, value)
    return value


def _styled(
    sheet: WriteOnlyWorksheet,
    value: Any,
    fill: PatternFill | None = None,
    font: Font | None = None,
    alignment: Alignment | None = None,
) -> WriteOnlyCell:
    value = _typed(value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would make an error of #N/A
        cell.number_format = "@"  # so that a number edited later stays text
    if fill:
        cell.fill = fill
    if font:
        cell.font = font
    if alignment:
        cell.alignment = alignment
    return cell


def _typed(value: Any) -> Any:
    """What Excel can hold. Numbers beyond its 15 digits become text, times are those of China."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return value if math.isfinite(value) and -(10**15) < value < 10**15 else str(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, date | time):
        return value
    return safe_text(str(value)) or None
