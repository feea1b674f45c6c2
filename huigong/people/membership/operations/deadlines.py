"""How long an office has, and what happens when it does nothing."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from huigong.core import audit, calendar
from huigong.core import queries as core
from huigong.people.approvals import operations as approvals
from huigong.people.membership.models import Claim, JoinApplication, Transfer
from huigong.people.membership.operations.telling import Request, tell, tell_officers
from huigong.people.orgs.queries import ancestors

WORKING_DAYS = 5
"""An office has so many working days; then the union above is told and may decide in its stead."""


def due_from_today() -> date:
    """The last day on which an office that hears of a request today is still in time."""
    return calendar.add_working_days(calendar.today(), WORKING_DAYS, core.calendar_overrides())


def escalate_overdue() -> int:
    """Bring every request past its day before the union above, once. Returns how many.

    The office keeps its right to decide; the union above, whose reach covers it anyway, is asked to.
    """
    today = calendar.today()
    overdue: list[Request] = [
        *JoinApplication.objects.filter(
            state=JoinApplication.State.SUBMITTED, escalated_at=None, due_on__lt=today
        ).select_related("union"),
        *Claim.objects.filter(
            state=Claim.State.SUBMITTED, escalated_at=None, due_on__lt=today
        ).select_related("person", "union"),
        *Transfer.objects.filter(state__in=Transfer.OPEN, escalated_at=None, due_on__lt=today).select_related(
            "person", "from_union", "to_union"
        ),
    ]
    return sum(_escalate(request) for request in overdue)


@transaction.atomic
def _escalate(request: Request) -> bool:
    """Mark it by one conditional statement, so that two workers tell nobody twice."""
    marked = type(request).objects.filter(pk=request.pk, state=request.state, escalated_at=None)
    if not marked.update(escalated_at=timezone.now()):
        return False
    union = request.deciding_union
    above = ancestors(union).last()
    approvals.note(
        request,
        step="超期转上级",
        decision=approvals.Decision.ESCALATED,
        actor=audit.SYSTEM,
        office=above.name if above else union.name,
        remark=f"{union.name} {WORKING_DAYS} 个工作日内没有办理",
    )
    audit.record(
        audit.SYSTEM, "membership:request:escalate", request, after={"due_on": request.due_on}, org=union
    )
    tell_officers(
        above or union,
        request,
        title=f"{request}已超期，请督促或代为办理",
        body=f"{union.name}应在 {request.due_on:%-m月%-d日} 前办结。",
    )
    if above:
        tell(request.applicant_id, title=f"{union.name}超期没有办理，已转{above.name}")
    return True
