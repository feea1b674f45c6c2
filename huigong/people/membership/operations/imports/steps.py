"""An import on its way: sent, tried out, started, stopped, gone on with, given up, forgotten."""

import io
from datetime import timedelta
from typing import IO, TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from huigong.core import audit, files, flags, jobs
from huigong.core.errors import Refused
from huigong.core.tables import Mapping, Sheet, TableRefused
from huigong.people.membership import queries
from huigong.people.membership.models import RollImport, RollImportLine
from huigong.people.membership.operations.imports.running import open_reading

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.orgs.models import Union

State = RollImport.State
_GIVEN_UP_AFTER = timedelta(days=7)
_SILENCE = timedelta(minutes=1)
"""So long without progress, and whoever worked on it is taken for dead."""


def upload_roll(file: IO[bytes], *, union: "Union", file_name: str, actor: "Account") -> RollImport:
    """Keep a roll for `union`, sealed, and propose which column holds what.

    Refuses ("bad-file", 422) whatever is no spreadsheet or too large; nothing of it is kept then.
    """
    flags.require_open()
    content = file.read()
    try:
        sheet = queries.open_roll(content)
    except TableRefused as refused:
        raise Refused(str(refused), "bad-file", status=422) from None
    with transaction.atomic():
        stored = files.store_sealed(content, name=file_name)
        made = RollImport.objects.create(
            union=union,
            uploaded_by=actor,
            file=stored,
            file_name=stored.name,
            file_sha256=stored.sha256,
            sheet_name=sheet.name,
            height=sheet.height,
            mapping=queries.propose_columns(sheet).as_json(),
        )
        after = {"file": made.file_sha256, "name": made.file_name}
        audit.record(actor, "membership:roll:upload", made, after=after, org=union)
    return made


def check_import(
    roll_import: RollImport, *, mapping: Mapping, actor: "Account", sheet_name: str = ""
) -> RollImport:
    """Confirm the columns and try the roll out: a job finds what would become of each row, and writes nothing.

    May be repeated until the import is started. Refuses columns that cannot do ("bad-columns", 422), and a union
    for which another import is at work ("busy").
    """
    flags.require_open()
    sheet = open_import(roll_import, sheet=sheet_name)
    try:
        open_reading(sheet, mapping, roll_import.union)
    except TableRefused as refused:
        raise Refused(str(refused), "bad-columns", status=422) from None
    _go(
        roll_import,
        (State.UPLOADED, State.CHECKED, State.FAILED),
        State.CHECKING,
        actor=actor,
        step="check",
        started_at=None,
        sheet_name=sheet.name,
        height=sheet.height,
        mapping=mapping.as_json(),
        **_FROM_THE_TOP,
    )
    return roll_import


def start_import(roll_import: RollImport, *, actor: "Account") -> RollImport:
    """Take the roll in for good, as it was tried out. Refuses before a trial, when nothing would change ("nothing"),
    and a union for which another import is at work ("busy").
    """
    flags.require_open()
    if roll_import.state == State.CHECKED and not roll_import.created + roll_import.updated:
        raise Refused("这份名册里没有可以导入的行，请改好后重新上传。", "nothing")
    _go(
        roll_import,
        (State.CHECKED,),
        State.RUNNING,
        actor=actor,
        step="start",
        started_by=actor,
        started_at=Now(),
        **_FROM_THE_TOP,
    )
    return roll_import


def resume_import(roll_import: RollImport, *, actor: "Account") -> RollImport:
    """Go on right behind the last row on record. Refuses what is not interrupted, and while another is at work."""
    flags.require_open()
    goal = State.CHECKING if roll_import.is_trial else State.RUNNING
    who = {} if roll_import.is_trial else {"started_by": actor}
    _go(roll_import, (State.FAILED,), goal, actor=actor, step="resume", error="", finished_at=None, **who)
    return roll_import


@transaction.atomic
def stop_import(roll_import: RollImport, *, actor: "Account") -> RollImport:
    """Stop after the rows at hand; what was taken in stays. Refuses an import that is not at work."""
    _move(
        roll_import,
        RollImport.BUSY,
        State.FAILED,
        error=f"{actor.display_name}停止了它。",
        finished_at=Now(),
    )
    _note(roll_import, "stop", actor)
    return roll_import


@transaction.atomic
def discard_import(roll_import: RollImport, *, actor: "Account") -> RollImport:
    """Give the file up: it is deleted, with what was found out about its rows. People taken in stay.

    Refuses one that is at work or done.
    """
    _move(roll_import, RollImport.RESTING, State.DISCARDED, finished_at=Now())
    _forget(roll_import)
    _note(roll_import, "discard", actor)
    return roll_import


class Report(NamedTuple):
    """A file to hand over."""

    name: str
    file: IO[bytes]


@transaction.atomic
def take_report(roll_import: RollImport, *, actor: "Account") -> Report | None:
    """The sheet with the outcome beside each row, if there is one; that it was taken is in the audit trail."""
    if roll_import.report is None:
        return None
    try:
        content = files.unsealed(roll_import.report)
    except FileNotFoundError:
        return None
    _note(roll_import, "report", actor)
    return Report(roll_import.report.name, io.BytesIO(content))


def open_import(roll_import: RollImport, *, sheet: str | None = None) -> Sheet:
    """The sheet of that name in the file, or the one that was chosen before.

    Refuses when the file was deleted, and a name that it does not have (422).
    """
    try:
        return queries.open_roll(content_of(roll_import), sheet=sheet or roll_import.sheet_name)
    except TableRefused as refused:
        raise Refused(str(refused), "bad-sheet", status=422) from None


def forget_old_imports() -> int:
    """Delete the files and row outcomes of old imports, and give up those nobody went on with; returns how many.

    What stays is who imported what and when, with the counts.
    """
    now = Now()
    RollImport.objects.filter(
        state__in=(State.UPLOADED, State.CHECKED), created_at__lt=now - _GIVEN_UP_AFTER
    ).update(state=State.DISCARDED, finished_at=now)
    old = RollImport.objects.exclude(state__in=RollImport.BUSY).exclude(file=None, report=None)
    due = old.filter(created_at__lt=now - timedelta(days=RollImport.KEPT_DAYS)) | old.filter(
        state=State.DISCARDED
    )
    done = 0
    for roll_import in due.select_related("file", "report"):
        with transaction.atomic():
            _forget(roll_import)
        done += 1
    return done


def resume_silent_imports() -> int:
    """Go on with imports whose worker died; returns how many. Two workers on one do no harm."""
    silent = RollImport.objects.filter(state__in=RollImport.BUSY, progress_at__lt=Now() - _SILENCE)
    ids = list(silent.values_list("pk", flat=True))
    for import_id in ids:
        enqueue_run(import_id)
    return len(ids)


def enqueue_run(import_id: int) -> None:
    """One job at a time is at work on imports, so that the other workers stay free for short jobs."""
    jobs.enqueue(
        "membership.run_import", once=f"roll-import-{import_id}", alone="roll-import", import_id=import_id
    )


# --- Inside

_FROM_THE_TOP = {
    "done_row": 0,
    "rows": 0,
    "created": 0,
    "updated": 0,
    "unchanged": 0,
    "rejected": 0,
    "skipped": [],
    "error": "",
    "finished_at": None,
    "report": None,
}


def _go(
    roll_import: RollImport,
    sources: tuple[str, ...],
    goal: str,
    *,
    actor: "Account",
    step: str,
    **values: object,
) -> None:
    """Move to a busy state and put a job on it."""
    former_report = roll_import.report
    with transaction.atomic():
        try:
            with transaction.atomic():
                _move(roll_import, sources, goal, progress_at=Now(), **values)
        except IntegrityError:
            raise Refused("这个工会有另一份名册正在导入，请等它完成。", "busy") from None
        if "report" in values and former_report:
            files.remove(former_report)
        _note(roll_import, step, actor)
        enqueue_run(roll_import.pk)
    roll_import.refresh_from_db()


def _move(roll_import: RollImport, sources: tuple[str, ...], state: str, **values: object) -> None:
    """Change the state by one conditional statement; of two at the same moment one is refused."""
    moved = RollImport.objects.filter(pk=roll_import.pk, state__in=sources).update(state=state, **values)
    if not moved:
        roll_import.refresh_from_db(fields=["state"])
        raise Refused(f"这份名册{roll_import.get_state_display()}，不能这样操作。", "wrong-state")
    roll_import.state = state


def _forget(roll_import: RollImport) -> None:
    RollImportLine.objects.filter(roll_import=roll_import).delete()
    stored = [roll_import.file, roll_import.report]
    RollImport.objects.filter(pk=roll_import.pk).update(file=None, report=None)
    roll_import.file = roll_import.report = None
    for file in stored:
        if file:
            files.remove(file)


def _note(roll_import: RollImport, step: str, actor: "Account") -> None:
    audit.record(actor, f"membership:roll:{step}", roll_import, org=roll_import.union)


def content_of(roll_import: RollImport) -> bytes:
    """The file, or a refusal when it was deleted in the meantime."""
    try:
        if roll_import.file:
            return files.unsealed(roll_import.file)
    except FileNotFoundError:
        pass
    raise Refused("文件已经删除，请重新上传。", "gone")
