"""What activities do when something happens below them."""

from typing import Any

from django.dispatch import receiver

from huigong.core.audit import SYSTEM
from huigong.people.accounts.events import account_closed
from huigong.people.membership.events import member_left
from huigong.services.activities.operations.calendars import close_feed
from huigong.services.activities.operations.leaving import release_places


@receiver(member_left)
def on_member_left(person: Any, **kwargs: Any) -> None:
    """Who is no member any more keeps no place."""
    release_places(person, actor=SYSTEM)


@receiver(account_closed)
def on_account_closed(account: Any, **kwargs: Any) -> None:
    """The address of the calendar dies with the account."""
    close_feed(actor=account)
