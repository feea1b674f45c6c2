"""Reading the rows below the header, and telling data from everything else that stands there."""

import re
import unicodedata
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from huigong.core.tables.book import Sheet
from huigong.core.tables.cells import Cell, is_blank, is_ditto, says_nothing
from huigong.core.tables.schema import Column, Mapping, Schema, TableRefused


@dataclass(frozen=True, slots=True)
class RowError:
    """`field` is the name of a column."""

    field: str
    reason: str


@dataclass(slots=True)
class Row:
    """One row of data. `values` holds every column of the schema, None where empty or refused."""

    number: int
    values: dict[str, Any]
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Skipped:
    number: int
    reason: str


@dataclass(slots=True)
class Reading:
    """Iterate over it for rows; afterwards `skipped` tells which lines were no data, and why.

    Iterating again reads the file again.
    """

    sheet: Sheet
    schema: Schema
    mapping: Mapping
    skipped: list[Skipped] = field(default_factory=list)
    blank: int = 0
    """How many lines were empty."""

    def __iter__(self) -> Iterator[Row]:
        self.skipped, self.blank = [], 0
        columns = [(column, self.mapping.columns.get(column.name)) for column in self.schema.columns]
        seen: dict[tuple[str, Hashable], int] = {}
        header: Sequence[Cell] = ()
        above: dict[int, Cell] = {}
        for number, cells in self.sheet.rows():
            if number <= self.mapping.header_row:
                header = cells
            elif all(map(is_blank, cells)):
                self.blank += 1
            elif reason := self._no_data(number, cells, header):
                self.skipped.append(Skipped(number, reason))
            else:
                row = _parse(number, cells, columns, above)
                self._find_repeats(row, seen)
                yield row

    def _no_data(self, number: int, cells: Sequence[Cell], header: Sequence[Cell]) -> str:
        """Why this line is not about one person or thing; empty when it is."""
        filled = list(islice((cell for cell in cells if not is_blank(cell)), 3))
        places = self.mapping.columns.values()
        if len(filled) == 1 and number in self.sheet.captions:
            return "小标题行"
        if header and all(_at(place, cells) == _at(place, header) for place in places):
            return "重复的表头"
        if number == self.mapping.header_row + 1 and _is_column_numbers(filled):
            return "栏次行"
        if reason := _closing_line(filled):
            return reason
        return "没有要导入的内容" if all(is_blank(_at(place, cells)) for place in places) else ""

    def _find_repeats(self, row: Row, seen: dict[tuple[str, Hashable], int]) -> None:
        for name in self.schema.unique:
            value = row.values[name]
            if value is not None:
                first = seen.setdefault((name, value), row.number)
                if first != row.number:
                    row.errors.append(RowError(name, f"与第 {first} 行重复。"))


def read_rows(sheet: Sheet, schema: Schema, mapping: Mapping) -> Reading:
    """The rows of data with every fault named; nothing in a row stops the next one from being read.

    Refuses (`TableRefused`) when the mapping leaves a required column out or points beside the sheet.
    """
    if missing := schema.missing(mapping):
        labels = "、".join(f"“{column.label}”" for column in missing)
        raise TableRefused(f"没有找到{labels}这一列，请检查表头，或手工指定。")
    if not mapping.columns:
        raise TableRefused("表头里没有一列对得上，请检查表头，或手工指定。")
    if any(not 0 <= place < sheet.width for place in mapping.columns.values()):
        raise TableRefused("指定的列在表格里不存在，请重新指定。")
    if len(set(mapping.columns.values())) < len(mapping.columns):
        raise TableRefused("同一列被指定了两次，请重新指定。")
    if twice := _side_by_side(sheet, schema, mapping):
        raise TableRefused(f"表里并排有两组“{twice}”，右边的会漏掉。请把它们移到左边的下面再传。")
    return Reading(sheet, schema, mapping)


def _side_by_side(sheet: Sheet, schema: Schema, mapping: Mapping) -> str:
    """The first heading of a second block of people beside the first; empty when there is only one."""
    if not 0 < mapping.header_row <= len(sheet.head):
        return ""
    headings = [_squeezed(cell) for cell in sheet.head[mapping.header_row - 1]]
    required = [mapping.columns[column.name] for column in schema.columns if column.required]
    words = [headings[place] for place in required if place < len(headings) and headings[place]]
    return words[0] if len(words) > 1 and all(headings.count(word) > 1 for word in words) else ""


def _at(place: int, cells: Sequence[Cell]) -> Cell:
    """Lines of a CSV may be shorter than others."""
    return cells[place] if place < len(cells) else None


def _parse(
    number: int,
    cells: Sequence[Cell],
    columns: list[tuple[Column, int | None]],
    above: dict[int, Cell],
) -> Row:
    """`above` remembers the cells of the row before, for those that say 同上."""
    row = Row(number, {})
    for column, place in columns:
        cell = None if place is None else _at(place, cells)
        if place is not None:
            cell = above[place] = above.get(place) if is_ditto(cell) else cell
        value = None
        if not is_blank(cell):
            try:
                value = column.parse(cell)
            except ValueError as refused:
                if not says_nothing(cell):
                    row.errors.append(RowError(column.name, str(refused)))
                    row.values[column.name] = None
                    continue
        if value is None and column.required:
            row.errors.append(RowError(column.name, f"{column.label}没有填。"))
        row.values[column.name] = value
    return row


# --- Lines that are no data

_TOTAL = re.compile(
    r"(合计|总计|小计|共计|累计|总人数|(本页|人数)(合计|小计))(:?\(?[0-9,.]*[人名个]?\)?)?|共[0-9]+[人名个]"
)
_SIGNATURE = re.compile(
    r"(制表|填表|填报|编制|审核|复核|审批|批准|经办|经手|负责|分管|主管|单位|工会主席|主席|联系|日期|时间|电话)"
    r".{0,10}:.*"
)
_SEAL = re.compile(r".{0,20}(盖章|公章|签章|签字|签名).{0,20}|[0-9]*年[0-9]*月[0-9]*日")
_NOTE = re.compile(
    r"(备注|说明|(填表|填写|填报)说明|注意事项|注|示例|样例|例|例如)(:.*|[0-9]*)|以下(为)?空白.*"
)
_SPACES = re.compile(r"\s+")
_COLUMN_NUMBERS = re.compile(r"1,2,3|\(1\),\(2\),\(3\)|甲,(乙,(丙|1)|1,2)|a,b,(c|1)")


def _is_column_numbers(filled: Sequence[Cell]) -> bool:
    """The line 1 2 3 … that some forms print below the header."""
    return bool(_COLUMN_NUMBERS.fullmatch(",".join(_squeezed(cell) for cell in filled)))


def _closing_line(filled: Sequence[Cell]) -> str:
    """Totals, signatures and notes that people put below the data."""
    words = [_squeezed(cell) for cell in filled if isinstance(cell, str)]
    if any(_TOTAL.fullmatch(word) for word in words):
        return "合计行"
    first = words[0] if words and words[0] == _squeezed(filled[0]) else ""
    if _SIGNATURE.fullmatch(first) or (len(filled) < 3 and _SEAL.fullmatch(first)):
        return "签名或日期行"
    return "说明行" if _NOTE.fullmatch(first) else ""


def _squeezed(cell: Cell) -> str:
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return _SPACES.sub("", unicodedata.normalize("NFKC", str(cell))).casefold()
