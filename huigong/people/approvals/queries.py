"""Reading the trail of a request."""

from typing import Any

from huigong.people.approvals.models import Step


def trail(request: Any) -> list[Step]:
    """Every step of `request`, oldest first. The caller has checked that the reader may see it."""
    return list(Step.objects.filter(kind=request._meta.label_lower, request_id=request.pk).order_by("id"))
