"""A member's own signups: the list, and where each stands as a timeline."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.formats import date_zh
from huigong.core.prepared import Prepared, Slot
from huigong.core.questions import parse_schema
from huigong.resources.seats import queries as seats
from huigong.services.activities.models import Activity, Contribution, Signup
from huigong.services.activities.queries.answers import answers_of, party_zh
from huigong.services.activities.queries.details import LIVE
from huigong.services.activities.queries.words import cover_url, soon_zh, state_of, when, where


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


def my_page(actor: Actor, *, when: str = "", before: int | None = None, limit: int = 12) -> MinePage:
    """A page of the actor's signups: what is "ahead", what is "past" or given up, or "" for both."""
    found = my_signups(actor, when=when, before=before, limit=limit + 1)
    rows = [_mine(signup) for signup in found[:limit]]
    return MinePage(rows, found[limit - 1].pk if len(found) > limit else None)


def my_signups(actor: Actor, *, when: str = "", before: int | None = None, limit: int = 20) -> list[Signup]:
    """The actor's signups, newest first, from below id `before`; `when` as in `my_page`."""
    ahead = Q(entry__state__in=LIVE, session__ends_at__gte=timezone.now()) & ~Q(
        session__activity__state=Activity.State.CANCELLED
    )
    mine = _of(actor).filter({"ahead": ahead, "past": ~ahead}.get(when, Q()))
    if before:
        mine = mine.filter(pk__lt=before)
    related = ("session__activity__union", "session__activity__cover", "session__pool", "entry")
    return list(mine.select_related(*related).order_by("-id")[:limit])


_live_signups = Prepared(
    lambda: (
        Signup.objects.filter(
            person__account=Slot("account"), entry__state__in=LIVE, session__ends_at__gte=Slot("now")
        )
        .exclude(session__activity__state=Activity.State.CANCELLED)
        .values_list("pk", flat=True)
    )
)


def live_signup_count(actor: Actor) -> int:
    """How many activities ahead the actor has part in."""
    return len(_live_signups(account=actor.pk, now=timezone.now()))


@dataclass(frozen=True)
class Coming:
    """What the actor should not miss: `label` says what it is about."""

    label: str
    text: str
    href: str


def _soonest() -> QuerySet[Signup]:
    awaited = Q(entry__state="offered", entry__offered_until__gt=Slot("now"))
    going = Q(entry__state="confirmed", checked_in_at=None, session__ends_at__gte=Slot("now"))
    onsite = Signup.objects.filter(
        awaited | going,
        person__account=Slot("account"),
        session__activity__state=Activity.State.PUBLISHED,
        session__activity__kind=Activity.Kind.ONSITE,
    )
    soonest = onsite.order_by(Case(When(awaited, then=0), default=1), "session__starts_at", "id")
    return soonest.select_related("session__activity", "entry")[:1]


_next_signup = Prepared(_soonest)


def coming(actor: Actor) -> Coming | None:
    """The place that waits for the actor's answer, else the next activity they go to."""
    signup = _next_signup.first(account=actor.pk, now=timezone.now())
    if signup is None:
        return None
    title = signup.session.activity.title
    href = reverse("activities:my-signup", args=[signup.pk])
    if signup.entry.offered_until and signup.entry.state == "offered":
        return Coming("待确认", f"{title}有名额了，{soon_zh(signup.entry.offered_until)} 前有效", href)
    return Coming("日程", f"{soon_zh(signup.session.starts_at)} {title}", href)


def _of(actor: Actor) -> QuerySet[Signup]:
    return Signup.objects.filter(person__account_id=actor.pk)


def _mine(signup: Signup) -> Mine:
    session = signup.session
    label, tone = state_of(signup)
    return Mine(
        href=reverse("activities:my-signup", args=[signup.pk]),
        title=session.activity.title,
        cover=cover_url(session.activity),
        when=date_zh(session.starts_at),
        place=where(session),
        state=label,
        tone=tone,
    )


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
    offer_seconds: int

    @property
    def can_check_in(self) -> bool:
        """The member's code is what they need next."""
        signup = self.signup
        ahead = signup.session.ends_at > timezone.now()
        held = signup.session.activity.state in Activity.HELD
        onsite = signup.session.activity.kind == Activity.Kind.ONSITE
        confirmed = signup.entry.state == "confirmed" and not signup.checked_in_at
        return held and ahead and onsite and confirmed

    @property
    def can_review(self) -> bool:
        """They came, and may say how it was."""
        return may_answer_survey(self.signup)


def my_detail(signup: Signup) -> MyDetail:
    """The member's page about their part."""
    session, entry = signup.session, signup.entry
    label, tone = state_of(signup)
    until = entry.offered_until if entry.state == "offered" else None
    seconds = int((until - timezone.now()).total_seconds()) if until else 0
    offered = seconds > 0
    position = seats.queue_position(entry) if entry.state == "waiting" else 0
    return MyDetail(
        signup=signup,
        state=label,
        tone=tone,
        cover=cover_url(session.activity),
        when=when(session),
        place=where(session),
        steps=_steps(signup, position),
        facts=facts_of(signup),
        can_cancel=can_cancel(signup),
        cancel_note=f"{date_zh(session.last_cancel_at)} 前可以自行取消",
        queue_position=position,
        offer_ends=date_zh(until) if until and offered else "",
        offer_seconds=max(seconds, 0),
    )


def can_cancel(signup: Signup) -> bool:
    """May the member still give up by themselves? Who only waits may at any time."""
    session, entry = signup.session, signup.entry
    if entry.state not in LIVE or session.activity.state not in Activity.HELD or signup.checked_in_at:
        return False
    if session.pool.entries_hash and not session.pool.drawn_at:
        return False
    return entry.state != "confirmed" or timezone.now() < session.last_cancel_at


def facts_of(signup: Signup) -> list[tuple[str, str]]:
    """What was filled in on signing up, label and value; phones and ID numbers masked."""
    questions = parse_schema(signup.session.activity.questions)
    values = questions.excel_values(answers_of(signup))
    columns = zip(questions.excel_columns(), values, strict=True)
    return [*((column.label, str(value)) for column, value in columns), ("同行人", party_zh(signup))]


def _steps(signup: Signup, position: int) -> list[dict[str, Any]]:
    """Asked, placed, took part: what is behind, what is now, what is to come."""
    asked = {"title": "主办工会代为报名" if signup.entry.is_override else "提交报名", "state": "done"}
    steps: list[dict[str, Any]] = [asked | {"time": date_zh(signup.created_at)}, _placed(signup, position)]
    activity = signup.session.activity
    if activity.state == Activity.State.CANCELLED:
        return [*steps, {"title": "活动已取消", "note": activity.cancelled_reason, "state": "bad"}]
    if steps[-1]["state"] == "bad":
        return steps
    took_part = _contributed if activity.kind == Activity.Kind.ONLINE else _attended
    return [*steps, took_part(signup), *_asked_afterwards(signup)]


def _placed(signup: Signup, position: int) -> dict[str, Any]:
    """Whether they have a place, and what comes next if not."""
    entry, pool = signup.entry, signup.session.pool
    decided = date_zh(entry.decided_at) if entry.decided_at else ""
    if entry.state == "confirmed":
        title = {"draw": "已中签", "review": "审核通过"}.get(pool.mode, "名额已确认")
        return {"title": title, "time": decided, "state": "done"}
    if entry.state == "waiting":
        return {"title": f"候补第 {position} 位", "note": "有名额时会发消息给您", "state": "now"}
    if entry.state == "offered" and entry.offered_until:
        return {"title": "有名额了，请确认", "note": f"{date_zh(entry.offered_until)} 前有效", "state": "now"}
    if entry.state == "pending" and pool.mode == "draw":
        note = "名单已锁定，马上抽签" if pool.entries_hash else f"{date_zh(pool.closes_at)} 截止后公开抽签"
        return {"title": "等待抽签", "note": note, "state": "now"}
    if entry.state == "pending":
        return {"title": "等待主办工会审核", "state": "now"}
    return {
        "title": entry.get_state_display(),
        "time": decided,
        "note": signup.decided_reason,
        "state": "bad",
    }


def _attended(signup: Signup) -> dict[str, Any]:
    session = signup.session
    if signup.checked_in_at:
        note = f"+{signup.points:,} 积分" if signup.points else ""
        return {"title": "已签到", "time": date_zh(signup.checked_in_at), "note": note, "state": "done"}
    if session.ends_at < timezone.now():
        return {"title": "没有签到", "note": "到了现场没签上？请联系主办工会补签", "state": "bad"}
    placed = signup.entry.state == "confirmed"
    return {
        "title": "到场出示会员码签到",
        "time": date_zh(session.starts_at),
        "state": "now" if placed else "todo",
    }


def _contributed(signup: Signup) -> dict[str, Any]:
    """Online, taking part is a work that is shown."""
    work = Contribution.objects.filter(signup=signup).first()
    if work is None or work.state == Contribution.State.WITHDRAWN:
        return {
            "title": "提交作品",
            "note": f"{date_zh(signup.session.activity.ends_at)} 截止",
            "state": "now",
        }
    states = {Contribution.State.SHOWN: "done", Contribution.State.REFUSED: "bad"}
    return {
        "title": f"作品{work.get_state_display()}",
        "note": work.refused_reason,
        "state": states.get(Contribution.State(work.state), "now"),
    }


def _asked_afterwards(signup: Signup) -> list[dict[str, Any]]:
    if not signup.session.activity.survey:
        return []
    if signup.survey_answers is not None:
        return [{"title": "已评价，谢谢您", "state": "done"}]
    return [{"title": "评价这次活动", "state": "now" if may_answer_survey(signup) else "todo"}]


SURVEY_OPEN = timedelta(days=30)


def may_answer_survey(signup: Signup) -> bool:
    """Somebody who came says how it was: once, within 30 days."""
    came = signup.checked_in_at is not None and signup.survey_answers is None
    return (
        came
        and bool(signup.session.activity.survey)
        and timezone.now() < signup.session.ends_at + SURVEY_OPEN
    )
