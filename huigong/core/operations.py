"""Writes without business words."""

from datetime import timedelta

from django.db.models.functions import Now

from huigong.core.models import Heartbeat, IdempotencyKey, RateCount


def beat(name: str) -> None:
    """The process `name` is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": Now()})


def sweep() -> None:
    """Forget counts and keys that no longer matter."""
    RateCount.objects.filter(window__lt=Now() - timedelta(days=2)).delete()
    IdempotencyKey.objects.filter(created_at__lt=Now() - timedelta(days=7)).delete()
