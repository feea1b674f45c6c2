"""Telling people things, and marking them read."""

from collections.abc import Iterable

from django.db.models.functions import Now

from huigong.core.audit import Actor
from huigong.people.inbox import permissions
from huigong.people.inbox.models import Message

Kind = Message.Kind


def send(accounts: Iterable[int | None], *, kind: str, title: str, url: str, body: str = "") -> int:
    """Put one message into the inbox of each account id; None (a person without account) is passed over.

    `url` is the page it is about, on this site. Returns how many were written.
    """
    rows = [
        Message(account_id=account_id, kind=kind, title=title[:80], body=body[:500], url=url)
        for account_id in dict.fromkeys(accounts)
        if account_id is not None
    ]
    Message.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def mark_read(message: Message) -> None:
    """Note the first time it was opened."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=Now())


def mark_all_read(*, actor: Actor) -> int:
    """Everything in the actor's inbox is read; returns how many were not."""
    return permissions.visible_to(actor).filter(read_at=None).update(read_at=Now())
