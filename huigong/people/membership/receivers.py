"""What the roll does when something happens below it."""

from typing import Any

from django.dispatch import receiver

from huigong.people.accounts.events import account_closed, consent_withdrawn
from huigong.people.membership.operations.dissolving import require_nobody_left
from huigong.people.membership.operations.letting_go import release_account, stop_membership_work
from huigong.people.orgs.events import org_dissolved


@receiver(org_dissolved)
def on_org_dissolved(union_id: int, **kwargs: Any) -> None:
    """A union with people on its roll does not end."""
    require_nobody_left(union_id)


@receiver(account_closed)
def on_account_closed(account: Any, **kwargs: Any) -> None:
    """The record is nobody's again, and what was asked for is taken back."""
    release_account(account)


@receiver(consent_withdrawn)
def on_consent_withdrawn(account: Any, **kwargs: Any) -> None:
    """Joining is what the consent was for."""
    stop_membership_work(account)
