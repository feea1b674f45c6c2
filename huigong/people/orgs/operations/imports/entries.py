"""The rows of a list of unions, each understood on its own and beside the others of the file."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from huigong.core.tables import Row, RowError
from huigong.people.orgs import queries
from huigong.people.orgs.models import Union
from huigong.people.orgs.operations.imports.sheet import kind_of

_SIGNS = re.compile(r"[\s()\[\]【】<>《》“”\"'·.,、:;-]+")


@dataclass(slots=True)
class Entry:
    """A row. `union` is there once it is on record, in this run or from before."""

    number: int
    name: str
    values: dict[str, Any]
    faults: list[RowError]
    notes: list[str] = field(default_factory=list)
    is_kind_guessed: bool = False
    union: Union | None = None
    is_done: bool = False
    result: str = ""

    def refuse(self, name: str, reason: str) -> None:
        self.faults.append(RowError(name, reason))

    def has_fault(self, name: str) -> bool:
        return any(fault.field == name for fault in self.faults)


def loose(name: str) -> str:
    """Compared without spaces, brackets and case; a union's committee is the union."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).casefold().replace("工会委员会", "工会")


class Known:
    """The unions of one subtree by name, short name and credit code; new ones are added as they come."""

    def __init__(self, scope: Union) -> None:
        self.scope = scope
        self._names: dict[str, list[Union]] = {}
        self._short_names: dict[str, list[Union]] = {}
        self._codes: dict[str, list[Union]] = {}
        self._units: dict[str, list[Union]] = {}
        for union in queries.below(scope).exclude(state=Union.State.REJECTED).select_related("parent"):
            self.add(union)

    def add(self, union: Union) -> None:
        for table, key in (
            (self._names, loose(union.name)),
            (self._short_names, loose(union.short_name)),
            (self._codes, union.uscc),
            (self._units, union.unit_uscc if union.kind == Union.Kind.INDEPENDENT else ""),
        ):
            if key and union not in table.setdefault(key, []):
                table[key].append(union)

    def same(self, entry: Entry) -> Union | None:
        """The union that the row is about. Raises `ValueError` when code and name say two different ones."""
        by_code = self._codes.get(entry.values["uscc"] or "", [])
        by_name = self._names.get(loose(entry.name), [])
        if by_code and by_name and by_code[0] not in by_name:
            raise ValueError(f"工会信用代码是“{by_code[0].name}”的，与名称不是同一个工会。")
        found = by_code or [union for union in by_name if not _contradicts(union, entry)]
        if len(found) > 1:
            raise ValueError(f"叫这个名称的工会有 {len(found)} 个，请填工会信用代码。")
        return found[0] if found else None

    def of_unit(self, code: str) -> Union | None:
        """The union of its own that the unit of this credit code has."""
        return next(iter(self._units.get(code, [])), None)

    def meant(self, written: str) -> Union | None:
        """The union of that name, short name or code. Raises `ValueError` when there are several."""
        key = loose(written)
        found = self._codes.get(written.upper()) or self._names.get(key) or self._short_names.get(key) or []
        if len(found) > 1:
            raise ValueError(f"“{written}”有 {len(found)} 个，请改填信用代码。")
        return found[0] if found else None


def _contradicts(union: Union, entry: Entry) -> bool:
    code = entry.values["uscc"]
    return bool(code and union.uscc and code != union.uscc)


def understand(rows: Iterable[Row]) -> list[Entry]:
    """The rows in their order, repeats of a name within the file refused."""
    met: dict[str, int] = {}
    entries = []
    for row in rows:
        entry = Entry(row.number, row.values["name"] or "", row.values, list(row.errors))
        if entry.name:
            first = met.setdefault(loose(entry.name), entry.number)
            if first != entry.number:
                entry.refuse("name", f"与第 {first} 行是同一个工会，只留一行。")
            if not entry.values["kind"] and not entry.has_fault("kind"):
                entry.is_kind_guessed = True
                entry.values["kind"] = kind_of(entry.name).value
                label = Union.Kind(entry.values["kind"]).label
                entry.notes.append(f"工会类型没有填，按名称登记为“{label}”。")
        entries.append(entry)
    return entries
