"""Jobs come and go with the business rows, in a web process and inside a worker."""

from collections.abc import Iterator

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from huigong.core import jobs, tasks


def _waiting() -> list[str]:
    return list(ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True))


@pytest.mark.django_db
def test_enqueue_writes_one_job() -> None:
    jobs.enqueue("core.sweep", timestamp=0)
    assert _waiting() == ["core.sweep"]


@pytest.mark.django_db
def test_enqueue_of_an_unknown_name_raises() -> None:
    with pytest.raises(LookupError):
        jobs.enqueue("core.no_such_job")


@pytest.mark.django_db
def test_enqueue_disappears_with_a_rollback() -> None:
    with transaction.atomic():
        jobs.enqueue("core.sweep", timestamp=0)
        transaction.set_rollback(True)
    assert _waiting() == []


@pytest.mark.django_db
def test_enqueue_once_drops_the_second_and_leaves_the_transaction_usable() -> None:
    with transaction.atomic():
        jobs.enqueue("core.sweep", once="sweep", timestamp=0)
        jobs.enqueue("core.sweep", once="sweep", timestamp=0)
        jobs.enqueue("core.beat", timestamp=0)
    assert sorted(_waiting()) == ["core.beat", "core.sweep"]


@pytest.fixture
def worker_tasks() -> Iterator[list[str]]:
    """Two jobs of this test: one enqueues the other in a block that is rolled back. Yields what ran."""
    ran: list[str] = []

    @app.task(name="tests.rolls_back", queue="tests")
    def rolls_back() -> None:
        ran.append("rolls_back")
        try:
            with transaction.atomic():
                jobs.enqueue("tests.marker")
                raise ZeroDivisionError
        except ZeroDivisionError:
            connection.close()

    @app.task(name="tests.marker", queue="tests")
    def marker() -> None:
        ran.append("marker")

    yield ran
    del app.tasks["tests.rolls_back"], app.tasks["tests.marker"]


@pytest.mark.django_db(transaction=True)
def test_a_job_enqueued_in_a_rolled_back_block_of_a_worker_disappears(worker_tasks: list[str]) -> None:
    """A worker swaps the app's connector for a pool of its own; ours must keep to Django's connection."""
    jobs.enqueue("tests.rolls_back")
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(queues=["tests"], wait=False, install_signal_handlers=False, listen_notify=False)
    assert worker_tasks == ["rolls_back"]
    assert "tests.marker" not in _waiting()


def doing(worker_id: int | None) -> int:
    """A job that a worker had begun, and its id."""
    jobs.enqueue("core.sweep", timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = 1 RETURNING id",
            [worker_id],
        )
        return cursor.fetchone()[0]


def new_worker(*, silent_for: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [silent_for],
        )
        return cursor.fetchone()[0]


def state_after_looking(job_id: int) -> str:
    """What became of the job when the stalled ones were looked for."""
    async_to_sync(tasks.retry_stalled.func)(0)
    return ProcrastinateJob.objects.get(pk=job_id).status


@pytest.mark.django_db
@pytest.mark.parametrize("has_row", [True, False], ids=["silent worker", "no worker left"])
def test_a_job_of_a_dead_worker_is_taken_up_again(has_row: bool) -> None:
    """What a killed worker was doing stays "doing" for good, unless somebody looks."""
    job_id = doing(new_worker(silent_for="5 minutes") if has_row else None)
    assert state_after_looking(job_id) == "todo"


@pytest.mark.django_db
def test_a_job_of_a_living_worker_is_left_alone() -> None:
    assert state_after_looking(doing(new_worker(silent_for="0 seconds"))) == "doing"
