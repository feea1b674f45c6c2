"""Writing the trail of a request."""

from typing import Any

from huigong.core.audit import Actor
from huigong.core.errors import Refused
from huigong.core.prepared import insert
from huigong.people.approvals.models import Step

Decision = Step.Decision
LONGEST_REMARK = 300


def remark_of(text: str) -> str:
    """What a reviewer wrote, ready to be kept. Refuses what is too long ("remark-too-long"): nothing is cut off."""
    remark = text.strip()
    if len(remark) > LONGEST_REMARK:
        raise Refused(
            f"意见或原因最多 {LONGEST_REMARK} 字，您写了 {len(remark)} 字，请缩短后再提交。",
            "remark-too-long",
            status=422,
        )
    return remark


def note(request: Any, *, step: str, decision: str, actor: Actor, office: str = "", remark: str = "") -> Step:
    """Add a step to the trail of `request` (any model instance); the deciding operation calls this."""
    return insert(
        Step(
            kind=request._meta.label_lower,
            request_id=request.pk,
            step=step,
            decision=decision,
            reviewer_id=actor.pk,
            reviewer_name=actor.display_name,
            office=office,
            remark=remark,
        )
    )
