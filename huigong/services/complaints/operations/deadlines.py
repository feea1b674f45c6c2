"""Deadlines in Chinese working days; what was due before a change stays on record."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction

from huigong.core import calendar
from huigong.core import queries as core
from huigong.core.vault import vault
from huigong.services.complaints.models import Case, Deadline, Extension
from huigong.services.complaints.queries.terms import MOST_CALENDAR_DAYS, MOST_EXTENDED, terms

Overrides = Mapping[date, bool]


def calendar_of_the_year() -> Overrides:
    """The days that differ from the built-in calendar: asked for before the vault is entered."""
    return core.calendar_overrides()


def set_deadline(
    case: Case,
    task: Deadline.Task,
    why: Deadline.Why,
    days: Overrides,
    *,
    working_days: int | None = None,
    starts_on: date | None = None,
) -> Deadline:
    """Let a deadline run from today, in place of the one that ran. Inside the vault."""
    if working_days is None:
        working_days = terms().accept if task == Deadline.Task.ACCEPT else terms().handle(case.tier)
    end_deadline(case)
    start = starts_on or calendar.today()
    due = _due(case, task, start, working_days, days)
    return Deadline.objects.create(
        case=case,
        task=task,
        why=why,
        starts_on=start,
        working_days=working_days,
        due_on=due,
        is_provisional=_is_provisional(start, due),
        made_on=calendar.today(),
    )


def end_deadline(case: Case) -> Deadline | None:
    """Stop the one that runs, which was met, paused or replaced. Inside the vault."""
    running = Deadline.objects.filter(case=case, ended_on=None).first()
    if running is not None:
        Deadline.objects.filter(pk=running.pk).update(ended_on=calendar.today())
    return running


def working_days_left(deadline: Deadline, days: Overrides, *, since: date | None) -> int:
    """Working days after `since` up to the day it was due; at least one, so that a paused case gets a day to go on."""
    day, left = since or calendar.today(), 0
    while day < deadline.due_on:
        day += timedelta(days=1)
        left += calendar.is_working_day(day, days)
    return max(left, 1)


def _due(case: Case, task: str, start: date, working_days: int, days: Overrides) -> date:
    """That many working days on, and never later than the law allows, which counts holidays too."""
    due = calendar.add_working_days(start, working_days, days)
    most = MOST_CALENDAR_DAYS[Deadline.Task(task)]
    if (due - start).days > most and Extension.objects.filter(case=case, is_granted=True).exists():
        most = MOST_EXTENDED
    return min(due, start + timedelta(days=most))


def _is_provisional(start: date, due: date) -> bool:
    return any(calendar.is_provisional(year) for year in range(start.year, due.year + 1))


@transaction.atomic
def recompute_deadlines() -> int:
    """Work out every running deadline anew, after holidays were published or corrected; returns how many moved.

    The old one stays with the reason; run again it moves nothing.
    """
    days = calendar_of_the_year()
    moved = 0
    with vault():
        for running in (
            Deadline.objects.filter(ended_on=None).select_related("case").select_for_update(of=("self",))
        ):
            due = _due(running.case, running.task, running.starts_on, running.working_days, days)
            if due == running.due_on and running.is_provisional == _is_provisional(running.starts_on, due):
                continue
            set_deadline(
                running.case,
                Deadline.Task(running.task),
                Deadline.Why.CALENDAR,
                days,
                working_days=running.working_days,
                starts_on=running.starts_on,
            )
            moved += 1
    return moved
