"""Lists of activities: everything a list needs in one statement, formatted in Python."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min, Q, QuerySet, Sum
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.formats import date_zh
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity

PAGE = 12
DRAWINGS = {
    "sports": "badminton",
    "outing": "hike",
    "skill": "skill",
    "training": "training",
    "family": "family",
    "culture": "lantern",
    "volunteer": "volunteer",
    "health": "hike",
    "women": "reading",
}


@dataclass(frozen=True)
class Card:
    """One activity in a list."""

    pk: int
    title: str
    href: str
    cover: str
    category: str
    organiser: str
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


@dataclass(frozen=True)
class Page:
    """A page of cards, and the cursor of the next one ("" when there is none)."""

    cards: list[Card]
    next: str


@dataclass(frozen=True)
class Search:
    """What a member looks for. `when`: "open" (can sign up now), "coming", "past" or "" for what is ahead."""

    category: str = ""
    when: str = ""
    union_id: int | None = None
    text: str = ""


def search(actor: Actor, wanted: Search, *, cursor: str = "", limit: int = PAGE) -> Page:
    """Activities that `actor` may see, soonest first; past ones latest first. Keyset paging by start and id."""
    found = _matching(permissions.visible_to(actor), wanted)
    past = wanted.when == "past"
    if cursor:
        found = found.filter(_beyond(cursor, past=past))
    order = ("-starts_at", "-id") if past else ("starts_at", "id")
    rows = list(_with_places(found.order_by(*order))[: limit + 1])
    cards = [card(activity) for activity in rows[:limit]]
    return Page(cards, cards[-1].cursor if len(rows) > limit else "")


def _matching(found: QuerySet[Activity], wanted: Search) -> QuerySet[Activity]:
    now = timezone.now()
    if wanted.category:
        found = found.filter(category=wanted.category)
    if wanted.union_id:
        found = found.filter(union_id=wanted.union_id)
    if wanted.text:
        found = found.filter(Q(title__icontains=wanted.text) | Q(place__icontains=wanted.text))
    if wanted.when == "past":
        return found.filter(ends_at__lt=now)
    found = found.filter(ends_at__gte=now)
    if wanted.when == "open":
        pools = Q(sessions__pool__is_open=True, sessions__pool__opens_at__lte=now, sessions__pool__closes_at__gt=now)
        return found.filter(pools).distinct()
    if wanted.when == "coming":
        return found.filter(sessions__pool__opens_at__gt=now).distinct()
    return found


def _beyond(cursor: str, *, past: bool) -> Q:
    try:
        stamp, key = cursor.split("_")
        start, key_number = datetime.fromisoformat(stamp), int(key)
    except ValueError:
        return Q(pk__in=[])
    if past:
        return Q(starts_at__lt=start) | Q(starts_at=start, pk__lt=key_number)
    return Q(starts_at__gt=start) | Q(starts_at=start, pk__gt=key_number)


def _with_places(found: QuerySet[Activity]) -> QuerySet[Activity]:
    return found.select_related("union", "cover").annotate(
        capacity=Sum("sessions__pool__capacity"),
        taken=Sum("sessions__pool__taken"),
        opens_at=Min("sessions__pool__opens_at"),
        closes_at=Max("sessions__pool__closes_at"),
    )


def card(activity: Activity) -> Card:
    """A row of `_with_places` as the pages show it."""
    capacity, taken = activity.capacity or 0, activity.taken or 0  # type: ignore[attr-defined]
    label, tone = status(activity, activity.opens_at, activity.closes_at, capacity - taken)  # type: ignore[attr-defined]
    return Card(
        pk=activity.pk,
        title=activity.title,
        href=reverse("activities:detail", args=[activity.pk]),
        cover=cover_url(activity),
        category=activity.get_category_display(),
        organiser=activity.union.short_name or activity.union.name,
        when=date_zh(activity.starts_at),
        place=activity.place or "线上参与",
        capacity=capacity,
        taken=taken,
        status=label,
        status_tone=tone,
        points=activity.points,
        cursor=f"{activity.starts_at.isoformat()}_{activity.pk}",
    )


def status(activity: Activity, opens_at: datetime, closes_at: datetime, left: int) -> tuple[str, str]:
    """What a member can do with it now, and the colour of saying so ("ok", "wait", "off")."""
    now = timezone.now()
    if activity.state != Activity.State.PUBLISHED or now >= closes_at:
        return ("已结束" if now >= activity.ends_at else "报名截止"), "off"
    if now < opens_at:
        return f"{date_zh(opens_at)} 开始报名", "wait"
    return ("报名中", "ok") if left > 0 else ("名额已满", "wait")


def cover_url(activity: Activity) -> str:
    """Its uploaded cover, or one of our drawings that fits the category."""
    if activity.cover:
        return reverse("core:file", args=[activity.cover.uuid])
    name = activity.drawing or DRAWINGS.get(activity.category, "badminton")
    return static(f"core/img/{name}.svg")


def featured(actor: Actor, *, limit: int = 6) -> list[Card]:
    """What the home page shows: the next activities that the actor may see."""
    return search(actor, Search(), limit=limit).cards
