"""What the roll does when something happens below it."""

from typing import Any

from django.dispatch import receiver

from huigong.people.membership.operations.dissolving import require_nobody_left
from huigong.people.orgs.events import org_dissolved


@receiver(org_dissolved)
def on_org_dissolved(union_id: int, **kwargs: Any) -> None:
    """A union with people on its roll does not end."""
    require_nobody_left(union_id)
