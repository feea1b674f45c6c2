"""Reading the trail of a request."""

from typing import Any

from huigong.core.audit import Moment
from huigong.people.approvals.models import Step


def trail(request: Any) -> list[Step]:
    """Every step of `request`, oldest first. The caller has checked that the reader may see it."""
    return list(Step.objects.filter(kind=request._meta.label_lower, request_id=request.pk).order_by("id"))


_TONES = {Step.Decision.REJECTED: "bad", Step.Decision.RETURNED: "bad", Step.Decision.WITHDRAWN: "bad"}


def moments(request: Any) -> list[Moment]:
    """The same for a history page."""
    return [
        Moment(
            step.created_at,
            f"{step.step} · {step.get_decision_display()}",
            " · ".join(part for part in (step.reviewer_name, step.office) if part),
            (step.remark,) if step.remark else (),
            _TONES.get(Step.Decision(step.decision), "done"),
            about=f"{step.kind}:{step.request_id}",
        )
        for step in trail(request)
    ]
