"""An activity as its organiser writes it: the draft, its sessions, later changes, and a copy of last time's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from huigong.core import audit, richtext
from huigong.core.errors import Refused
from huigong.core.questions import SchemaInvalid, parse_schema
from huigong.people.membership.queries import Rule, addressed_by
from huigong.people.orgs import queries as orgs
from huigong.resources.seats import operations as seats
from huigong.services.activities.models import Activity, Session
from huigong.services.activities.operations.cohosting import follow_end
from huigong.services.activities.operations.indexing import reindex
from huigong.services.activities.operations.telling import announce_changes, announce_offers

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State = Activity.State

FIELDS = frozenset(
    {
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
_AUDITED = ("title", "place", "points", "budget_fen", "audience", "starts_at", "ends_at")


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
    reindex(activity)
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

    Those on the waiting list get places that were added; those who signed up are told when time or place
    changed. Refuses once the activity has ended, and a budget that would have needed approval.
    """
    if activity.state not in (State.DRAFT, State.RETURNED, State.PUBLISHED):
        raise Refused("现在的状态不能修改。", "not-editable")
    before = {name: getattr(activity, name) for name in _AUDITED}
    asked, address = activity.questions, activity.address
    _keep_co_hosts(activity)
    _fill(activity, rule, plans, fields)
    if activity.state == State.PUBLISHED:
        _check_published(activity, before, asked)
    reindex(activity)
    activity.save()
    moved = _replace_sessions(activity, plans)
    if activity.ends_at != before["ends_at"]:
        follow_end(activity)
    if activity.state == State.PUBLISHED:
        here = (activity.place, activity.address)
        announce_changes(activity, moved, place_changed=here != (before["place"], address))
    changed = [name for name in _AUDITED if before[name] != getattr(activity, name)]
    audit.record(
        actor,
        "activities:activity:update",
        activity,
        before={name: before[name] for name in changed},
        after={name: getattr(activity, name) for name in changed},
        org=activity.union,
    )
    return activity


def _keep_co_hosts(activity: Activity) -> None:
    """A partner that accepts while its organiser writes stays on the page."""
    activity.refresh_from_db(fields=["co_hosts"], from_queryset=Activity.objects.select_for_update())


def _check_published(activity: Activity, before: dict[str, Any], asked: list[dict[str, Any]]) -> None:
    """What people relied on when they signed up must still mean the same."""
    if activity.needs_approval and activity.budget_fen > before["budget_fen"]:
        raise Refused("预算超过审批额度，已发布的活动不能增加到这个数。", "over-budget")
    kinds = {question["id"]: question["kind"] for question in asked}
    if any(
        kinds.get(question["id"], question["kind"]) != question["kind"] for question in activity.questions
    ):
        raise Refused("已发布活动的问题不能改题型，请删掉后另加一题。", "question-kind", status=422)


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
    rule = addressed_by(activity.union, rule)
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


def _replace_sessions(activity: Activity, plans: Sequence[SessionPlan]) -> list[Session]:
    """Drop, change and add sessions; returns those whose time or place changed."""
    existing: dict[int | None, Session | None] = {
        session.pk: session for session in activity.sessions.select_related("pool")
    }
    wanted = {plan.session_id: plan for plan in plans if plan.session_id in existing}
    for session_id, held in existing.items():
        if held and (session_id not in wanted or wanted[session_id].mode != held.pool.mode):
            _drop_session(held)
            existing[session_id] = None
    moved = []
    for plan in plans:
        session = existing.get(plan.session_id)
        if session is None:
            _add_session(activity, plan)
        elif _change_session(session, plan):
            moved.append(session)
    return moved


def _drop_session(session: Session) -> None:
    if session.signups.exists():
        name = session.name or "该场次"
        raise Refused(f"“{name}”已有人报名，不能删除或改名额方式。", "session-in-use")
    pool = session.pool
    session.delete()
    pool.quotas.all().delete()
    pool.delete()


def _change_session(session: Session, plan: SessionPlan) -> bool:
    """Write what changed; did time or place?"""
    was = (session.starts_at, session.ends_at, session.place)
    session.name, session.place = plan.name, plan.place
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at
    moved = was != (session.starts_at, session.ends_at, session.place)
    if session.starts_at != was[0]:
        session.reminded_at = None
    session.save(update_fields=["name", "place", "starts_at", "ends_at", "reminded_at"])
    seats.change_window(
        session.pool,
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        has_waitlist=plan.has_waitlist and session.pool.mode == "rush",
    )
    announce_offers(seats.change_capacity(session.pool, capacity=plan.capacity))
    if plan.quotas:
        seats.set_quotas(session.pool, plan.quotas)
    return moved


@transaction.atomic
def set_quotas(session: Session, *, quotas: dict[int, int], actor: audit.Actor) -> Session:
    """Share a session's places out among unions below the organiser, by union id.

    Refuses a session of another mode, unions outside the organiser's subtree, a sum above the places, and
    less for a union than it has taken.
    """
    activity = session.activity
    if session.pool.mode != "quota":
        raise Refused("只有“名额分配”方式的场次才需要分配名额。", "not-quota")
    if any(activity.union_id not in _ancestors(union_id) for union_id in quotas):
        raise Refused("只能分配给本工会及下级工会。", "audience-outside", status=422)
    before = dict(session.pool.quotas.values_list("union_id", "capacity"))
    seats.set_quotas(session.pool, quotas)
    audit.record(
        actor,
        "activities:session:set-quotas",
        activity,
        before={"session": session.pk, "quotas": before},
        after={"session": session.pk, "quotas": quotas},
        org=activity.union,
    )
    return session


@transaction.atomic
def copy(activity: Activity, *, actor: audit.Actor, starts_at: datetime) -> Activity:
    """A new draft from last time's activity; its first session starts at `starts_at`, the rest keep their gaps.

    Co-hosts do not come along: whoever said yes to last time's is asked anew.
    """
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
