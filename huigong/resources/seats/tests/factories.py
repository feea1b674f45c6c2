"""Pools and people for tests of places."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from huigong.people.membership.models import Person
from huigong.people.membership.tests import factories as people
from huigong.resources.seats import operations
from huigong.resources.seats.models import Entry, Pool


def pool(*, mode: str = "rush", capacity: int = 2, is_open: bool = True, **fields: Any) -> Pool:
    """A pool whose window opened an hour ago and closes in an hour; without waiting list unless told."""
    now = timezone.now()
    values = {
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(hours=1),
        "has_waitlist": False,
    } | fields
    made = operations.create_pool(mode=mode, capacity=capacity, **values)
    if is_open:
        operations.open_pool(made)
    return made


def person() -> Person:
    return people.person()


def enter(into: Pool, who: Person | None = None, **values: Any) -> Entry:
    """The entry of somebody, or somebody new, in a pool."""
    entered = operations.enter(into, person_id=(who or person()).pk, **values)
    return Entry.objects.get(pk=entered.entry_id)
