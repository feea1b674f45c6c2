"""What all decisions about requests share. Not public."""

from typing import Any

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.membership.operations.telling import Request
from huigong.people.orgs import queries as orgs

Decision = approvals.Decision


def require_other(actor: audit.Actor, applicant_id: int | None) -> None:
    """Nobody decides about their own request."""
    if actor.pk is not None and actor.pk == applicant_id:
        raise Refused("不能审批自己的申请，请由其他工会干部办理。", "own-request", status=403)


def require_reason(reason: str) -> str:
    """A no comes with words for the person."""
    if not reason.strip():
        raise Refused("请写明原因，申请人会看到。", "no-reason", status=422)
    return approvals.remark_of(reason)


def move(request: Request, sources: tuple[str, ...], state: str, **values: Any) -> None:
    """Change the state by one conditional statement; of two racing decisions one is refused."""
    moved = type(request).objects.filter(pk=request.pk, state__in=sources).update(state=state, **values)
    if not moved:
        request.refresh_from_db(fields=["state"])
        raise Refused(f"这份申请当前是“{request.get_state_display()}”，不能这样办理。", "wrong-state")
    request.state = state
    for name, value in values.items():
        setattr(request, name, value)


def decide(
    request: Request,
    sources: tuple[str, ...],
    state: str,
    *,
    step: str,
    decision: str,
    actor: audit.Actor,
    remark: str = "",
    **values: Any,
) -> None:
    """Move the request and write the step into its trail, with the office that the actor speaks for."""
    union = request.deciding_union
    move(request, sources, state, decided_reason=remark, **values)
    office = orgs.office_of(actor, union) or union.name
    approvals.note(request, step=step, decision=decision, actor=actor, office=office, remark=remark)
