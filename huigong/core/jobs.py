"""Queued work: `enqueue` by name, rolled back together with the business rows.

procrastinate's own ``task.defer()`` uses a pool of its own inside a worker and would survive a rollback,
so nobody calls it: `enqueue` always writes the job through Django's connection.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

_manager = JobManager(DjangoConnector())


def task(name: str, *, queue: str = "default", retries: int = 5) -> Callable[..., Any]:
    """Register a job under ``module.verb``. It gets ids only, re-checks the state, and may run twice."""
    return app.task(name=name, queue=queue, retry=RetryStrategy(max_attempts=retries, exponential_wait=4))


def periodic(name: str, *, cron: str, queue: str = "default") -> Callable[..., Any]:
    """Register a job that runs by a schedule, in UTC. Its function takes the slot's `timestamp`."""

    def register(function: Callable[[int], Any]) -> Any:
        return app.periodic(cron=cron)(app.task(name=name, queue=queue)(function))

    return register


def enqueue(
    name: str, *, once: str | None = None, alone: str | None = None, at: datetime | None = None, **kwargs: Any
) -> None:
    """Run job `name` with `kwargs`, if and only if the current transaction commits; not before `at`.

    `once` is a key under which at most one job waits; a second request is dropped without a sound. Of the
    jobs under the key `alone` one runs at a time, so that long ones leave the workers free for others.
    Raises `LookupError` for a name that nobody registered.
    """
    if name not in app.tasks:
        raise LookupError(f"no job is registered as {name!r}")
    if once and _waits(once):
        return
    job = configure_task(
        name=name,
        job_manager=_manager,
        queue=app.tasks[name].queue,
        queueing_lock=once,
        lock=alone,
        schedule_at=at,
    )
    try:
        with transaction.atomic():
            job.defer(**kwargs)
    except AlreadyEnqueued:  # somebody else was quicker
        pass


def _waits(key: str) -> bool:
    """Asked before, for a statement that fails costs a savepoint, its rollback and a line in the server's log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [key])
        return cursor.fetchone() is not None
