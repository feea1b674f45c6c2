"""An import on its way: tried out, started, killed, stopped, gone on with, forgotten."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from huigong.core import files, flags, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.core.tables import Mapping
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox.models import Message
from huigong.people.membership import operations
from huigong.people.membership.models import Membership, Person, RollImport, RollImportLine
from huigong.people.membership.operations.imports import running
from huigong.people.membership.tests import factories
from huigong.people.membership.tests.sheets import HEAD, clean_row, roll, workbook
from huigong.people.orgs.models import Post
from tests.cast import Cast

State = RollImport.State


def uploaded(cast: Cast, file: io.BytesIO, *, actor: Account | None = None) -> RollImport:
    return operations.upload_roll(
        file, union=cast.union, file_name="会员花名册.xlsx", actor=actor or cast.officer
    )


def checked(cast: Cast, file: io.BytesIO) -> RollImport:
    roll_import = uploaded(cast, file)
    operations.check_import(roll_import, mapping=Mapping.from_json(roll_import.mapping), actor=cast.officer)
    operations.run_import(roll_import.pk)
    return fresh(roll_import)


def started(cast: Cast, file: io.BytesIO) -> RollImport:
    return operations.start_import(checked(cast, file), actor=cast.officer)


def fresh(roll_import: RollImport) -> RollImport:
    return RollImport.objects.select_related("union", "file", "report").get(pk=roll_import.pk)


def counts(roll_import: RollImport) -> tuple[int, ...]:
    done = fresh(roll_import)
    return done.rows, done.created, done.updated, done.unchanged, done.rejected


def imported(name: str = "林") -> int:
    return Membership.objects.filter(person__name__startswith=name).count()


def broken() -> list[verify.Finding]:
    return [finding for finding in verify.run() if not finding.ok]


def waiting() -> int:
    return ProcrastinateJob.objects.filter(status="todo", task_name="membership.run_import").count()


def files_on_disk() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 10)


@pytest.mark.usefixtures("own_files")
def test_an_upload_is_kept_sealed_with_columns_proposed(cast: Cast) -> None:
    before = files_on_disk()
    file = roll(cast.union.name, 2)
    roll_import = uploaded(cast, file)
    assert roll_import.state == State.UPLOADED
    assert roll_import.mapping["columns"]["id_number"] == 1
    (kept,) = files_on_disk() - before
    assert not kept.read_bytes().startswith(b"PK")
    assert roll_import.file is not None
    assert files.unsealed(roll_import.file) == file.getvalue()
    assert roll_import.file.owner_id is None, "files with an owner are served by their address"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"<html><table>", b"PK\x03\x04" + b"\0" * 99])
@pytest.mark.usefixtures("own_files")
def test_what_is_no_spreadsheet_is_refused_and_not_kept(cast: Cast, content: bytes) -> None:
    before = files_on_disk()
    with pytest.raises(Refused) as refused:
        uploaded(cast, io.BytesIO(content))
    assert refused.value.status == 422
    assert files_on_disk() == before
    assert not RollImport.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_trial_tells_what_would_happen_and_changes_nothing(cast: Cast) -> None:
    rows = [
        clean_row(cast.union.name, "林一"),
        clean_row("别的工会", "林二"),
        clean_row(cast.union.name, "林三"),
    ]
    done = checked(cast, workbook([HEAD, *rows]))
    assert done.state == State.CHECKED
    assert counts(done) == (3, 2, 0, 0, 1)
    assert imported() == 0
    line = RollImportLine.objects.get(roll_import=done, result="r")
    assert (line.row, line.name, line.field) == (3, "林二", "union")
    assert Message.objects.get(account=cast.officer).title.endswith("试跑完成")
    assert done.report is not None
    report = load_workbook(io.BytesIO(files.unsealed(done.report))).active
    assert [report.cell(row, 6).value for row in (1, 2, 3)] == ["结果", "可新增", "不能导入"]


def test_starting_takes_in_what_the_trial_promised(cast: Cast) -> None:
    rows = [clean_row(cast.union.name, "林一"), clean_row("别的工会", "林二")]
    roll_import = started(cast, workbook([HEAD, *rows]))
    assert roll_import.state == State.RUNNING
    assert counts(roll_import) == (0, 0, 0, 0, 0)
    operations.run_import(roll_import.pk)
    done = fresh(roll_import)
    assert done.state == State.DONE
    assert counts(done) == (2, 1, 0, 0, 1)
    assert imported() == 1
    whole = AuditRow.objects.get(action="membership:roll:import")
    assert (whole.actor_id, whole.org_id, whole.after["created"]) == (cast.officer.pk, cast.union.pk, 1)
    person = AuditRow.objects.get(action="membership:person:enrol")
    assert person.after["import"] == done.pk
    assert broken() == []


def test_running_a_finished_import_again_does_nothing(cast: Cast) -> None:
    roll_import = started(cast, roll(cast.union.name, 3))
    operations.run_import(roll_import.pk)
    before = counts(roll_import)
    operations.run_import(roll_import.pk)
    assert counts(roll_import) == before
    assert imported() == 3


@pytest.mark.usefixtures("small_chunks")
def test_a_database_that_goes_away_in_the_third_chunk_costs_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_import = started(cast, roll(cast.union.name, 45))
    with monkeypatch.context() as patched:
        patched.setattr(
            running, "write", failing(OperationalError("gone"), times=3, after=2, real=running.write)
        )
        with pytest.raises(OperationalError):
            operations.run_import(roll_import.pk)
    half = fresh(roll_import)
    assert (half.state, half.done_row, half.created) == (State.RUNNING, 21, 20)
    assert imported() == 20
    operations.run_import(roll_import.pk)
    assert counts(roll_import) == (45, 45, 0, 0, 0)
    assert imported() == 45
    assert RollImportLine.objects.filter(roll_import=roll_import).count() == 45
    assert broken() == []


@pytest.mark.usefixtures("small_chunks")
def test_an_error_of_ours_interrupts_and_can_be_gone_on_with(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_import = started(cast, roll(cast.union.name, 45))
    with monkeypatch.context() as patched:
        patched.setattr(running, "write", failing(ZeroDivisionError(), times=1, after=2, real=running.write))
        with pytest.raises(ZeroDivisionError):
            operations.run_import(roll_import.pk)
    half = fresh(roll_import)
    assert (half.state, half.created) == (State.FAILED, 20)
    assert "我们已经记录" in half.error
    assert "中断" in Message.objects.filter(account=cast.officer).latest("id").title
    operations.resume_import(half, actor=cast.officer)
    operations.run_import(roll_import.pk)
    assert fresh(roll_import).state == State.DONE
    assert counts(roll_import) == (45, 45, 0, 0, 0)


@pytest.mark.usefixtures("small_chunks")
def test_repeats_are_found_across_an_interruption(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [clean_row(cast.union.name, f"林{'甲乙丙丁'[place % 4]}") for place in range(30)]
    roll_import = started(cast, workbook([HEAD, *rows, rows[0]]))
    with monkeypatch.context() as patched:
        patched.setattr(running, "write", failing(ZeroDivisionError(), times=1, after=2, real=running.write))
        with pytest.raises(ZeroDivisionError):
            operations.run_import(roll_import.pk)
    operations.resume_import(fresh(roll_import), actor=cast.officer)
    operations.run_import(roll_import.pk)
    line = RollImportLine.objects.get(roll_import=roll_import, result="r")
    assert (line.row, line.reason[:8]) == (32, "与第 2 行的证")


def failing(error: Exception, *, times: int, after: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """`real`, which fails `times` times once it has worked `after` times."""
    calls = {"count": 0}

    def call(*args: Any, **kwargs: Any) -> Any:
        calls["count"] += 1
        if after < calls["count"] <= after + times:
            raise error
        return real(*args, **kwargs)

    return call


@pytest.mark.usefixtures("small_chunks")
def test_somebody_put_down_by_another_in_the_same_moment_is_judged_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [clean_row(cast.union.name, "林一"), clean_row(cast.union.name, "林二")]
    roll_import = started(cast, workbook([HEAD, *rows]))
    real, raced = running.look_up, []

    def look_up(entries: Any, *, lock: bool) -> Any:
        known = real(entries, lock=lock)
        if not raced:
            raced.append(factories.person(name="林二", id_number=rows[1][1]))
        return known

    monkeypatch.setattr(running, "look_up", look_up)
    operations.run_import(roll_import.pk)
    assert counts(roll_import) == (2, 2, 0, 0, 0)
    assert imported() == 2


@pytest.mark.usefixtures("small_chunks")
def test_stopping_leaves_what_is_done_and_going_on_does_the_rest(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll_import = started(cast, roll(cast.union.name, 45))
    with monkeypatch.context() as patched:
        real = running.write

        def write(verdicts: Any, *args: Any, **kwargs: Any) -> None:
            real(verdicts, *args, **kwargs)
            if verdicts[0].entry.number == 12:
                operations.stop_import(fresh(roll_import), actor=cast.officer)

        patched.setattr(running, "write", write)
        operations.run_import(roll_import.pk)
    half = fresh(roll_import)
    assert (half.state, half.created, half.error) == (State.FAILED, 20, "本会主席停止了它。")
    operations.resume_import(half, actor=cast.officer)
    operations.run_import(roll_import.pk)
    assert counts(roll_import) == (45, 45, 0, 0, 0)


def test_one_import_at_a_time_for_a_union(cast: Cast) -> None:
    first = started(cast, roll(cast.union.name, 1))
    second = uploaded(cast, roll(cast.union.name, 1))
    with pytest.raises(Refused) as refused:
        operations.check_import(second, mapping=Mapping.from_json(second.mapping), actor=cast.officer)
    assert refused.value.code == "busy"
    assert fresh(second).state == State.UPLOADED
    assert waiting() == 1
    operations.run_import(first.pk)
    operations.check_import(second, mapping=Mapping.from_json(second.mapping), actor=cast.officer)
    assert fresh(second).state == State.CHECKING


def test_columns_that_cannot_do_are_refused(cast: Cast) -> None:
    roll_import = uploaded(cast, roll(cast.union.name, 1))
    mapping = Mapping.from_json(roll_import.mapping).corrected({"name": 0, "phone": 2})
    with pytest.raises(Refused, match="证件号码"):
        operations.check_import(roll_import, mapping=mapping, actor=cast.officer)
    assert fresh(roll_import).state == State.UPLOADED


def test_an_import_that_would_change_nothing_is_not_started(cast: Cast) -> None:
    roll_import = checked(cast, workbook([HEAD, clean_row("别的工会", "林一")]))
    with pytest.raises(Refused) as refused:
        operations.start_import(roll_import, actor=cast.officer)
    assert refused.value.code == "nothing"


@pytest.mark.parametrize("step", ["start_import", "resume_import", "stop_import"])
def test_steps_out_of_order_are_refused(cast: Cast, step: str) -> None:
    roll_import = uploaded(cast, roll(cast.union.name, 1))
    with pytest.raises(Refused) as refused:
        getattr(operations, step)(roll_import, actor=cast.officer)
    assert refused.value.code == "wrong-state"


def test_who_lost_the_office_meanwhile_imports_nothing(cast: Cast) -> None:
    roll_import = started(cast, roll(cast.union.name, 2))
    Post.objects.filter(account=cast.officer).update(ended_at=timezone.now())
    operations.run_import(roll_import.pk)
    assert (fresh(roll_import).state, imported()) == (State.FAILED, 0)
    assert "不再负责" in fresh(roll_import).error


def test_an_import_waits_while_everything_is_read_only(cast: Cast) -> None:
    roll_import = started(cast, roll(cast.union.name, 2))
    flags.throw(flags.Switch.READ_ONLY, actor=cast.county_officer, reason="升级")
    try:
        operations.run_import(roll_import.pk)
        assert (fresh(roll_import).state, imported()) == (State.RUNNING, 0)
    finally:
        flags.release(flags.Switch.READ_ONLY, actor=cast.county_officer)
    operations.run_import(roll_import.pk)
    assert imported() == 2


def test_an_import_whose_worker_died_is_put_to_work_again(cast: Cast) -> None:
    roll_import = started(cast, roll(cast.union.name, 2))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert operations.resume_silent_imports() == 0
    RollImport.objects.filter(pk=roll_import.pk).update(progress_at=timezone.now() - timedelta(minutes=2))
    assert operations.resume_silent_imports() == 1
    assert waiting() == 1
    assert operations.resume_silent_imports() == 1
    assert waiting() == 1


@pytest.mark.usefixtures("own_files")
def test_giving_up_deletes_the_file_and_what_was_found_out(cast: Cast) -> None:
    before = files_on_disk()
    roll_import = checked(cast, roll(cast.union.name, 2))
    operations.discard_import(roll_import, actor=cast.officer)
    assert fresh(roll_import).state == State.DISCARDED
    assert not RollImportLine.objects.exists()
    assert not StoredFile.objects.exists()
    assert files_on_disk() <= before or connection.in_atomic_block


def test_after_a_month_only_the_counts_are_left(cast: Cast) -> None:
    done = started(cast, roll(cast.union.name, 2))
    operations.run_import(done.pk)
    idle = uploaded(cast, roll(cast.union.name, 2))
    assert operations.forget_old_imports() == 0
    RollImport.objects.filter(pk=idle.pk).update(created_at=timezone.now() - timedelta(days=8))
    RollImport.objects.filter(pk=done.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert operations.forget_old_imports() == 2
    assert fresh(idle).state == State.DISCARDED
    assert fresh(done).state == State.DONE
    assert counts(done) == (2, 2, 0, 0, 0)
    assert fresh(done).file is None
    assert not RollImportLine.objects.exists()
    assert not StoredFile.objects.exists()
    assert operations.forget_old_imports() == 0


def test_a_worker_on_an_imported_roll_claims_their_record(cast: Cast) -> None:
    row = clean_row(cast.union.name, "林晓雪")
    roll_import = started(cast, workbook([HEAD, row]))
    operations.run_import(roll_import.pk)
    worker = accounts.account(phone=row[2], name="")
    claim = operations.claim(
        worker, name="林晓雪", document_kind="resident_id", id_number=row[1], actor=worker
    )
    assert claim.state == "confirmed"
    assert Person.objects.get(account=worker).name == "林晓雪"


# --- With real processes


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_chunks")
def test_two_workers_on_one_import_double_nothing() -> None:
    from tests.cast import make_cast

    cast = make_cast()
    roll_import = started(cast, roll(cast.union.name, 120))
    errors: list[BaseException] = []

    def work() -> None:
        try:
            operations.run_import(roll_import.pk)
        except BaseException as error:  # noqa: BLE001 told to the test below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert fresh(roll_import).state == State.DONE
    assert counts(roll_import) == (120, 120, 0, 0, 0)
    assert imported() == 120
    assert RollImportLine.objects.count() == 120
    assert Message.objects.filter(title__endswith="导入完成").count() == 1


_WORKER = """
import django, sys
django.setup()
from huigong.people.membership import operations
from huigong.people.membership.operations.imports import running
running.CHUNK = 20
operations.run_import(int(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_halfway_is_followed_by_another_without_doubles() -> None:
    from tests.cast import make_cast

    cast = make_cast()
    roll_import = started(cast, roll(cast.union.name, 1500))
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "huigong.config.settings"}
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(roll_import.pk)], env=environment)
    deadline = time.monotonic() + 120
    while fresh(roll_import).done_row < 200 and time.monotonic() < deadline:
        time.sleep(0.01)
    worker.kill()
    worker.wait()
    half = fresh(roll_import)
    assert half.state == State.RUNNING
    assert 0 < half.created < 1500
    operations.run_import(roll_import.pk)
    assert fresh(roll_import).state == State.DONE
    assert counts(roll_import) == (1500, 1500, 0, 0, 0)
    assert imported() == 1500
    assert AuditRow.objects.filter(action="membership:person:enrol").count() == 1500
    assert broken() == []
