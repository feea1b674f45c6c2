"""Imports of rolls as cadres see them: the list, one import, what became of its rows, and a sheet before it is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huigong.core.audit import Actor
from huigong.core.identity import mask_id, mask_phone
from huigong.core.tables import Mapping, Sheet
from huigong.people.membership import permissions
from huigong.people.membership.models import RollImport, RollImportLine
from huigong.people.membership.queries.sheets import LABELS
from huigong.people.membership.queries.unions import takes_members
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

_SAMPLE_ROWS = 6
_HEADER_CHOICES = 30
_PHONE = re.compile(r"(?<![0-9０-９])[1１](?:[ -]?[0-9０-９]){10}(?![0-9０-９])")
_ID_NUMBER = re.compile(r"(?:[0-9０-９][ -]?){14,17}[0-9０-９XxＸｘ]")
"""Eleven, and fifteen to eighteen, digits as they may be typed."""
_TONES = {
    RollImport.State.UPLOADED: "gold",
    RollImport.State.CHECKING: "blue",
    RollImport.State.CHECKED: "gold",
    RollImport.State.RUNNING: "blue",
    RollImport.State.DONE: "ok",
    RollImport.State.FAILED: "red",
    RollImport.State.DISCARDED: "grey",
}


def may_import(actor: Actor) -> bool:
    """May the actor import a roll for any union?"""
    return orgs.may_anywhere(actor, permissions.ROLL_IMPORT)


def import_places(actor: Actor, chosen: int | None) -> list[tuple[int, str]]:
    """Unions to import for, as choices: the tops of the actor's reach and what lies below the chosen one."""
    found = org_queries.branches(actor, chosen, permission=permissions.ROLL_IMPORT)
    return [(pk, label) for pk, label, _ in found]


def default_union(scope: "Union", mapping: Mapping) -> str:
    """The union that rows are meant for when no column says it; empty when a column does."""
    return "" if "union" in mapping.columns or not takes_members(scope) else scope.name


@dataclass(frozen=True)
class ImportsPage:
    """Imports, newest first, and the cursor after them."""

    rows: list[tuple[RollImport, str]]
    next: int | None


def imports_page(actor: Actor, *, before: int | None = None, limit: int = 20) -> ImportsPage:
    """The imports that the actor may work on, each with the tone of its state: one query."""
    found = permissions.imports_visible_to(actor).select_related("union", "uploaded_by").order_by("-id")
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    shown = [(row, _TONES[RollImport.State(row.state)]) for row in rows[:limit]]
    return ImportsPage(shown, shown[-1][0].pk if len(rows) > limit else None)


@dataclass(frozen=True)
class ImportFace:
    """One import on its page."""

    row: RollImport
    tone: str
    percent: int
    facts: list[tuple[str, str]]
    stats: list[dict[str, Any]]

    @property
    def can_start(self) -> bool:
        return self.row.state == RollImport.State.CHECKED and bool(self.row.created + self.row.updated)


def import_face(row: RollImport) -> ImportFace:
    """How far it is and what it found; no queries."""
    may = "可" if row.is_trial else ""
    labels = (f"{may}新增", f"{may}更新", "无变化", "有问题")
    figures = (row.created, row.updated, row.unchanged, row.rejected)
    return ImportFace(
        row=row,
        tone=_TONES[RollImport.State(row.state)],
        percent=min(99, row.done_row * 100 // max(row.height, 1)),
        facts=[("导入到", row.union.name), ("文件", row.file_name), ("上传人", row.uploaded_by.display_name)],
        stats=[
            {"value": f"{figure:,}", "label": label, "hot": label == "有问题" and figure > 0}
            for label, figure in zip(labels, figures, strict=True)
        ],
    )


@dataclass(frozen=True)
class ToldRow:
    """A row of the file that something is to be said about."""

    number: int
    name: str
    result: str
    told: list[tuple[str, str]]
    """Label of the column, or "", and the sentence."""


@dataclass(frozen=True)
class ToldPage:
    rows: list[ToldRow]
    next: int | None


def told_rows(row: RollImport, *, rejected: bool, after: int = 0, limit: int = 30) -> ToldPage:
    """Rejected rows with every fault, or the others about which there is a remark: two queries."""
    lines = RollImportLine.objects.filter(roll_import=row, row__gt=after).exclude(reason="")
    wanted = RollImportLine.Result.REJECTED
    lines = lines.filter(result=wanted) if rejected else lines.exclude(result=wanted)
    numbers = list(lines.order_by("row").values_list("row", flat=True).distinct()[: limit + 1])
    shown: dict[int, ToldRow] = {}
    for line in lines.filter(row__in=numbers[:limit]).order_by("row", "id"):
        told = shown.setdefault(line.row, ToldRow(line.row, line.name, line.get_result_display(), []))
        told.told.append((LABELS.get(line.field, ""), line.reason))
    return ToldPage(list(shown.values()), numbers[limit - 1] if len(numbers) > limit else None)


# --- A sheet before it is read


@dataclass(frozen=True)
class SheetColumn:
    """One column of the sheet: its letter, heading and first values, numbers masked."""

    place: int
    letter: str
    heading: str
    samples: list[str]


@dataclass(frozen=True)
class Preview:
    """The top of a sheet, for confirming which column holds what."""

    sheet_name: str
    others: Sequence[str]
    header_row: int
    header_choices: range
    columns: list[SheetColumn]
    rows: list[tuple[int, list[str]]]


def preview(sheet: Sheet, mapping: Mapping) -> Preview:
    """The first rows below the header, as they stand in the file but with numbers masked."""
    header = mapping.header_row
    body = list(enumerate(sheet.head[header:], start=header + 1))
    rows = [(number, [_shown(cell) for cell in row]) for number, row in body if any(row)][:_SAMPLE_ROWS]
    headings = [_shown(cell) for cell in sheet.head[header - 1]] if header else []
    columns = [
        SheetColumn(
            place,
            _letter(place),
            headings[place] if place < len(headings) else "",
            list(filter(None, (row[place] for _, row in rows if place < len(row))))[:3],
        )
        for place in range(sheet.width)
    ]
    return Preview(
        sheet_name=sheet.name,
        others=sheet.others,
        header_row=header,
        header_choices=range(1, min(len(sheet.head), _HEADER_CHOICES) + 1),
        columns=[column for column in columns if column.heading or column.samples],
        rows=rows,
    )


def _letter(place: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _shown(cell: Any) -> str:
    """A cell as the cadre reads it; ID numbers and phones, in whatever writing, only by their ends."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and abs(cell) >= 1e11:
        return f"{cell:.5E}" if abs(cell) >= 1e15 else _shown(int(cell))
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    text = " ".join(str(cell).split())[:40]
    text = _ID_NUMBER.sub(lambda found: mask_id(re.sub("[ -]", "", found[0])), text)
    return _PHONE.sub(lambda found: mask_phone(re.sub("[ -]", "", found[0])), text)
