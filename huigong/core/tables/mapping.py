"""Finding out which column of a sheet holds what."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from huigong.core.tables.cells import Cell, is_blank
from huigong.core.tables.schema import Column, Mapping, Schema

if TYPE_CHECKING:
    from huigong.core.tables.book import Sheet

HEADER_WITHIN = 30
"""The header is looked for in the first rows only."""

_ENOUGH = 0.5
_BY_CONTENT = 0.6
_LONGEST_HEADING = 30
_SOMEBODY_ELSE = re.compile(
    "配偶|父|母|子女|孩子|家属|家庭|亲属|紧急|联系人|介绍人|推荐人|监护|法人|法定代表|负责人|主席|经办|填表|对象"
)
"""A heading such as 紧急联系人电话 is not about the person in the row, unless the schema names it so."""


def propose_mapping(sheet: "Sheet", schema: Schema, *, header_row: int | None = None) -> Mapping:
    """The best reading of the sheet's headings, for a person to confirm or correct.

    Headings may come in any order and wording, below any number of title rows. Columns without a fitting
    heading are recognised by content when the schema calls them telling. `header_row` fixes the row.
    """
    numbers = range(1, min(len(sheet.head), HEADER_WITHIN) + 1) if header_row is None else [header_row]
    best, score = 0, 0.0
    found: dict[str, tuple[int, float]] = {}
    for number in numbers:
        matches, total = _best_headings(sheet.head, number, schema)
        is_lower_half = number == best + 1 and matches.keys() >= found.keys() and _goes_on(sheet.head, number)
        if (total > score or is_lower_half) and (len(matches) > 1 or len(schema.columns) == 1):
            best, score, found = number, total, matches
    best = best if header_row is None else header_row
    found = _match_content(sheet, schema, best, found)
    return Mapping(
        header_row=best,
        columns={name: place for name, (place, _) in found.items()},
        confidence=_confidence(schema, found),
        unmapped=_unmapped(sheet, best, {place for place, _ in found.values()}),
    )


def _best_headings(
    head: Sequence[Sequence[Cell]], number: int, schema: Schema
) -> tuple[dict[str, tuple[int, float]], float]:
    """The headings of that row, or of it together with the row above where that fits better, and how well."""
    readings = [head[number - 1]] if number else []
    if number > 1:
        readings.append(_two_rows(head[number - 2], head[number - 1]))
    best: dict[str, tuple[int, float]] = {}
    score = 0.0
    for row in readings:
        matches = _match_headings(row, schema)
        total = sum(strength for _, strength in matches.values())
        if total > score:
            best, score = matches, total
    return best, score


def _two_rows(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """证件 above 类型 and 号码 is 证件类型 and 证件号码; a heading of the upper row may span several columns."""
    row: list[Cell] = []
    spanning = ""
    for place, under in enumerate(lower):
        over = upper[place] if place < len(upper) else None
        if isinstance(over, str) and not is_blank(over):
            spanning = over
        elif is_blank(under):
            spanning = ""
        if is_blank(under):
            row.append(over)
        else:
            row.append(f"{spanning}{under}" if isinstance(under, str) and under != over else under)
    return row


def _goes_on(head: Sequence[Sequence[Cell]], number: int) -> bool:
    """Do headings of the row above reach down into this one, as cells merged over both rows do?"""
    pairs = zip(head[number - 2], head[number - 1], strict=False) if number > 1 else ()
    return any(isinstance(over, str) and over == under and not is_blank(over) for over, under in pairs)


def _match_headings(row: Sequence[Cell], schema: Schema) -> dict[str, tuple[int, float]]:
    """For each column the place and strength of its heading; each heading serves one column."""
    headings = [(place, _plain(cell)) for place, cell in enumerate(row) if isinstance(cell, str)]
    pairs = [
        (strength, -place, column.name)
        for place, heading in headings
        if 0 < len(heading) <= _LONGEST_HEADING
        for column in schema.columns
        if (strength := _likeness(heading, column)) >= _ENOUGH
    ]
    found: dict[str, tuple[int, float]] = {}
    taken: set[int] = set()
    for strength, place, name in sorted(pairs, reverse=True):
        if name not in found and -place not in taken:
            found[name] = (-place, strength)
            taken.add(-place)
    return found


@lru_cache(maxsize=4096)
def _plain(heading: str) -> str:
    """A heading without notes in brackets, numbering, stars and spaces."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", heading))
    without_notes = re.sub(r"\(.*?\)|\[.*?\]|【.*?】|<.*?>", "", text) or text
    return re.sub(r"^[0-9]+[.、]|[*:?、.\"'#]", "", without_notes).casefold()


def _likeness(heading: str, column: Column) -> float:
    return max(
        _likeness_of_words(heading, _plain(word)) for word in (column.label, column.name, *column.synonyms)
    )


@lru_cache(maxsize=16384)
def _likeness_of_words(heading: str, word: str) -> float:
    """1 for the same words; less when one ends with the other, holds it, or differs by a slip of the pen.

    In Chinese the last word says what a thing is: 会员姓名 is a name, 姓名拼音 is not.
    """
    if heading == word:
        return 1.0
    if min(len(heading), len(word)) < 2 or _others_in(heading) != _others_in(word):
        return 0.0
    if heading.endswith(word) or word.endswith(heading):
        return 0.4 + 0.5 * min(len(heading), len(word)) / max(len(heading), len(word))
    if word in heading:
        return 0.3 + 0.4 * len(word) / len(heading)
    ratio = SequenceMatcher(None, heading, word).ratio()
    return ratio * 0.75 if ratio >= 0.7 else 0.0


def _others_in(heading: str) -> set[str]:
    return set(_SOMEBODY_ELSE.findall(heading))


def _match_content(
    sheet: "Sheet", schema: Schema, header_row: int, found: dict[str, tuple[int, float]]
) -> dict[str, tuple[int, float]]:
    """Give telling columns that no heading fits the first column whose cells nearly all parse."""
    found = dict(found)
    taken = {place for place, _ in found.values()}
    if header_row:
        headings = enumerate(sheet.head[header_row - 1])
        taken |= {place for place, cell in headings if isinstance(cell, str) and _others_in(cell)}
    rows = sheet.head[header_row:]
    for column in schema.columns:
        if column.telling and column.name not in found:
            places = (
                place for place in range(sheet.width) if place not in taken and _tells(column, rows, place)
            )
            if (place := next(places, None)) is not None:
                found[column.name] = (place, _BY_CONTENT)
                taken.add(place)
    return found


def _tells(column: Column, rows: Sequence[Sequence[Cell]], place: int) -> bool:
    values = [row[place] for row in rows if place < len(row) and not is_blank(row[place])]
    return bool(values) and sum(_parses(column, value) for value in values) >= 0.7 * len(values)


def _parses(column: Column, cell: Cell) -> bool:
    try:
        column.parse(cell)
    except ValueError:
        return False
    return True


def _confidence(schema: Schema, found: dict[str, tuple[int, float]]) -> float:
    """How well required columns, and the others that were found, fit on average."""
    asked = [column.name for column in schema.columns if column.required or column.name in found]
    if not asked:
        return 0.0
    return round(sum(found[name][1] for name in asked if name in found) / len(asked), 2)


def _unmapped(sheet: "Sheet", header_row: int, taken: set[int]) -> tuple[str, ...]:
    row = sheet.head[header_row - 1] if header_row else []
    return tuple(
        str(cell).strip() for place, cell in enumerate(row) if place not in taken and not is_blank(cell)
    )
