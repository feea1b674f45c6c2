"""What happens when an office, or the applicant, does nothing."""

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit, calendar
from huigong.people.approvals import operations as approvals
from huigong.people.orgs import queries as orgs
from huigong.services.policies.models import Application
from huigong.services.policies.operations.applying import books
from huigong.services.policies.operations.moving import State, locked, move
from huigong.services.policies.operations.purging import forget_private
from huigong.services.policies.operations.telling import tell_applicant, tell_office

_AT_ONCE = 500


def escalate_overdue() -> int:
    """Bring every application that the unit has not verified in its time before the union above, once.

    The unit keeps its right to verify; unit, union above and applicant are told. Returns how many.
    """
    late = Application.objects.filter(
        state=State.SUBMITTED, escalated_at=None, verify_by__lt=calendar.today()
    )
    ids = list(late.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_escalate(pk) for pk in ids)


@transaction.atomic
def _escalate(application_id: int) -> bool:
    """Mark it by one conditional statement, so that two workers tell nobody twice."""
    marked = Application.objects.filter(pk=application_id, state=State.SUBMITTED, escalated_at=None)
    if not marked.update(escalated_at=Now()):
        return False
    held = locked(application_id)
    above = orgs.ancestors(held.union).last() or held.union
    approvals.note(
        held,
        step="超期转上级",
        decision=approvals.Decision.ESCALATED,
        actor=audit.SYSTEM,
        office=above.name,
        remark=f"{held.union.name} {held.scheme.unit_days} 个工作日内没有核实",
    )
    audit.record(
        audit.SYSTEM,
        "policies:application:escalate",
        held,
        after={"verify_by": held.verify_by},
        org=held.union,
    )
    tell_office(above, held, f"一份“{held.scheme.title}”申报下级超期未核实，请督促或代为核实")
    tell_office(held.union, held, f"一份“{held.scheme.title}”申报已超期，已转{above.name}")
    tell_applicant(held, f"您的申报单位超期没有核实，已转{above.name}")
    return True


def lapse_uncorrected() -> int:
    """Withdraw what was returned and not corrected in time, so that the applicant may apply anew; returns how many."""
    late = Application.objects.filter(state=State.RETURNED, correct_by__lt=calendar.today())
    ids = list(late.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_lapse(pk) for pk in ids)


@transaction.atomic
def _lapse(application_id: int) -> bool:
    held = locked(application_id)
    if held.state != State.RETURNED or held.correct_by is None or held.correct_by >= calendar.today():
        return False
    move(held, (State.RETURNED,), State.WITHDRAWN, decided_at=Now())
    forget_private(held)
    approvals.note(
        held,
        step="补正超期",
        decision=approvals.Decision.WITHDRAWN,
        actor=audit.SYSTEM,
        remark="没有在期限内补正，视为撤回",
    )
    audit.record(audit.SYSTEM, "policies:application:lapse", held, org=books(held))
    tell_applicant(held, "您的申报没有在期限内补正，已自动撤回", "项目还开放时可以重新申报。")
    return True
