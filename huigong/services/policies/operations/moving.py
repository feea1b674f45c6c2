"""What all steps of an application share: they change its state by one statement, in the right order. Not public."""

from datetime import date
from typing import Any

from django.db.models.functions import Now

from huigong.core import calendar
from huigong.core import queries as core
from huigong.core.errors import Refused
from huigong.services.policies.models import Application, Scheme

State = Application.State
DECIDE_DAYS = 10
"""Working days to decide about what was verified."""


def move(application: Application, sources: tuple[str, ...], state: str, **values: Any) -> None:
    """Change the state, if it still is one of `sources`; of two who act at once the second is refused."""
    found = Application.objects.filter(pk=application.pk, state__in=sources)
    if not found.update(state=state, **values):
        raise refusal(application)
    application.refresh_from_db()


def refusal(application: Application) -> Refused:
    """Why something that another state would allow cannot be done now."""
    application.refresh_from_db(fields=["state"])
    return Refused(f"这份申报当前是“{application.get_state_display()}”，不能这样办理。", "wrong-state")


def locked(application_id: int) -> Application:
    """The row as it is now, held until the transaction ends."""
    rows = Application.objects.select_for_update(of=("self",))
    return rows.select_related("scheme__union", "union", "person").get(pk=application_id)


def writable(application: Application) -> Application:
    """The same, if it is the applicant's to fill in or to correct; refuses what was handed in."""
    held = locked(application.pk)
    if held.state not in (State.DRAFT, State.RETURNED):
        raise refusal(held)
    return held


def in_window(prefix: str = "") -> dict[str, Any]:
    """That a scheme takes applications now, by the database's clock: a condition on it, or on what belongs to it."""
    return {
        f"{prefix}state": Scheme.State.OPEN,
        f"{prefix}opens_at__lte": Now(),
        f"{prefix}closes_at__gt": Now(),
    }


def in_working_days(count: int) -> date:
    """The day by which somebody has to act who has `count` working days from today."""
    return calendar.add_working_days(calendar.today(), count, core.calendar_overrides())
