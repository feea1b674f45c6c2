"""What the inbox does when something happens below it."""

from typing import Any

from django.dispatch import receiver

from huigong.people.accounts.events import account_closed
from huigong.people.inbox.operations import empty


@receiver(account_closed)
def on_account_closed(account: Any, **kwargs: Any) -> None:
    """Nobody will read them any more."""
    empty(account.pk)
