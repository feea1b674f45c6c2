"""Lists of activities for members: everything a list needs in one statement, words made in Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Case, DateTimeField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum, When
from django.urls import reverse
from django.utils import timezone

from huigong.core import richtext
from huigong.core import search as fulltext
from huigong.core.audit import Actor
from huigong.core.prepared import Prepared, Slot
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity, Session
from huigong.services.activities.queries.words import TONES, Places, cover_url, days_zh, status

PAGE = 12


@dataclass(frozen=True)
class Card:
    """One activity in a list. `heading` is its title, for pages: what was searched for is marked in it."""

    pk: int
    title: str
    heading: str
    href: str
    cover: str
    category: str
    organiser: str
    starts_at: datetime
    when: str
    place: str
    capacity: int
    taken: int
    status: str
    status_tone: str
    points: int
    cursor: str

    @property
    def left(self) -> int:
        return max(self.capacity - self.taken, 0)

    @property
    def tags(self) -> list[tuple[str, str]]:
        """What the row says at its foot, with tones."""
        tags = [(self.status, TONES[self.status_tone])]
        if self.status_tone == "ok":
            tags.append((f"剩 {self.left:,} 个名额", "gold"))
        if self.points:
            tags.append((f"+{self.points:,} 积分", "grey"))
        return tags


@dataclass(frozen=True)
class Page:
    """A page of cards, the cursor of the next one ("" when there is none), and how many were found for words."""

    cards: list[Card]
    next: str
    count: int = 0


@dataclass(frozen=True)
class Search:
    """What a member looks for. `when`: "open" (can sign up now), "coming", "past" or "" for what is ahead."""

    category: str = ""
    when: str = ""
    union_id: int | None = None
    text: str = ""


def page(actor: Actor, wanted: Search, *, cursor: str = "", limit: int = PAGE) -> Page:
    """Activities that `actor` may see, soonest first; past ones latest first. Keyset paging by start and id."""
    offered = permissions.visible_to(actor).exclude(state=Activity.State.CANCELLED)
    found = _matching(offered, wanted)
    past = wanted.when == "past"
    if cursor:
        found = found.filter(beyond(cursor, past=past))
    order = ("-starts_at", "-id") if past else ("starts_at", "id")
    count = found.count() if wanted.text and not cursor else 0
    rows = list(with_places(found.order_by(*order))[: limit + 1])
    cards = [card(activity, asked=wanted.text) for activity in rows[:limit]]
    return Page(cards, cards[-1].cursor if len(rows) > limit else "", count)


def _matching(found: QuerySet[Activity], wanted: Search) -> QuerySet[Activity]:
    now = timezone.now()
    if wanted.category:
        found = found.filter(category=wanted.category)
    if wanted.union_id:
        found = found.filter(union_id=wanted.union_id)
    if wanted.text:
        found = found.filter(fulltext.saying(wanted.text, "title", "place"))
    if wanted.when == "past":
        return found.filter(ends_at__lt=now)
    found = found.filter(ends_at__gte=now)
    sessions = Session.objects.filter(activity=OuterRef("pk"))
    if wanted.when == "open":
        return found.filter(
            Exists(sessions.filter(pool__is_open=True, pool__opens_at__lte=now, pool__closes_at__gt=now))
        )
    if wanted.when == "coming":
        return found.filter(Exists(sessions.filter(pool__opens_at__gt=now)))
    return found


def named_like(text: str) -> Q:
    """Activities whose title or place holds `text`."""
    return Q(title__icontains=text) | Q(place__icontains=text)


def beyond(cursor: str, *, past: bool) -> Q:
    """What follows the card with that cursor; nothing for a cursor that we never gave."""
    try:
        stamp, key = cursor.split("_")
        start, key_number = datetime.fromisoformat(stamp).astimezone(UTC), int(key)
    except (ValueError, OverflowError):
        return Q(pk__in=[])
    if past:
        return Q(starts_at__lt=start) | Q(starts_at=start, pk__lt=key_number)
    return Q(starts_at__gt=start) | Q(starts_at=start, pk__gt=key_number)


def with_places(found: QuerySet[Activity]) -> QuerySet[Activity]:
    """The same with the sums of their pools, for `places_of`."""
    return (
        found.select_related("union", "cover")
        .defer("words")
        .annotate(
            capacity=Sum("sessions__pool__capacity"),
            taken=Sum("sessions__pool__taken"),
            opens_at=Min("sessions__pool__opens_at"),
            closes_at=Max("sessions__pool__closes_at"),
            queues=BoolOr("sessions__pool__has_waitlist"),
        )
    )


def places_of(row: Activity) -> Places:
    """The sums of a row of `with_places`."""
    return Places(row.capacity, row.taken, row.opens_at, row.closes_at, row.queues)  # type: ignore[attr-defined]


def card(activity: Activity, *, asked: str = "") -> Card:
    """A row of `with_places` as the pages show it, what was `asked` for marked in its title."""
    places = places_of(activity)
    label, tone = status(activity, places)
    return Card(
        pk=activity.pk,
        title=activity.title,
        heading=fulltext.marked(activity.title, asked) if asked else activity.title,
        href=reverse("activities:detail", args=[activity.pk]),
        cover=cover_url(activity),
        category=activity.get_category_display(),
        organiser=activity.union.short_name or activity.union.name,
        starts_at=activity.starts_at,
        when=days_zh(activity.starts_at, activity.ends_at),
        place=activity.place or "线上参与",
        capacity=places.capacity,
        taken=places.taken,
        status=label,
        status_tone=tone,
        points=activity.points,
        cursor=f"{activity.starts_at.isoformat()}_{activity.pk}",
    )


def _soonest_open_first() -> QuerySet[Activity]:
    now = Slot("now", DateTimeField())
    takes = Q(opens_at__lte=now, closes_at__gt=now, capacity__gt=F("taken"))
    offered = Activity.objects.filter(permissions.offered_to(Slot("unions")), ends_at__gte=now)
    rows = with_places(offered.exclude(state=Activity.State.CANCELLED))
    return rows.order_by(Case(When(takes, then=0), default=1), "starts_at", "id")[:6]


_featured = Prepared(_soonest_open_first)


def featured(actor: Actor) -> list[Card]:
    """What the home page shows: first those that still take somebody, then the others; each the soonest first."""
    return [card(row) for row in _featured(unions=permissions.offering_unions(actor), now=timezone.now())]


def search(actor: Actor, q: str, limit: int) -> list[fulltext.Hit]:
    """The activities, also past ones, that fit `q` best."""
    offered = permissions.visible_to(actor).exclude(state=Activity.State.CANCELLED)
    found = fulltext.best(offered, q, latest="-starts_at", limit=limit, related=["union"])
    return [_hit(activity, q) for activity in found]


def akin(actor: Actor, text: str, *, common: Iterable[str] = (), limit: int = 3) -> list[fulltext.Hit]:
    """Activities that are still to come or going on and speak of what `text` does."""
    coming = permissions.visible_to(actor).exclude(state=Activity.State.CANCELLED)
    coming = coming.filter(ends_at__gte=timezone.now())
    found = fulltext.akin(coming, text, common=common, latest="-starts_at", limit=limit, related=["union"])
    return [_hit(activity, "") for activity in found]


def _hit(activity: Any, asked: str) -> fulltext.Hit:
    words = activity.summary or richtext.to_text(activity.body)
    return fulltext.Hit(
        heading=fulltext.marked(activity.title, asked),
        text=fulltext.excerpt(words, asked),
        href=reverse("activities:detail", args=[activity.pk]),
        meta=(
            days_zh(activity.starts_at, activity.ends_at),
            activity.union.short_name or activity.union.name,
        ),
        tags=(("已结束", "grey"),) if activity.ends_at < timezone.now() else (),
        rank=activity.rank,
    )
