"""One activity for one reader, and the reader's own signups: words, tags and timelines, worked out from rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.formats import date_zh, span_zh
from huigong.core.questions import parse_schema
from huigong.people.membership import queries as membership
from huigong.resources.seats import queries as seats
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries.search import cover_url, status

LIVE = ("pending", "confirmed", "waiting", "offered")
TONES = {"ok": "ok", "wait": "gold", "off": "grey"}
STATE_TONES = {"confirmed": "ok", "offered": "red", "waiting": "gold", "pending": "gold"}


@dataclass(frozen=True)
class Detail:
    """One activity for one reader. `why_not` is empty when the reader is meant."""

    activity: Activity
    sessions: list[Session]
    mine: dict[int, Signup]
    tags: list[tuple[str, str]]
    cover: str
    when: str
    closing: str
    audience: str
    taken: int
    capacity: int
    surnames: list[str]
    status: str
    why_not: str

    @property
    def free_sessions(self) -> list[Session]:
        """Sessions that the reader could still ask for."""
        return [session for session in self.sessions if session.pk not in self.mine and takes_signups(session)]

    @property
    def can_sign_up(self) -> bool:
        return not self.why_not and bool(self.free_sessions)

    @property
    def my_signup(self) -> Signup | None:
        return next(iter(self.mine.values()), None)


def takes_signups(session: Session) -> bool:
    """Is its window open, and is there a place, a waiting list or a decision to come?"""
    pool = session.pool
    if not (pool.is_open and pool.opens_at <= timezone.now() < pool.closes_at):
        return False
    return pool.left > 0 or pool.has_waitlist or pool.mode in ("draw", "review")


def detail(activity: Activity, member: membership.Member | None) -> Detail:
    """What `member` (None: no member, or nobody) sees of an activity."""
    sessions = sessions_of(activity)
    pools = [session.pool for session in sessions]
    audience = membership.audience(activity.audience)
    capacity, taken = sum(pool.capacity for pool in pools), sum(pool.taken for pool in pools)
    opens_at, closes_at = min(pool.opens_at for pool in pools), max(pool.closes_at for pool in pools)
    label, tone = status(activity, opens_at, closes_at, capacity - taken)
    tags = [(label, TONES[tone])]
    if activity.points:
        tags.append((f"签到 +{activity.points} 积分", "gold"))
    tags.append((activity.get_category_display(), "grey"))
    if pools[0].mode != "rush":
        tags.append((pools[0].get_mode_display(), "blue"))
    return Detail(
        activity=activity,
        sessions=sessions,
        mine=signups_of_person(member.person_id, sessions) if member else {},
        tags=tags,
        cover=cover_url(activity),
        when=span_zh(activity.starts_at, activity.ends_at),
        closing=f"报名截止：{date_zh(closes_at)}",
        audience=audience.sentence(),
        taken=taken,
        capacity=capacity,
        surnames=surnames(sessions),
        status=label,
        why_not=audience.why_not(member) or "",
    )


@dataclass(frozen=True)
class Mine:
    """One of my signups in a list."""

    href: str
    title: str
    cover: str
    when: str
    place: str
    state: str
    tone: str


@dataclass(frozen=True)
class MinePage:
    """My signups, newest first, and the id before which older ones lie (None at the end)."""

    rows: list[Mine]
    next: int | None


def my_page(actor: Actor, *, before: int | None = None, limit: int = 12) -> MinePage:
    """A page of the actor's signups."""
    found = my_signups(actor, before=before, limit=limit + 1)
    rows = [_mine(signup) for signup in found[:limit]]
    return MinePage(rows, found[limit - 1].pk if len(found) > limit else None)


def _mine(signup: Signup) -> Mine:
    session = signup.session
    label, tone = state_of(signup)
    return Mine(
        href=reverse("activities:my-signup", args=[signup.pk]),
        title=session.activity.title,
        cover=cover_url(session.activity),
        when=date_zh(session.starts_at),
        place=session.place or session.activity.place or "线上参与",
        state=label,
        tone=tone,
    )


def state_of(signup: Signup) -> tuple[str, str]:
    """Where it stands in a member's words, and the tone of a tag."""
    if signup.session.activity.state == Activity.State.CANCELLED:
        return "活动已取消", "grey"
    if signup.checked_in_at:
        return "已参加", "ok"
    if signup.entry.state == "confirmed":
        return ("未签到", "grey") if signup.session.ends_at < timezone.now() else ("已报名", "ok")
    if signup.entry.state == "pending":
        return ("等待抽签" if signup.session.pool.mode == "draw" else "等待审核"), "gold"
    return signup.entry.get_state_display(), STATE_TONES.get(signup.entry.state, "grey")


@dataclass(frozen=True)
class MyDetail:
    """My part in one activity. `steps` as the timeline macro takes them."""

    signup: Signup
    state: str
    tone: str
    cover: str
    when: str
    place: str
    steps: list[dict[str, Any]]
    facts: list[tuple[str, str]]
    can_cancel: bool
    cancel_note: str
    queue_position: int
    offer_ends: str


def my_detail(signup: Signup) -> MyDetail:
    """The member's page about their part."""
    session, entry = signup.session, signup.entry
    label, tone = state_of(signup)
    late = entry.state == "confirmed" and timezone.now() >= session.last_cancel_at
    live = entry.state in LIVE and session.activity.state == Activity.State.PUBLISHED
    return MyDetail(
        signup=signup,
        state=label,
        tone=tone,
        cover=cover_url(session.activity),
        when=when(session),
        place=session.place or session.activity.place or "线上参与",
        steps=_steps(signup, label),
        facts=_facts(signup),
        can_cancel=live and not late and not signup.checked_in_at,
        cancel_note=f"{date_zh(session.last_cancel_at)} 前可以自行取消",
        queue_position=seats.queue_position(entry) if entry.state == "waiting" else 0,
        offer_ends=date_zh(entry.offered_until) if entry.state == "offered" and entry.offered_until else "",
    )


def _facts(signup: Signup) -> list[tuple[str, str]]:
    """What the member filled in, label and value."""
    questions = parse_schema(signup.session.activity.questions)
    facts = [
        (column.label, str(value))
        for column, value in zip(questions.excel_columns(), questions.excel_values(signup.answers), strict=True)
    ]
    names = "、".join(companion["name"] for companion in signup.companions)
    return [*facts, ("同行人", names)]


def _steps(signup: Signup, label: str) -> list[dict[str, Any]]:
    """Signed up, placed, took part: what is behind, what is now, what is to come."""
    entry, session = signup.entry, signup.session
    steps: list[dict[str, Any]] = [{"title": "提交报名", "time": date_zh(signup.created_at), "state": "done"}]
    if entry.state in ("pending", "waiting", "offered"):
        steps.append({"title": label, "state": "now"})
    elif entry.state == "confirmed":
        steps.append({"title": "名额已确认", "time": date_zh(entry.decided_at), "state": "done"})
    else:
        steps.append({"title": label, "time": date_zh(entry.decided_at) if entry.decided_at else "", "state": "bad"})
        return steps
    if signup.checked_in_at:
        steps.append({"title": "现场签到", "time": date_zh(signup.checked_in_at), "state": "done"})
    else:
        state = "now" if entry.state == "confirmed" else "todo"
        steps.append({"title": "到场出示会员码签到", "time": date_zh(session.starts_at), "state": state})
    return steps


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
