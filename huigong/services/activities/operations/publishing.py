"""From a draft to a published activity, and to its end."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit, richtext
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.approvals import queries as trails
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs
from huigong.resources.seats import operations as seats
from huigong.services.activities import permissions
from huigong.services.activities.models import BUDGET_LIMIT_FEN, Activity, Signup
from huigong.services.activities.operations.telling import manage_url, tell_co_hosts

State = Activity.State
AFTER = timedelta(days=1)
"""So long after its end an activity closes by itself: what a scanner kept without network has come in."""


@transaction.atomic
def submit(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Ask the union above for approval, as a budget over the limit needs."""
    _check_complete(activity)
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


@transaction.atomic
def withdraw_submission(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Take a submitted activity back to the desk, as long as nobody decided."""
    _move(activity, (State.SUBMITTED,), State.DRAFT)
    approvals.note(activity, step="撤回审批", decision=approvals.Decision.WITHDRAWN, actor=actor)
    audit.record(actor, "activities:activity:withdraw", activity, org=activity.union)
    return activity


@transaction.atomic
def approve(activity: Activity, *, actor: audit.Actor, remark: str = "") -> Activity:
    """Approve a submitted activity and publish it.

    Refuses whoever does not sit above the organiser, and whoever submitted it: two people decide about money.
    """
    office = _office_above(activity, actor)
    if actor.pk is not None and actor.pk == _submitted_by(activity):
        raise Refused("不能审批自己提交的活动，请由其他负责人办理。", "own-request", status=403)
    approvals.note(
        activity,
        step="上级审批",
        decision=approvals.Decision.APPROVED,
        actor=actor,
        office=office,
        remark=remark,
    )
    _publish(activity, (State.SUBMITTED,))
    audit.record(actor, "activities:activity:approve", activity, after={"remark": remark}, org=activity.union)
    _tell_organiser(activity, f"“{activity.title}”已获批准并发布", remark)
    return activity


@transaction.atomic
def return_activity(activity: Activity, *, actor: audit.Actor, reason: str) -> Activity:
    """Send a submitted activity back with a reason."""
    office = _office_above(activity, actor)
    _move(activity, (State.SUBMITTED,), State.RETURNED)
    approvals.note(
        activity,
        step="上级审批",
        decision=approvals.Decision.RETURNED,
        actor=actor,
        office=office,
        remark=reason,
    )
    audit.record(actor, "activities:activity:return", activity, after={"reason": reason}, org=activity.union)
    _tell_organiser(activity, f"“{activity.title}”被退回", reason)
    return activity


def _office_above(activity: Activity, actor: audit.Actor) -> str:
    """The office in which `actor` decides; refuses whoever holds none above the organiser."""
    if not permissions.may_approve(actor, activity):
        raise Refused("须由上级工会审批。", "not-above", status=403)
    return orgs.office_of(actor, activity.union.parent or activity.union) if actor.pk else ""


def _submitted_by(activity: Activity) -> int | None:
    """The account that asked for the approval."""
    asked = [step for step in trails.trail(activity) if step.decision == approvals.Decision.SUBMITTED]
    return asked[-1].reviewer_id if asked else None


@transaction.atomic
def publish(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Show a draft to its audience and open its pools. Refuses a budget over the limit: that is approved."""
    if activity.needs_approval:
        raise Refused(f"预算超过 {BUDGET_LIMIT_FEN // 100:,} 元，请提交上级工会审批。", "needs-approval")
    _publish(activity, (State.DRAFT, State.RETURNED))
    audit.record(actor, "activities:activity:publish", activity, org=activity.union)
    return activity


def _publish(activity: Activity, sources: tuple[str, ...]) -> None:
    _check_complete(activity)
    _move(activity, sources, State.PUBLISHED, published_at=Now())
    activity.refresh_from_db(fields=["published_at"])
    for session in activity.sessions.select_related("pool"):
        seats.open_pool(session.pool)


def _check_complete(activity: Activity) -> None:
    """A quota that nobody shared out would turn everybody away."""
    if activity.sessions.filter(pool__mode="quota", pool__quotas=None).exists():
        raise Refused("“名额分配”的场次还没有给各工会分配名额。", "no-quotas", status=422)


@transaction.atomic
def close(activity: Activity, *, actor: audit.Actor) -> Activity:
    """Close a published activity: nobody signs up any more; the list stands."""
    _move(activity, (State.PUBLISHED,), State.CLOSED)
    for session in activity.sessions.select_related("pool"):
        seats.close(session.pool)
    audit.record(actor, "activities:activity:close", activity, org=activity.union)
    return activity


def close_over() -> int:
    """Close what is over since a day, and ask the organiser for the report. Returns how many; each once."""
    over = Activity.objects.filter(state=State.PUBLISHED, ends_at__lte=Now() - AFTER)
    return sum(_close_over(activity) for activity in over.select_related("union").order_by("id"))


@transaction.atomic
def _close_over(activity: Activity) -> bool:
    try:
        close(activity, actor=audit.SYSTEM)
    except Refused:  # a cadre was quicker
        return False
    _tell_organiser(
        activity, f"“{activity.title}”已结束，请写活动总结", "签到还可以补录，写完总结后会员能看到。"
    )
    return True


@transaction.atomic
def report(activity: Activity, *, text: str, spent_fen: int, actor: audit.Actor) -> Activity:
    """Write up a closed activity: what happened (rich text, shown to members) and what it cost."""
    _move(
        activity,
        (State.CLOSED, State.REPORTED),
        State.REPORTED,
        report=richtext.clean(text),
        spent_fen=spent_fen,
    )
    audit.record(
        actor, "activities:activity:report", activity, after={"spent_fen": spent_fen}, org=activity.union
    )
    return activity


@transaction.atomic
def cancel_activity(activity: Activity, *, actor: audit.Actor, reason: str) -> Activity:
    """Call an activity off; everybody who signed up, and who co-hosts it, is told why. Signups stay on record.

    Also one that takes no more signups, as when a typhoon comes. Refuses without a reason, and once it is over.
    """
    if not reason.strip():
        raise Refused("请写明取消原因，报名的会员会看到。", "no-reason", status=422)
    if (
        activity.state == State.CLOSED
        and not Activity.objects.filter(pk=activity.pk, ends_at__gt=Now()).exists()
    ):
        raise Refused("活动已经办过了，不能取消。", "over")
    sources = (State.PUBLISHED, State.CLOSED, State.DRAFT, State.RETURNED)
    _move(activity, sources, State.CANCELLED, cancelled_reason=reason)
    for session in activity.sessions.select_related("pool"):
        seats.close(session.pool)
    live = Signup.objects.filter(
        session__activity=activity, entry__state__in=["pending", "confirmed", "waiting", "offered"]
    )
    inbox.send(
        live.values_list("person__account_id", flat=True),
        kind=inbox.Kind.ACTIVITY,
        title=f"“{activity.title}”已取消",
        body=reason,
        url=reverse("activities:my-signups"),
    )
    tell_co_hosts(activity, f"“{activity.title}”已取消", reason)
    audit.record(actor, "activities:activity:cancel", activity, after={"reason": reason}, org=activity.union)
    return activity


def _move(activity: Activity, sources: tuple[str, ...], state: str, **values: Any) -> None:
    """Change the state by one conditional statement; a racing colleague's decision wins only once."""
    moved = Activity.objects.filter(pk=activity.pk, state__in=sources).update(state=state, **values)
    if not moved:
        activity.refresh_from_db(fields=["state"])
        raise Refused(f"活动当前是“{activity.get_state_display()}”，不能这样操作。", "wrong-state")
    activity.state = state
    for name, value in values.items():
        if not hasattr(value, "resolve_expression"):
            setattr(activity, name, value)


def _tell_organiser(activity: Activity, title: str, body: str) -> None:
    inbox.send(
        orgs.officer_accounts(activity.union, *org_permissions.CADRES),
        kind=inbox.Kind.TASK,
        title=title,
        body=body,
        url=manage_url(activity),
    )
