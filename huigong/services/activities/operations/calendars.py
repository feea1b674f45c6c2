"""Opening and closing the feed of a member's activities."""

import secrets

from django.db import transaction

from huigong.core import audit
from huigong.services.activities.models import CalendarFeed
from huigong.services.activities.queries import token_hash


@transaction.atomic
def open_feed(*, actor: audit.Actor) -> str:
    """A new secret token for the actor's feed; an older one is void from now on. Only its hash is kept."""
    token = secrets.token_urlsafe(24)
    feed, _ = CalendarFeed.objects.update_or_create(
        account_id=actor.pk, defaults={"token_hash": token_hash(token)}
    )
    audit.record(actor, "activities:calendar:open", feed)
    return token


@transaction.atomic
def close_feed(*, actor: audit.Actor) -> None:
    """Void the actor's feed. Without one nothing happens."""
    feed = CalendarFeed.objects.filter(account_id=actor.pk).first()
    if feed:
        audit.record(actor, "activities:calendar:close", feed)
        feed.delete()
