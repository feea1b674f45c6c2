"""Taking in a list of unions: parents before their children, whatever the order of the rows."""

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from huigong.core import audit, flags
from huigong.core.errors import Refused
from huigong.core.tables import (
    Outcome,
    Rejection,
    Summary,
    open_sheet,
    propose_mapping,
    read_rows,
    write_report,
)
from huigong.people.orgs.models import Union
from huigong.people.orgs.operations.imports.entries import Entry, Known, loose, understand
from huigong.people.orgs.operations.imports.sheet import UNION_LABELS, UNIONS, level_of
from huigong.people.orgs.operations.tree import create_union, edit_union, set_second_parent

_KEPT = ("name", "parent", "second_parent", "kind")
"""Columns that are no plain facts: they say which union is meant and where it stands."""
_FIELD_OF_REFUSAL = {
    "wrong-level": "parent",
    "unit-has-one": "unit_uscc",
    "same-parent": "second_parent",
    "cycle": "second_parent",
}
_WORDS = {
    "created": ("新增", "可新增"),
    "updated": ("更新", "可更新"),
    "unchanged": ("无变化", "无变化"),
    "rejected": ("未导入", "不能导入"),
}


def import_unions(
    file: Path,
    *,
    scope: Union,
    actor: audit.Actor,
    dry_run: bool = False,
    report: Path | None = None,
    sheet_name: str | None = None,
    progress: Callable[[int, int], None] = lambda done, height: None,
) -> Summary:
    """Put the unions of a spreadsheet below `scope`, as established ones, or correct what is known about them.

    A union is recognised by its credit code, else by its name; its place in the tree is never changed here, and
    empty cells change nothing. What is wrong with a row keeps only that row, and those below it, from being taken in;
    running it again is safe. Raises `TableRefused` when the file as a whole cannot be used. A trial does all of it
    and takes it back.
    """
    flags.require_open()
    sheet = open_sheet(file, UNIONS, name=sheet_name)
    mapping = propose_mapping(sheet, UNIONS)
    reading = read_rows(sheet, UNIONS, mapping)
    entries = understand(reading)
    with transaction.atomic():
        _Run(scope, actor, entries).all(lambda done: progress(done, len(entries)))
        summary = _summary(entries)
        summary.unread = sheet.others
        if dry_run:
            transaction.set_rollback(True)
        else:
            source = {"file": hashlib.sha256(sheet.content).hexdigest()[:16], "file_name": file.name}
            after = {name: getattr(summary, name) for name in ("rows", *_WORDS)} | source
            audit.record(actor, "orgs:union:import", scope, after=after, org=scope)
    if report:
        outcomes = {entry.number: _outcome(entry, dry_run) for entry in entries}
        outcomes |= {line.number: Outcome("跳过", line.reason) for line in reading.skipped}
        write_report(report, sheet, mapping, outcomes)
    return summary


class _Run:
    """One pass over all rows, in the caller's transaction."""

    def __init__(self, scope: Union, actor: audit.Actor, entries: list[Entry]) -> None:
        self.known = Known(scope)
        self.actor = actor
        self.entries = entries
        self.by_name: dict[str, Entry] = {}
        for entry in entries:
            self.by_name.setdefault(loose(entry.name), entry)

    def all(self, progress: Callable[[int], None]) -> None:
        for done, entry in enumerate(self.entries, start=1):
            self.take(entry, [])
            progress(done)

    def take(self, entry: Entry, waiting: list[Entry]) -> None:
        """The row, and before it the rows of the unions above it; `waiting` are those that need this one."""
        if entry.is_done:
            return
        if entry in waiting:
            entry.refuse("parent", "上级工会绕了一圈又回到自己，请核对。")
            return
        parent = self._place(entry, "parent", [*waiting, entry])
        second = self._place(entry, "second_parent", [*waiting, entry])
        entry.is_done = True
        if not entry.faults:
            self._write(entry, parent, second)
        if entry.faults:
            entry.result = "rejected"

    def _place(self, entry: Entry, name: str, waiting: list[Entry]) -> Union | None:
        written = entry.values[name]
        if not written:
            return None
        try:
            found = self.known.meant(written)
        except ValueError as unclear:
            entry.refuse(name, str(unclear))
            return None
        above = None if found else self.by_name.get(loose(written))
        if above is not None:
            self.take(above, waiting)
            found = above.union
        if found is None and not entry.has_fault(name):
            entry.refuse(name, self._why_nowhere(written, above))
        return found

    def _why_nowhere(self, written: str, above: Entry | None) -> str:
        if above is not None:
            return f"“{written}”在第 {above.number} 行，那一行没有导入，请先改好那一行。"
        return f"在{self.known.scope.name}范围内没有找到“{written}”，请填全称或信用代码。"

    def _write(self, entry: Entry, parent: Union | None, second: Union | None) -> None:
        try:
            same = self.known.same(entry)
            with transaction.atomic():
                if same is None:
                    self._create(entry, parent or self.known.scope)
                else:
                    self._correct(entry, same, parent)
                self._second_parent(entry, second)
        except ValueError as unclear:
            entry.refuse("uscc" if entry.values["uscc"] else "name", str(unclear))
        except Refused as refused:
            entry.refuse(_FIELD_OF_REFUSAL.get(refused.code, "name"), refused.sentence)
        except IntegrityError:
            entry.refuse("uscc", "这个工会信用代码已登记在另一个工会，请核对。")
        else:
            assert entry.union is not None
            self.known.add(entry.union)

    def _create(self, entry: Entry, parent: Union) -> None:
        if not parent.is_established:
            raise Refused(
                f"上级工会“{parent.name}”{parent.get_state_display()}，不能在它下面建会。", "wrong-level"
            )
        kind, unit = entry.values["kind"], entry.values["unit_uscc"]
        if kind == Union.Kind.INDEPENDENT and unit and (other := self.known.of_unit(unit)):
            raise Refused(
                f"这个单位已有“{other.name}”，一个单位只建一个工会；请核对名称或信用代码。", "unit-has-one"
            )
        entry.union = create_union(
            entry.name,
            level=level_of(kind),
            kind=kind,
            parent=parent,
            actor=self.actor,
            source="imported",
            **_facts(entry),
        )
        entry.result = "created"

    def _correct(self, entry: Entry, union: Union, parent: Union | None) -> None:
        if union.is_founding:
            raise Refused("正在建会，请先在工作台批准，再导入它的资料。", "being-founded")
        if parent is not None and parent.pk != union.parent_id:
            where = union.parent.name if union.parent else "最上级"
            raise Refused(f"它在平台上的上级是{where}；要调整，请在工作台办理“调整上级”。", "wrong-level")
        facts = {name: value for name, value in _facts(entry).items() if getattr(union, name) != value}
        if entry.name != union.name:
            facts["name"] = entry.name
        if entry.values["kind"] != union.kind and not entry.is_kind_guessed:
            facts["kind"] = entry.values["kind"]
        entry.notes.clear()
        entry.union = edit_union(union, actor=self.actor, **facts) if facts else union
        entry.result = "updated" if facts else "unchanged"
        if facts:
            entry.notes.append("更新了" + "、".join(UNION_LABELS[name] for name in facts) + "。")

    def _second_parent(self, entry: Entry, second: Union | None) -> None:
        assert entry.union is not None
        if second is not None and second.pk != entry.union.second_parent_id:
            set_second_parent(entry.union, second, actor=self.actor)
            if entry.result == "unchanged":
                entry.result = "updated"
                entry.notes.append("更新了协管工会。")


def _facts(entry: Entry) -> dict[str, Any]:
    """What the row tells about the union; empty cells tell nothing."""
    return {
        name: value for name, value in entry.values.items() if name not in _KEPT and value not in (None, "")
    }


def _summary(entries: list[Entry]) -> Summary:
    counts = Counter(entry.result for entry in entries)
    return Summary(
        rows=len(entries),
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        rejected=counts["rejected"],
        rejections=[
            Rejection(entry.number, fault.field, fault.reason) for entry in entries for fault in entry.faults
        ],
    )


def _outcome(entry: Entry, dry_run: bool) -> Outcome:
    reasons = [f"{UNION_LABELS[fault.field]}：{fault.reason}" for fault in entry.faults] or entry.notes
    return Outcome(_WORDS[entry.result][dry_run], " ".join(reasons), rejected=entry.result == "rejected")
