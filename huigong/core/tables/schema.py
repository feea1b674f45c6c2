"""What an importing module expects of a sheet, and where in the sheet it was found."""

from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from huigong.core.tables.cells import Parse


class TableRefused(ValueError):
    """The file cannot be used at all. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One thing to read from every row.

    `name` is the key in `Row.values`; `label` what the cadre calls it; `synonyms` other headings in use.
    `telling` is for parsers that hardly accept anything else (ID numbers, phones): such a column is
    recognised by its content when no heading fits.
    """

    name: str
    label: str
    parse: Parse
    synonyms: tuple[str, ...] = ()
    required: bool = False
    telling: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """`unique` names columns whose values may come only once in a file."""

    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names) or not set(self.unique) <= set(names):
            raise TypeError("column names must be distinct, and unique must name columns")

    def missing(self, mapping: "Mapping") -> list[Column]:
        """Required columns that the mapping leaves out."""
        return [column for column in self.columns if column.required and column.name not in mapping.columns]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column of the sheet holds what. `header_row` is an Excel row number; 0 means no header.

    `columns` gives for each `Column.name` the place in the row, from 0. `confidence` is between 0 and 1;
    `unmapped` are headings nobody claimed.
    """

    header_row: int
    columns: dict[str, int]
    confidence: float = 1.0
    unmapped: tuple[str, ...] = ()

    def corrected(self, columns: AnyMapping[str, int], header_row: int | None = None) -> "Mapping":
        """The mapping a person chose instead."""
        row = self.header_row if header_row is None else header_row
        return replace(self, columns=dict(columns), header_row=row, confidence=1.0)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: AnyMapping[str, Any]) -> "Mapping":
        return cls(**{**data, "unmapped": tuple(data["unmapped"])})
