"""Taking in a roll, chunk by chunk: what the command line does in one go, and a job can resume."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, OperationalError, transaction

from huigong.core import audit, flags
from huigong.core.tables import (
    Mapping,
    Outcome,
    Reading,
    Rejection,
    Sheet,
    Summary,
    TableRefused,
    read_rows,
    write_report,
)
from huigong.people.membership import queries
from huigong.people.membership.operations.imports.entry import Entry, Reader
from huigong.people.membership.operations.imports.judging import Result, Verdict, judge, look_up, note_doubles
from huigong.people.membership.operations.imports.places import Places
from huigong.people.membership.operations.imports.writing import lines_of, write
from huigong.people.membership.queries import LABELS, ROLL

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

CHUNK = 500
_ATTEMPTS = 3


class Course:
    """One pass over one sheet, on behalf of somebody, into one subtree."""

    def __init__(
        self, sheet: Sheet, mapping: Mapping, *, scope: "Union", actor: audit.Actor, source: dict[str, Any]
    ) -> None:
        self.reading = open_reading(sheet, mapping, scope)
        self.scope = scope
        self.actor = actor
        self.source = source
        self.places = Places(scope, by_column="union" in mapping.columns or not queries.takes_members(scope))
        self._reader = Reader(self.places, has_dates="joined_on" in mapping.columns)

    def chunks(self, *, after: int = 0) -> Iterator[list[Entry]]:
        """Rows below row `after`. Those above are read too, so that repeats of them are found."""
        chunk: list[Entry] = []
        for row in self.reading:
            entry = self._reader.read(row)
            if entry.number <= after:
                continue
            if row.number in self.reading.sheet.hidden:
                entry.notes.append("这一行在 Excel 里是隐藏的，也算在内。")
            chunk.append(entry)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def take(self, chunk: list[Entry], *, dry_run: bool) -> list[Verdict]:
        """Judge a chunk and, unless it is a trial, write it. In a real run the caller holds the transaction."""
        known = look_up(chunk, lock=not dry_run)
        verdicts = [judge(entry, known.get(entry.index), actor=self.actor) for entry in chunk]
        note_doubles(verdicts, self.scope)
        if not dry_run:
            write(verdicts, self.places, actor=self.actor, source=self.source)
        return verdicts


def open_reading(sheet: Sheet, mapping: Mapping, scope: "Union") -> Reading:
    """The rows of a sheet, if this mapping can do for a roll of `scope`. Raises `TableRefused` when it cannot."""
    says_where = {"union", "unit_name"} & mapping.columns.keys()
    if not says_where and not queries.takes_members(scope):
        raise TableRefused(f"{scope.name}不直接接收会员，表格里要有“所在工会”这一列。")
    return read_rows(sheet, ROLL, mapping)


def attempt(step: Callable[[], list[Verdict]]) -> list[Verdict]:
    """Run `step` in a transaction; when somebody put the same people down at that moment, judge them anew."""
    for _ in range(_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return step()
        except (IntegrityError, OperationalError):
            continue
    with transaction.atomic():
        return step()


def import_roll(
    file: IO[bytes] | Path,
    *,
    scope: "Union",
    actor: audit.Actor,
    dry_run: bool = False,
    report: Path | None = None,
    sheet_name: str | None = None,
    progress: Callable[[int, int], None] = lambda done, height: None,
) -> Summary:
    """Take in a roll for `scope` and the unions below it, in this process; for the command line and for tests.

    Every chunk of rows is a transaction of its own, so that whatever stops it, running it again is safe: rows
    taken in before come out unchanged. Raises `TableRefused` when the file as a whole cannot be used. With
    `dry_run` nothing is written; `report` receives the sheet with the outcome beside each row.
    """
    flags.require_open()
    content = _content(file)
    sheet = queries.open_roll(content, sheet=sheet_name)
    mapping = queries.propose_columns(sheet)
    source = {"file": hashlib.sha256(content).hexdigest()[:16]}
    course = Course(sheet, mapping, scope=scope, actor=actor, source=source)
    summary, results = Summary(unread=sheet.others), Counter[Result]()
    outcomes: dict[int, Any] = {}
    for chunk in course.chunks():
        verdicts = _take(course, chunk, dry_run)
        results.update(verdict.result for verdict in verdicts)
        summary.rejections += [
            Rejection(verdict.entry.number, fault.field, fault.reason)
            for verdict in verdicts
            for fault in verdict.faults
        ]
        if report:
            outcomes |= outcomes_of(lines_of(verdicts), dry_run=dry_run)
        progress(chunk[-1].number, sheet.height)
    count(summary, results)
    if not dry_run:
        note_import(scope, summary, actor=actor, file_name=_name(file), **source)
    if report:
        outcomes |= {line.number: Outcome("跳过", line.reason) for line in course.reading.skipped}
        write_report(report, sheet, mapping, outcomes)
    return summary


def _take(course: Course, chunk: list[Entry], dry_run: bool) -> list[Verdict]:
    if dry_run:
        return course.take(chunk, dry_run=True)
    return attempt(lambda: course.take(chunk, dry_run=False))


def _content(file: IO[bytes] | Path) -> bytes:
    return file.read_bytes() if isinstance(file, Path) else file.read()


def _name(file: IO[bytes] | Path) -> str:
    return Path(getattr(file, "name", "")).name


def count(summary: Any, results: Counter[Result]) -> None:
    """Add the results of some rows to the five counts of a summary or an import."""
    summary.rows += results.total()
    summary.created += results[Result.CREATED]
    summary.updated += results[Result.UPDATED]
    summary.unchanged += results[Result.UNCHANGED]
    summary.rejected += results[Result.REJECTED]


def note_import(target: Any, counts: Any, *, actor: audit.Actor, org: Any = None, **after: Any) -> None:
    """One line in the audit trail for a whole import; every person has a line of their own besides."""
    told = {name: getattr(counts, name) for name in ("rows", "created", "updated", "unchanged", "rejected")}
    audit.record(actor, "membership:roll:import", target, after={**told, **after}, org=org or target)


_WORDS = {
    Result.CREATED.value: ("新增", "可新增"),
    Result.UPDATED.value: ("更新", "可更新"),
    Result.UNCHANGED.value: ("无变化", "无变化"),
    Result.REJECTED.value: ("未导入", "不能导入"),
}


def outcomes_of(lines: Any, *, dry_run: bool) -> dict[int, Outcome]:
    """What the report says beside each row; several faults of a row stand together."""
    outcomes: dict[int, Outcome] = {}
    for row, result, _, name, reason in lines:
        words = f"{LABELS[name]}：{reason}" if name else reason
        before = outcomes.get(row)
        outcomes[row] = Outcome(
            _WORDS[result][dry_run],
            f"{before.reason} {words}" if before else words,
            rejected=result == Result.REJECTED.value,
        )
    return outcomes
