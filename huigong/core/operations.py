"""Writes without business words."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit
from huigong.core.models import Heartbeat, Holiday, IdempotencyKey, RateCount


def beat(name: str) -> None:
    """The process `name` is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()})


def sweep() -> None:
    """Forget counts and keys that no longer matter."""
    RateCount.objects.filter(window__lt=Now() - timedelta(days=2)).delete()
    IdempotencyKey.objects.filter(created_at__lt=Now() - timedelta(days=7)).delete()


@transaction.atomic
def set_holiday(day: date, *, is_working: bool, source: str, actor: audit.Actor) -> Holiday:
    """Say whether `day` is a working day, against the built-in calendar; a second word on a day replaces the first."""
    holiday, _ = Holiday.objects.update_or_create(
        day=day, defaults={"is_working": is_working, "source": source}
    )
    after = {"day": day, "is_working": is_working, "source": source}
    audit.record(actor, "core:holiday:set", holiday, after=after)
    return holiday


@transaction.atomic
def remove_holiday(holiday: Holiday, *, reason: str, actor: audit.Actor) -> None:
    """Go back to the built-in calendar for that day."""
    before = {"is_working": holiday.is_working, "source": holiday.source}
    audit.record(actor, "core:holiday:remove", holiday, before=before, after={"reason": reason})
    holiday.delete()
