"""What unions do when something happens below them."""

from typing import Any

from django.dispatch import receiver

from huigong.people.accounts.events import account_closed
from huigong.people.orgs.operations.founding import require_no_founding


@receiver(account_closed)
def on_account_closed(account: Any, **kwargs: Any) -> None:
    """Who is founding a union is still needed."""
    require_no_founding(account)
