"""Who took part in what: places, signups and check-ins that agree with each other."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from huigong.demo.bulk import copy
from huigong.people.membership.models import Membership
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities.models import Activity, Session, Signup

_SIGMA = 0.9
_MOST = 0.6
"""No more than this share of those who are meant take part in one activity."""
_OUTCOMES = {Entry.State.CONFIRMED: 0.92, Entry.State.CANCELLED: 0.08}
_SHOWED_UP = 0.88
_ONLINE_DRAW = 8
"""So many times more people an activity draws when nobody has to travel."""


def take_part(sessions: list[Session], count: int, rng: Random) -> None:
    """`count` signups over `sessions`, the popular ones having many more than the others."""
    if not sessions:
        return
    members = list(
        Membership.objects.filter(state=Membership.State.ACTIVE)
        .order_by("id")
        .values_list("person_id", "union_id", "union__path", named=True)
    )
    audiences = [[member for member in members if _means(session, member)] for session in sessions]
    crowds = _crowds(sessions, [len(audience) for audience in audiences], count, rng)
    for session, audience, crowd in zip(sessions, audiences, crowds, strict=True):
        _fill(session, rng.sample(audience, crowd), rng)


def _means(session: Session, member: Membership) -> bool:
    return member.union__path.startswith(session.activity.union.path)


def _is_online(session: Session) -> bool:
    return session.activity.kind == Activity.Kind.ONLINE


def _crowds(sessions: list[Session], limits: list[int], count: int, rng: Random) -> list[int]:
    """How many come to each: log-normal weights, many more online, never more than its limit, in sum `count`."""
    weights = [
        rng.lognormvariate(0, _SIGMA) * limit**0.5 * (_ONLINE_DRAW if _is_online(session) else 1)
        for session, limit in zip(sessions, limits, strict=True)
    ]
    limits = [int(limit * _MOST) for limit in limits]
    crowds = [0] * len(sessions)
    left = min(count, sum(limits))
    while left:
        open_ = [index for index, crowd in enumerate(crowds) if crowd < limits[index]]
        total = sum(weights[index] for index in open_)
        for index in open_:
            share = min(max(1, int(left * weights[index] / total)), limits[index] - crowds[index], left)
            crowds[index] += share
            left -= share
    return crowds


def _fill(session: Session, people: list[Membership], rng: Random) -> None:
    moments = sorted(_moments(session, len(people), rng))
    entries = copy([_entry(session, *row, rng) for row in zip(people, moments, strict=True)])
    copy([_signup(session, *row, rng) for row in zip(entries, people, strict=True)])
    taken = sum(entry.state == Entry.State.CONFIRMED for entry in entries)
    capacity = -(-taken * rng.choice([10, 11, 13]) // 100) * 10 or 30
    Pool.objects.filter(pk=session.pool_id).update(taken=taken, capacity=max(taken, capacity))


def _moments(session: Session, count: int, rng: Random) -> Iterator[datetime]:
    """Most sign up in the first hours."""
    opens_at = session.pool.opens_at
    closes_at = min(session.pool.closes_at, timezone.now())
    span = max((closes_at - opens_at).total_seconds(), 0)
    return (opens_at + timedelta(seconds=span * rng.random() ** 3) for _ in range(count))


def _entry(session: Session, member: Membership, moment: datetime, rng: Random) -> Entry:
    state = rng.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
    return Entry(
        pool_id=session.pool_id,
        person_id=member.person_id,
        state=state,
        decided_at=moment,
        created_at=moment,
    )


def _signup(session: Session, entry: Entry, member: Membership, rng: Random) -> Signup:
    came = (
        entry.state == Entry.State.CONFIRMED
        and session.activity.state == Activity.State.REPORTED
        and rng.random() < _SHOWED_UP
    )
    checked_in_at = session.starts_at + timedelta(minutes=rng.randint(-15, 20)) if came else None
    return Signup(
        session=session,
        entry=entry,
        person_id=member.person_id,
        union_id=member.union_id,
        checked_in_at=checked_in_at,
        points=session.activity.points if came else 0,
        created_at=entry.created_at,
    )
