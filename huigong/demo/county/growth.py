"""From whatever a demo database holds to the size that is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.db import connection, transaction

from huigong.demo.county.activities import hold_activities
from huigong.demo.county.offices import fill_offices
from huigong.demo.county.participation import take_part
from huigong.demo.county.points import award_points
from huigong.demo.county.roll import fill_roll
from huigong.demo.county.unions import found_unions
from huigong.people.membership.models import Membership
from huigong.people.orgs.models import Union
from huigong.resources.seats.models import Entry
from huigong.services.activities.models import Activity

Progress = Callable[[str], object]
_SEED = 20220413


@dataclass(frozen=True)
class Size:
    """How many grassroots unions, active members, activities and participations there shall be in all."""

    unions: int
    members: int
    activities: int
    participations: int


COUNTY = Size(unions=324, members=28_000, activities=120, participations=150_000)
"""What the county reported in April 2022."""


@transaction.atomic
def grow(size: Size, progress: Progress) -> None:
    """Add what is missing to `size`. Numbers that are reached already stay as they are."""
    rng = Random(_SEED)  # noqa: S311 the same demo each time
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    grassroots = Union.objects.filter(level=Union.Level.GRASSROOTS, state__in=("established", "completed"))
    unions = found_unions(max(0, size.unions - grassroots.count()), rng)
    progress(f"{grassroots.count():,} 个基层工会")
    active = Membership.objects.filter(state=Membership.State.ACTIVE)
    people = fill_roll(unions, max(0, size.members - active.count()), rng)
    fill_offices(people, rng)
    progress(f"{active.count():,} 名会员")
    sessions = hold_activities(max(0, size.activities - Activity.objects.count()), rng)
    progress(f"{Activity.objects.count():,} 场活动")
    take_part(sessions, max(0, size.participations - Entry.objects.count()), rng)
    progress(f"{Entry.objects.count():,} 人次参加")
    award_points(sessions)
    progress("积分已入账")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
