"""The job behind an import: one pass over the file, which may die at any row and be gone on with."""

import io
from collections import Counter
from functools import partial
from pathlib import Path

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from huigong.core import files, flags
from huigong.core.errors import Refused
from huigong.core.tables import Mapping, Outcome, TableRefused, write_report
from huigong.people.inbox import operations as inbox
from huigong.people.membership import permissions, queries
from huigong.people.membership.models import RollImport, RollImportLine
from huigong.people.membership.operations.imports.entry import Entry
from huigong.people.membership.operations.imports.judging import Result, Verdict
from huigong.people.membership.operations.imports.running import Course, attempt, note_import, outcomes_of
from huigong.people.membership.operations.imports.steps import content_of
from huigong.people.membership.operations.imports.writing import keep_lines
from huigong.people.orgs import permissions as orgs

log = structlog.get_logger("huigong.membership")

_MOST_SKIPPED = 200
_OUR_FAULT = "系统出了点问题，我们已经记录。可以点“继续”再试。"
_COUNTED = {
    Result.CREATED: "created",
    Result.UPDATED: "updated",
    Result.UNCHANGED: "unchanged",
    Result.REJECTED: "rejected",
}


class _OvertakenError(Exception):
    """Somebody stopped the import, or another worker has gone on with it."""


def run_import(import_id: int) -> None:
    """Try the roll out or take it in, from where it stands to the end; nothing to do for one that is not at work.

    Progress and rows commit together, chunk by chunk, so that being killed, running twice or beside another
    worker neither loses nor doubles anything. An error of ours or of the file interrupts the import, and the
    cadre reads why; a database that is away, and the switch READ_ONLY, only make it wait.
    """
    work = (
        RollImport.objects.select_related("union", "file", "uploaded_by", "started_by")
        .filter(pk=import_id, state__in=RollImport.BUSY)
        .first()
    )
    if work is None:
        return
    try:
        _run(work)
    except _OvertakenError:
        log.info("import overtaken", roll_import=work.pk, row=work.done_row)
    except (Refused, TableRefused) as refused:
        if getattr(refused, "code", "") != "paused":
            _interrupt(work, str(refused))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        _interrupt(work, _OUR_FAULT)
        raise


def _run(work: RollImport) -> None:
    actor = work.started_by or work.uploaded_by
    if not actor.is_active or not orgs.may(actor, permissions.ROLL_IMPORT, work.union):
        raise Refused(f"{actor.display_name}已不再负责{work.union.name}，导入停止。", "no-office")
    sheet = queries.open_roll(content_of(work), sheet=work.sheet_name)
    mapping = Mapping.from_json(work.mapping)
    course = Course(sheet, mapping, scope=work.union, actor=actor, source={"import": work.pk})
    for chunk in course.chunks(after=work.done_row):
        flags.require_open()
        attempt(partial(_take, work, course, chunk))
        work.done_row = chunk[-1].number
    report = _report(work, course, mapping)
    _finish(work, course, report)


def _take(work: RollImport, course: Course, chunk: list[Entry]) -> list[Verdict]:
    """One chunk, in the caller's transaction: first claim the rows, so that nobody else takes them too."""
    here = RollImport.objects.filter(pk=work.pk, state=work.state, done_row=work.done_row)
    if not here.update(done_row=chunk[-1].number, progress_at=Now()):
        raise _OvertakenError
    if work.done_row == 0:
        RollImportLine.objects.filter(roll_import=work).delete()
    verdicts = course.take(chunk, dry_run=work.is_trial)
    keep_lines(work.pk, verdicts)
    results = Counter(verdict.result for verdict in verdicts)
    counts = {name: F(name) + results[result] for result, name in _COUNTED.items()}
    RollImport.objects.filter(pk=work.pk).update(rows=F("rows") + len(verdicts), **counts)
    return verdicts


def _report(work: RollImport, course: Course, mapping: Mapping) -> bytes:
    """The sheet as it came, with the outcome beside each row."""
    lines = RollImportLine.objects.filter(roll_import=work).order_by("row", "id")
    told = lines.values_list("row", "result", "name", "field", "reason")
    outcomes = outcomes_of(told.iterator(5000), dry_run=work.is_trial)
    outcomes |= {line.number: Outcome("跳过", line.reason) for line in course.reading.skipped}
    now = timezone.localtime()
    watermark = f"{course.actor.display_name} {now:%Y-%m-%d %H:%M} 导入结果，含个人信息，用后请删除"
    file = io.BytesIO()
    write_report(file, course.reading.sheet, mapping, outcomes, watermark=watermark)
    return file.getvalue()


@transaction.atomic
def _finish(work: RollImport, course: Course, report: bytes) -> None:
    state = RollImport.State.CHECKED if work.is_trial else RollImport.State.DONE
    skipped = [[line.number, line.reason] for line in course.reading.skipped[:_MOST_SKIPPED]]
    here = RollImport.objects.filter(pk=work.pk, state=work.state, done_row=work.done_row)
    if not here.update(state=state, skipped=skipped, progress_at=Now(), finished_at=Now()):
        raise _OvertakenError
    name = f"{Path(work.file_name).stem}-{'试跑' if work.is_trial else '导入'}结果.xlsx"
    work.report = files.store_sealed(report, name=name)
    RollImport.objects.filter(pk=work.pk).update(report=work.report)
    work.refresh_from_db(fields=["state", "rows", "created", "updated", "unchanged", "rejected"])
    if not work.is_trial:
        note_import(work, work, actor=course.actor, org=work.union, file=work.file_sha256)
    _tell(work, f"“{work.file_name}”{'试跑' if work.is_trial else '导入'}完成", _told(work))


def _told(work: RollImport) -> str:
    can = "可" if work.is_trial else ""
    parts = [f"{can}新增 {work.created:,} 人", f"{can}更新 {work.updated:,} 人"]
    if work.rejected:
        parts.append(f"{work.rejected:,} 行有问题{'不能' if work.is_trial else '没有'}导入")
    return "，".join(parts) + "。"


def _interrupt(work: RollImport, sentence: str) -> None:
    busy = RollImport.objects.filter(pk=work.pk, state=work.state)
    if busy.update(state=RollImport.State.FAILED, error=sentence[:200], finished_at=Now()):
        _tell(work, f"“{work.file_name}”{'试跑' if work.is_trial else '导入'}中断", sentence)


def _tell(work: RollImport, title: str, body: str) -> None:
    """Whoever set it going may have left the page."""
    who = work.uploaded_by_id if work.is_trial else work.started_by_id
    url = reverse("membership:roll-import", args=[work.pk])
    inbox.send([who], kind=inbox.Kind.SYSTEM, title=title, body=body, url=url)
