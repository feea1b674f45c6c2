"""From a draft to a published activity, and to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit, richtext
from huigong.core.errors import Refused
from huigong.core.questions import SchemaInvalid, parse_schema
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.membership.queries import Rule
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs
from huigong.resources.seats import operations as seats
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.operations.telling import announce_offers

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State = Activity.State
BUDGET_LIMIT_FEN = 2_000_000
"""An activity that costs more (20,000 yuan) needs the approval of the union above its organiser."""

FIELDS = frozenset(
    {
        "co_hosts",
        "kind",
        "category",
        "title",
        "summary",
        "body",
        "cover",
        "drawing",
        "place",
        "address",
        "contact_name",
        "contact_phone",
        "questions",
        "survey",
        "max_companions",
        "cancel_hours",
        "points",
        "budget_fen",
        "budget_line",
        "insurance",
        "votes_per_member",
    }
)


@dataclass(frozen=True)
class SessionPlan:
    """One session as its organiser wants it. `quotas`: places by union id, for mode `quota`."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    opens_at: datetime
    closes_at: datetime
    mode: str = "rush"
    name: str = ""
    place: str = ""
    has_waitlist: bool = True
    offer_minutes: int = 120
    quotas: dict[int, int] = field(default_factory=dict)
    session_id: int | None = None


@transaction.atomic
def create_activity(
    union: "Union", *, rule: Rule, plans: Sequence[SessionPlan], actor: audit.Actor, **fields: Any
) -> Activity:
    """A draft by `union`. Refuses an audience outside the union's own subtree, and plans that contradict."""
    activity = Activity(union=union)
    _fill(activity, rule, plans, fields)
    activity.save()
    for plan in plans:
        _add_session(activity, plan)
    audit.record(actor, "activities:activity:create", activity, after={"title": activity.title}, org=union)
    return activity


@transaction.atomic
def update_activity(
    activity: Activity, *, rule: Rule, plans: Sequence[SessionPlan], actor: audit.Actor, **fields: Any
) -> Activity:
    """Change an activity. A published one may gain places and sessions, never lose a session with signups.

    Those on the waiting list get places that were added. Refuses once the activity has ended.
    """
    if activity.state not in (State.DRAFT, State.RETURNED, State.PUBLISHED):
        raise Refused("现在的状态不能修改。", "not-editable")
    before = {
        name: getattr(activity, name) for name in ("title", "place", "points", "budget_fen", "audience")
    }
    _fill(activity, rule, plans, fields)
    if activity.state == State.PUBLISHED and activity.budget_fen > max(
        before["budget_fen"], BUDGET_LIMIT_FEN
    ):
        raise Refused("预算超过审批额度，已发布的活动不能增加到这个数。", "over-budget")
    activity.save()
    _replace_sessions(activity, plans)
    after = {name: getattr(activity, name) for name in before}
    changed = {name for name in before if before[name] != after[name]}
    audit.record(
        actor,
        "activities:activity:update",
        activity,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        org=activity.union,
    )
    return activity


def _fill(activity: Activity, rule: Rule, plans: Sequence[SessionPlan], fields: dict[str, Any]) -> None:
    unknown = fields.keys() - FIELDS
    if unknown:
        raise TypeError(f"not fields of an activity: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(activity, name, value)
    activity.body = richtext.clean(activity.body)
    for schema in (activity.questions, activity.survey):
        try:
            parse_schema(schema)
        except SchemaInvalid as error:
            raise Refused(str(error), "bad-questions", status=422) from None
    if not plans:
        raise Refused("请至少安排一个场次。", "no-session", status=422)
    activity.starts_at = min(plan.starts_at for plan in plans)
    activity.ends_at = max(plan.ends_at for plan in plans)
    if activity.kind == Activity.Kind.ONSITE and not activity.place:
        raise Refused("线下活动请填写地点。", "no-place", status=422)
    rule = rule if rule.union_ids else replace(rule, union_ids=(activity.union_id,))
    if any(activity.union_id not in _ancestors(union_id) for union_id in rule.union_ids):
        raise Refused("参加范围只能是本工会及下级工会。", "audience-outside", status=422)
    activity.audience = rule.to_json()
    activity.audience_unions = list(rule.union_ids)


def _ancestors(union_id: int) -> list[int]:
    return [int(step) for path in orgs.paths([union_id]) for step in path.split(".") if step]


def _add_session(activity: Activity, plan: SessionPlan) -> Session:
    if plan.closes_at > plan.ends_at:
        raise Refused("报名截止不能晚于活动结束。", "closes-late", status=422)
    pool = seats.create_pool(
        mode=plan.mode,
        capacity=plan.capacity,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        has_waitlist=plan.has_waitlist and plan.mode == "rush",
        offer_minutes=plan.offer_minutes,
    )
    if plan.quotas:
        seats.set_quotas(pool, plan.quotas)
    if activity.state == State.PUBLISHED:
        seats.open_pool(pool)
    return Session.objects.create(
        activity=activity,
        pool=pool,
        name=plan.name,
        place=plan.place,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
    )


def _replace_sessions(activity: Activity, plans: Sequence[SessionPlan]) -> None:
    existing = {session.pk: session for session in activity.sessions.select_related("pool")}
    kept = {plan.session_id for plan in plans if plan.session_id in existing}
    for session_id, session in existing.items():
        if session_id not in kept:
            _drop_session(session)
    for plan in plans:
        if plan.session_id in existing:
            _change_session(existing[plan.session_id], plan)
        else:
            _add_session(activity, plan)


def _drop_session(session: Session) -> None:
    if session.signups.exists():
        raise Refused(f"“{session.name or '该场次'}”已有人报名，不能删除。", "session-in-use")
    pool = session.pool
    session.delete()
    pool.quotas.all().delete()
    pool.delete()


def _change_session(session: Session, plan: SessionPlan) -> None:
    session.name, session.place = plan.name, plan.place
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at
    session.save(update_fields=["name", "place", "starts_at", "ends_at"])
    seats.change_window(
        session.pool,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        has_waitlist=plan.has_waitlist and session.pool.mode == "rush",
    )
    announce_offers(seats.change_capacity(session.pool, capacity=plan.capacity))
    if plan.quotas:
        seats.set_quotas(session.pool, plan.quotas)


@transaction.atomic
def submit(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Ask the union above for approval, as a budget over the limit needs."""
    _move(activity, (State.DRAFT, State.RETURNED), State.SUBMITTED)
    approvals.note(activity, step="提交审批", decision=approvals.Decision.SUBMITTED, actor=actor)
    audit.record(actor, "activities:activity:submit", activity, org=activity.union)
    above = activity.union.parent or activity.union
    inbox.send(
        orgs.officer_accounts(above, *org_permissions.LEADERS),
        kind=inbox.Kind.TASK,
        title=f"待审批：{activity.union.short_name or activity.union}“{activity.title}”",
        url=manage_url(activity),
    )
    return activity


def may_approve(activity: Activity, actor: audit.Actor) -> bool:
    """Approving is the office of a union ABOVE the organiser (the county itself has none above)."""
    above = activity.union.parent or activity.union
    return org_permissions.may(actor, permissions.APPROVE, above)


@transaction.atomic
def approve(activity: Activity, *, actor: audit.Actor, remark: str = "") -> Activity:
    """Approve a submitted activity and publish it. Refuses whoever does not sit above the organiser."""
    if not may_approve(activity, actor):
        raise Refused("须由上级工会审批。", "not-above", status=403)
    approvals.note(
        activity, step="上级审批", decision=approvals.Decision.APPROVED, actor=actor, remark=remark
    )
    _publish(activity, (State.SUBMITTED,))
    audit.record(actor, "activities:activity:approve", activity, after={"remark": remark}, org=activity.union)
    _tell_organiser(activity, f"“{activity.title}”已获批准并发布", remark)
    return activity


@transaction.atomic
def return_activity(activity: Activity, *, actor: audit.Actor, reason: str) -> Activity:
    """Send a submitted activity back with a reason."""
    if not may_approve(activity, actor):
        raise Refused("须由上级工会审批。", "not-above", status=403)
    _move(activity, (State.SUBMITTED,), State.RETURNED)
    approvals.note(
        activity, step="上级审批", decision=approvals.Decision.RETURNED, actor=actor, remark=reason
    )
    audit.record(actor, "activities:activity:return", activity, after={"reason": reason}, org=activity.union)
    _tell_organiser(activity, f"“{activity.title}”被退回", reason)
    return activity


@transaction.atomic
def publish(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Show a draft to its audience and open its pools. Refuses a budget over the limit: that is approved."""
    if activity.budget_fen > BUDGET_LIMIT_FEN:
        raise Refused(f"预算超过 {BUDGET_LIMIT_FEN // 100:,} 元，请提交上级工会审批。", "needs-approval")
    _publish(activity, (State.DRAFT, State.RETURNED))
    audit.record(actor, "activities:activity:publish", activity, org=activity.union)
    return activity


def _publish(activity: Activity, sources: tuple[str, ...]) -> None:
    _move(activity, sources, State.PUBLISHED, published_at=Now())
    activity.refresh_from_db(fields=["published_at"])
    for session in activity.sessions.select_related("pool"):
        seats.open_pool(session.pool)


@transaction.atomic
def close(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Close a published activity: nobody signs up any more; the list stands."""
    _move(activity, (State.PUBLISHED,), State.CLOSED)
    for session in activity.sessions.select_related("pool"):
        seats.close(session.pool)
    audit.record(actor, "activities:activity:close", activity, org=activity.union)
    return activity


@transaction.atomic
def report(activity: Activity, *, text: str, spent_fen: int, actor: audit.Actor) -> Activity:
    """Write up a closed activity: what happened and what it cost."""
    _move(activity, (State.CLOSED, State.REPORTED), State.REPORTED, report=text, spent_fen=spent_fen)
    audit.record(
        actor, "activities:activity:report", activity, after={"spent_fen": spent_fen}, org=activity.union
    )
    return activity


@transaction.atomic
def cancel_activity(activity: Activity, *, actor: audit.Actor, reason: str) -> Activity:
    """Call a published activity off; everybody who signed up is told why. Signups stay on record."""
    _move(activity, (State.PUBLISHED, State.DRAFT, State.RETURNED), State.CANCELLED, cancelled_reason=reason)
    for session in activity.sessions.select_related("pool"):
        seats.close(session.pool)
    states = ["pending", "confirmed", "waiting", "offered"]
    live = Signup.objects.filter(session__activity=activity, entry__state__in=states)
    inbox.send(
        live.values_list("person__account_id", flat=True),
        kind=inbox.Kind.ACTIVITY,
        title=f"“{activity.title}”已取消",
        body=reason,
        url=reverse("activities:my-signups"),
    )
    audit.record(actor, "activities:activity:cancel", activity, after={"reason": reason}, org=activity.union)
    return activity


@transaction.atomic
def copy(activity: Activity, *, actor: audit.Actor, starts_at: datetime) -> Activity:
    """A new draft from last time's activity; its first session starts at `starts_at`, the rest keep their gaps."""
    shift: timedelta = starts_at - activity.starts_at
    plans = [
        SessionPlan(
            starts_at=session.starts_at + shift,
            ends_at=session.ends_at + shift,
            opens_at=session.pool.opens_at + shift,
            closes_at=session.pool.closes_at + shift,
            capacity=session.pool.capacity,
            mode=session.pool.mode,
            name=session.name,
            place=session.place,
            has_waitlist=session.pool.has_waitlist,
            offer_minutes=session.pool.offer_minutes,
            quotas=dict(session.pool.quotas.values_list("union_id", "capacity")),
        )
        for session in activity.sessions.select_related("pool")
    ]
    fields = {name: getattr(activity, name) for name in FIELDS}
    return create_activity(
        activity.union, rule=Rule.parse(activity.audience), plans=plans, actor=actor, **fields
    )


def _move(activity: Activity, sources: tuple[str, ...], state: str, **values: Any) -> None:
    """Change the state by one conditional statement; a racing colleague's decision wins only once."""
    moved = Activity.objects.filter(pk=activity.pk, state__in=sources).update(state=state, **values)
    if not moved:
        activity.refresh_from_db(fields=["state"])
        raise Refused(f"活动当前是“{activity.get_state_display()}”，不能这样操作。", "wrong-state")
    activity.state = state


def _tell_organiser(activity: Activity, title: str, body: str) -> None:
    inbox.send(
        orgs.officer_accounts(activity.union, *org_permissions.CADRES),
        kind=inbox.Kind.TASK,
        title=title,
        body=body,
        url=manage_url(activity),
    )


def manage_url(activity: Activity) -> str:
    """The cadres' page about the activity."""
    return reverse("activities:manage", args=[activity.pk])
