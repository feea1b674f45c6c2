"""Reads of activities, shaped for pages: everything a list needs in one statement, formatted in Python."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from huigong.core import verify
from huigong.core.audit import Actor
from huigong.core.formats import date_zh, span_zh
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity, Session, Signup

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


def sessions_of(activity: Activity) -> list[Session]:
    """Its sessions with their pools, in order of time."""
    return list(activity.sessions.select_related("pool").order_by("starts_at", "id"))


def signups_of_person(person_id: int, sessions: Iterable[Session]) -> dict[int, Signup]:
    """The person's live signup for each session id that has one."""
    found = Signup.objects.filter(
        person_id=person_id,
        session__in=list(sessions),
        entry__state__in=("pending", "confirmed", "waiting", "offered"),
    )
    return {signup.session_id: signup for signup in found.select_related("entry")}


def surnames(sessions: Sequence[Session], *, limit: int = 6) -> list[str]:
    """The first character of the latest participants' names: a face for the list, no more."""
    latest = Signup.objects.filter(session__in=sessions, entry__state="confirmed").order_by("-id")
    return [name[:1] for name in latest.values_list("person__name", flat=True)[:limit]]


def my_signups(actor: Actor, *, before: int | None = None, limit: int = 20) -> list[Signup]:
    """The actor's signups, newest first, from below id `before`."""
    mine = Signup.objects.filter(person__account_id=actor.pk)
    if before:
        mine = mine.filter(pk__lt=before)
    return list(
        mine.select_related("session__activity__union", "session__activity__cover", "session__pool", "entry")
        .order_by("-id")[:limit]
    )


def live_signup_count(actor: Actor) -> int:
    """How many activities ahead the actor has part in."""
    return Signup.objects.filter(
        person__account_id=actor.pk,
        entry__state__in=("pending", "confirmed", "waiting", "offered"),
        session__ends_at__gte=timezone.now(),
    ).count()


def when(session: Session) -> str:
    """Its time in words: 12月5日 星期六 09:00–17:30."""
    return span_zh(session.starts_at, session.ends_at)


def signup_counts(activity: Activity) -> dict[str, int]:
    """Signups by the state of their entry, and `checked_in`."""
    signups = Signup.objects.filter(session__activity=activity)
    counts = dict(signups.values_list("entry__state").annotate(Count("id")))
    counts["checked_in"] = signups.exclude(checked_in_at=None).count()
    return counts


@verify.invariant("activities: every signup is its entry's, in its session's pool, of the same person")
def _signups_match_entries() -> list[str]:
    return verify.rows(
        "SELECT s.id FROM activities_signup s JOIN activities_session t ON t.id = s.session_id"
        " JOIN seats_entry e ON e.id = s.entry_id WHERE e.pool_id <> t.pool_id OR e.person_id <> s.person_id"
    )


@verify.invariant("activities: every entry in a session's pool has its signup")
def _entries_have_signups() -> list[str]:
    return verify.rows(
        "SELECT e.id FROM seats_entry e JOIN activities_session t ON t.pool_id = e.pool_id"
        " LEFT JOIN activities_signup s ON s.entry_id = e.id WHERE s.id IS NULL"
    )


@verify.invariant("activities: only confirmed places are checked in, and each has its points once")
def _check_ins() -> list[str]:
    return verify.rows(
        "SELECT s.id FROM activities_signup s JOIN seats_entry e ON e.id = s.entry_id"
        " WHERE s.checked_in_at IS NOT NULL AND e.state <> 'confirmed'"
    )
