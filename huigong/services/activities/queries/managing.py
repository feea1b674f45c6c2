"""What cadres see of activities: the list, and everything about one on its desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.formats import date_zh, span_zh
from huigong.people.approvals import queries as approvals
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries
from huigong.services.activities import permissions
from huigong.services.activities.models import BUDGET_LIMIT_FEN, Activity, Session, Signup
from huigong.services.activities.queries.details import sessions_of
from huigong.services.activities.queries.search import named_like, places_of, with_places
from huigong.services.activities.queries.words import Places, cover_url, session_name, status, when, yuan

if TYPE_CHECKING:
    pass

State = Activity.State
STAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("全部", tuple(State.values)),
    "draft": ("草稿", (State.DRAFT, State.RETURNED)),
    "submitted": ("待审批", (State.SUBMITTED,)),
    "published": ("进行中", (State.PUBLISHED,)),
    "ended": ("已结束", (State.CLOSED, State.REPORTED, State.CANCELLED)),
}
STATE_TONES = {
    State.DRAFT: "grey",
    State.SUBMITTED: "gold",
    State.RETURNED: "red",
    State.PUBLISHED: "ok",
    State.CLOSED: "blue",
    State.REPORTED: "blue",
    State.CANCELLED: "grey",
}


@dataclass(frozen=True)
class ManagedRow:
    """One activity in a cadre's list."""

    href: str
    title: str
    cover: str
    when: str
    organiser: str
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class ManagedPage:
    """A page of them, newest first, and the id before which older ones lie (None at the end)."""

    rows: list[ManagedRow]
    next: int | None


def managed_page(
    actor: Actor,
    *,
    stage: str = "",
    below: bool = False,
    text: str = "",
    before: int | None = None,
    limit: int = 12,
) -> ManagedPage:
    """Activities that `actor` looks after: their own unions' and those they are guests of; with `below`, all."""
    found = permissions.managed_by(actor).filter(state__in=STAGES[stage][1])
    if not below:
        guest = Q(pk__in=orgs.granted_ids(actor, permissions.GRANT))
        found = found.filter(Q(union__in=permissions.tops(actor)) | guest)
    if text:
        found = found.filter(named_like(text))
    if before:
        found = found.filter(pk__lt=before)
    rows = list(with_places(found).order_by("-id")[: limit + 1])
    return ManagedPage(
        [_managed_row(activity) for activity in rows[:limit]],
        rows[limit - 1].pk if len(rows) > limit else None,
    )


def _managed_row(activity: Activity) -> ManagedRow:
    places = places_of(activity)
    tags = [(activity.get_state_display(), STATE_TONES[State(activity.state)])]
    if activity.state == State.PUBLISHED:
        tags = [(status(activity, places)[0], "ok"), (f"{places.taken:,} / {places.capacity:,} 人", "grey")]
    return ManagedRow(
        href=reverse("activities:manage", args=[activity.pk]),
        title=activity.title,
        cover=cover_url(activity),
        when=date_zh(activity.starts_at),
        organiser=activity.union.short_name or activity.union.name,
        tags=tags,
    )


@dataclass(frozen=True)
class SessionCounts:
    """How one session stands."""

    session: Session
    name: str
    when: str
    confirmed: int
    pending: int
    waiting: int
    checked_in: int


@dataclass(frozen=True)
class Act:
    """Something the cadre can do now. `verb` names the address; a dialog says `warning` before it happens."""

    verb: str
    label: str
    warning: str
    reason: str = ""
    """What the reason is called, where one is asked for."""
    required: bool = True
    primary: bool = False


@dataclass(frozen=True)
class Desk:
    """Everything about one activity for who looks after it."""

    activity: Activity
    cover: str
    state: str
    tone: str
    when: str
    audience: str
    places: Places
    sessions: list[SessionCounts]
    acts: list[Act]
    warnings: list[str]
    steps: list[dict[str, str]]
    may_edit: bool
    may_signups: bool
    may_check_in: bool
    may_invite: bool
    may_copy: bool

    @property
    def is_live(self) -> bool:
        """People may have signed up."""
        return self.activity.published_at is not None

    @property
    def money(self) -> list[tuple[str, str]]:
        activity = self.activity
        return [
            ("预算", yuan(activity.budget_fen) if activity.budget_fen else "没有填写"),
            ("经费科目", activity.budget_line),
            ("实际支出", yuan(activity.spent_fen) if activity.spent_fen is not None else ""),
            ("保险安排", activity.insurance),
            ("签到积分", f"{activity.points:,}" if activity.points else "不发积分"),
        ]

    @property
    def counts(self) -> dict[str, int]:
        names = ("confirmed", "pending", "waiting", "checked_in")
        return {name: sum(getattr(row, name) for row in self.sessions) for name in names}


def desk_of(activity: Activity, actor: Actor) -> Desk:
    """The cadre's page about an activity."""
    sessions = sessions_of(activity)
    state = State(activity.state)
    editable = state in (State.DRAFT, State.RETURNED, State.PUBLISHED)
    return Desk(
        activity=activity,
        cover=cover_url(activity),
        state=activity.get_state_display(),
        tone=STATE_TONES[state],
        when=span_zh(activity.starts_at, activity.ends_at),
        audience=membership.audience(activity.audience).sentence(),
        places=Places.of(sessions),
        sessions=_session_counts(sessions),
        acts=list(_acts(activity, actor)),
        warnings=_warnings(activity, sessions),
        steps=_trail(activity),
        may_edit=editable and permissions.may(actor, permissions.EDIT, activity),
        may_signups=permissions.may(actor, permissions.SIGNUPS, activity),
        may_check_in=permissions.may(actor, permissions.CHECK_IN, activity),
        may_invite=permissions.may(actor, permissions.INVITE, activity),
        may_copy=permissions.may(actor, permissions.COPY, activity),
    )


def _session_counts(sessions: list[Session]) -> list[SessionCounts]:
    counted: dict[int, Any] = {
        row["session"]: row
        for row in Signup.objects.filter(session__in=sessions)
        .values("session")
        .annotate(
            confirmed=Count("id", filter=Q(entry__state="confirmed")),
            pending=Count("id", filter=Q(entry__state="pending")),
            waiting=Count("id", filter=Q(entry__state__in=["waiting", "offered"])),
            checked_in=Count("id", filter=Q(checked_in_at__isnull=False)),
        )
    }
    empty = dict.fromkeys(("confirmed", "pending", "waiting", "checked_in"), 0)
    rows = []
    for number, session in enumerate(sessions, start=1):
        counts = counted.get(session.pk, {"session": session.pk, **empty})
        counts = {name: counts[name] for name in empty}
        rows.append(SessionCounts(session, session_name(session, number), when(session), **counts))
    return rows


def _acts(activity: Activity, actor: Actor) -> Iterable[Act]:
    """What `actor` may do with the activity in its present state, the most likely first."""
    state = activity.state
    may_publish = permissions.may(actor, permissions.PUBLISH, activity)
    if state in (State.DRAFT, State.RETURNED) and may_publish:
        if activity.needs_approval:
            limit = BUDGET_LIMIT_FEN // 100
            warning = f"预算超过 {limit:,} 元，要由上级工会审批。批准后自动发布。"
            yield Act("submit", "提交上级审批", warning, primary=True)
        else:
            people = membership.audience(activity.audience).count()
            yield Act("publish", "发布", f"发布后，范围内的 {people:,} 名会员都能看到并报名。", primary=True)
    if state == State.SUBMITTED:
        if permissions.may_approve(actor, activity):
            yield Act(
                "approve",
                "批准并发布",
                "批准后立即发布给会员。",
                reason="审批意见",
                required=False,
                primary=True,
            )
            yield Act("return", "退回修改", "主办工会会收到退回原因。", reason="退回原因")
        if may_publish:
            yield Act("withdraw", "撤回审批", "撤回后可以修改，再重新提交。")
    if state == State.PUBLISHED and may_publish:
        yield Act("close", "结束活动", "结束后不再接受报名；名单保留，仍可以补签到、写总结。")
    ahead = state == State.CLOSED and activity.ends_at > timezone.now()
    if (ahead or state in (State.PUBLISHED, State.DRAFT, State.RETURNED)) and may_publish:
        told = "已报名的会员都会收到通知和原因。" if state in Activity.HELD else ""
        yield Act("cancel", "取消活动", f"{told}取消后不能恢复。", reason="取消原因")


def _warnings(activity: Activity, sessions: list[Session]) -> list[str]:
    """What the organiser has probably overlooked."""
    if activity.state not in (State.DRAFT, State.RETURNED):
        return []
    found = []
    if all(session.starts_at < timezone.now() for session in sessions):
        found.append("场次时间已经过了，发布前请先改时间。")
    shared = set(
        Session.objects.filter(activity=activity, pool__quotas__isnull=False).values_list("pk", flat=True)
    )
    if any(session.pool.mode == "quota" and session.pk not in shared for session in sessions):
        found.append("有场次用“名额分配”，还没有给各工会分配名额。")
    return found


def _trail(activity: Activity) -> list[dict[str, str]]:
    """Every step of its approval, as the timeline macro takes them."""
    steps = []
    for step in approvals.trail(activity):
        who = " ".join(part for part in (step.office, step.reviewer_name) if part)
        bad = step.decision in ("returned", "rejected")
        steps.append(
            {
                "title": f"{step.step} · {step.get_decision_display()}",
                "time": f"{date_zh(step.created_at)} {who}",
                "note": step.remark,
                "state": "bad" if bad else "done",
            }
        )
    return steps


@dataclass(frozen=True)
class Share:
    """The places of a session that are set apart for one union and all below it."""

    union_id: int
    name: str
    capacity: int
    taken: int


def quota_shares(session: Session) -> list[Share]:
    """The shares of the unions right below the organiser, and of any other union that has one already."""
    shares = {share.union_id: share for share in session.pool.quotas.all()}
    below = org_queries.established().filter(parent=session.activity.union)
    named = org_queries.established().filter(pk__in=shares).exclude(pk__in=below.values("pk"))
    return [
        Share(union.pk, union.name, share.capacity if share else 0, share.taken if share else 0)
        for union in [*below, *named]
        for share in [shares.get(union.pk)]
    ]
