"""A year of activities and a few weeks ahead, by the county, its townships and its unions."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import cycle
from random import Random
from typing import Any

from django.utils import timezone

from huigong.demo.seeds import words
from huigong.people.orgs.models import Union
from huigong.resources.seats.models import Pool
from huigong.services.activities.models import Activity, Session

State = Activity.State
_AHEAD = 0.12
"""So large a share of the activities is still to come."""
_ONSITE_FOR_EACH_ONLINE = 19


def hold_activities(count: int, rng: Random) -> list[Session]:
    """`count` activities with one session each, oldest first; nobody has signed up yet."""
    organisers = _organisers(rng)
    activities = [
        _activity(theme, next(organisers), _on(day, rng), kind)
        for day, (theme, kind) in zip(_days(count, rng), _themes(rng), strict=False)
    ]
    Activity.objects.bulk_create(activities)
    pools = Pool.objects.bulk_create([_pool(activity, rng) for activity in activities])
    return Session.objects.bulk_create(
        Session(
            activity=activity,
            pool=pool,
            starts_at=activity.starts_at,
            ends_at=activity.ends_at,
            created_at=activity.created_at,
        )
        for activity, pool in zip(activities, pools, strict=True)
    )


def _days(count: int, rng: Random) -> list[int]:
    """On which days from today they begin, in order."""
    ahead = round(count * _AHEAD)
    past = [rng.randint(-365, -2) for _ in range(count - ahead)]
    return sorted(past + [rng.randint(1, 25) for _ in range(ahead)])


def _themes(rng: Random) -> Iterator[tuple[dict[str, Any], str]]:
    """Themes and their kind, without end; every twentieth is online."""
    onsite = words("themes")["onsite"]
    shuffled, online = cycle(rng.sample(onsite, len(onsite))), cycle(words("themes")["online"])
    while True:
        yield next(online), Activity.Kind.ONLINE
        for _ in range(_ONSITE_FOR_EACH_ONLINE):
            yield next(shuffled), Activity.Kind.ONSITE


def _organisers(rng: Random) -> Iterator[Union]:
    """The county half of the time, else a township or a big union."""
    county = Union.objects.get(parent=None)
    townships = list(Union.objects.filter(kind=Union.Kind.TOWNSHIP).order_by("id"))
    grassroots = Union.objects.filter(level=Union.Level.GRASSROOTS, state=Union.State.ESTABLISHED)
    unions = list(grassroots.order_by("-worker_count", "id")[:40])
    while True:
        kind = rng.random()
        yield county if kind < 0.5 else rng.choice(townships if kind < 0.8 else unions)


def _on(day: int, rng: Random) -> datetime:
    date = timezone.localdate() + timedelta(days=day)
    return timezone.make_aware(datetime.combine(date, time(rng.choice([9, 14, 15, 19]))))


def _town(union: Union) -> str:
    """What a title calls the organiser by: the county, the town, or the union's short name."""
    if union.parent_id is None:
        return "惠安"
    name = union.name.removesuffix("总工会").removesuffix("镇")
    return name if union.kind == Union.Kind.TOWNSHIP else union.short_name.removesuffix("工会")


def _activity(theme: dict[str, Any], union: Union, starts_at: datetime, kind: str) -> Activity:
    town, is_online = _town(union), kind == Activity.Kind.ONLINE
    ends_at = starts_at + (timedelta(days=10) if is_online else timedelta(hours=3))
    title = theme["title"].format(town=town)
    is_over = ends_at < timezone.now()
    return Activity(
        union=union,
        kind=kind,
        category=theme["category"],
        title=title,
        summary=f"{union.short_name or union.name}主办，欢迎会员参加。",
        body=f"<p>{title}，由{union.name}主办。参加的会员请提前十分钟到场，凭会员码签到。</p>",
        place="" if is_online else theme["place"].format(town=town),
        audience={"union_ids": [union.pk]},
        audience_unions=[union.pk],
        points=theme["points"],
        state=State.REPORTED if is_over else State.PUBLISHED,
        published_at=starts_at - timedelta(days=30),
        starts_at=starts_at,
        ends_at=ends_at,
        report="活动顺利结束，照片和名单已归档。" if is_over else "",
        spent_fen=0 if is_over else None,
        created_at=starts_at - timedelta(days=32),
    )


def _pool(activity: Activity, rng: Random) -> Pool:
    """A rush pool; who takes part fixes how many places it has."""
    is_online = activity.kind == Activity.Kind.ONLINE
    return Pool(
        mode=Pool.Mode.RUSH,
        capacity=0,
        opens_at=activity.starts_at - timedelta(days=rng.randint(7, 28)),
        closes_at=activity.ends_at if is_online else activity.starts_at - timedelta(hours=12),
        has_waitlist=True,
        is_open=activity.state == State.PUBLISHED,
        created_at=activity.created_at,
    )
