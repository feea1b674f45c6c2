"""What activities do when something happens below them."""

from typing import Any

from django.dispatch import receiver

from huigong.core.audit import SYSTEM
from huigong.people.membership.events import member_left
from huigong.services.activities.operations.leaving import release_places


@receiver(member_left)
def on_member_left(person: Any, **kwargs: Any) -> None:
    """Who is no member any more keeps no place."""
    release_places(person, actor=SYSTEM)
