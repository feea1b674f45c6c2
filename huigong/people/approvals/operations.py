"""Writing the trail of a request."""

from typing import Any

from huigong.core.audit import Actor
from huigong.people.approvals.models import Step

Decision = Step.Decision


def note(request: Any, *, step: str, decision: str, actor: Actor, office: str = "", remark: str = "") -> Step:
    """Add a step to the trail of `request` (any model instance); the deciding operation calls this."""
    return Step.objects.create(
        kind=request._meta.label_lower,
        request_id=request.pk,
        step=step,
        decision=decision,
        reviewer_id=actor.pk,
        reviewer_name=actor.display_name,
        office=office,
        remark=remark,
    )
