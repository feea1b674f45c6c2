"""Reading the trail of a request."""

from typing import Any

from huigong.core import formats
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


_STATES = {Step.Decision.RETURNED: "bad", Step.Decision.REJECTED: "bad", Step.Decision.ESCALATED: "bad"}


def told(request: Any) -> list[dict[str, str]]:
    """Every step of `request` for its author, as the timeline macro takes them: offices are named, people are not."""
    return [_told(step) for step in trail(request)]


def _told(step: Step) -> dict[str, str]:
    decision = Step.Decision(step.decision)
    title = f"{step.step}：{decision.label}"
    if decision == Step.Decision.SUBMITTED:
        title = step.step
    elif decision in (Step.Decision.ESCALATED, Step.Decision.WITHDRAWN):
        title = str(decision.label)
    return {
        "title": title,
        "state": _STATES.get(decision, "done"),
        "time": formats.date_zh(step.created_at),
        "note": "：".join(part for part in (step.office, step.remark) if part),
    }
