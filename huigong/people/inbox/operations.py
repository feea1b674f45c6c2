"""Telling people things, and marking them read."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from huigong.core.audit import Actor
from huigong.people.inbox import permissions
from huigong.people.inbox.models import Message
from huigong.people.inbox.queries import CHANNEL, EVERYBODY

Kind = Message.Kind
LIVE_LIMIT = 200
"""To more people at once nothing is announced: their pages learn of it at the next look."""


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
    if len(rows) <= LIVE_LIMIT:
        announce(row.account_id for row in rows)
    return len(rows)


def announce(account_ids: Iterable[int | None]) -> None:
    """Tell the open pages of these accounts that something is new, when and only if the transaction commits."""
    _notify([str(account_id) for account_id in account_ids if account_id is not None])


def announce_all() -> None:
    """Tell every open page; each then counts for its own reader."""
    _notify([EVERYBODY])


def _notify(payloads: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, word) FROM unnest(%s::text[]) AS word", [CHANNEL, payloads])


def retract(url: str) -> int:
    """Take back every message about the page `url`; returns how many there were."""
    count, _ = Message.objects.filter(url=url).delete()
    return count


def mark_read(message: Message) -> None:
    """Note the first time it was opened."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=Now())
    announce([message.account_id])


def mark_page_read(url: str, *, actor: Actor) -> None:
    """The actor has the page `url` before their eyes: what led there is read. Again changes nothing."""
    if permissions.visible_to(actor).filter(url=url, read_at=None).update(read_at=Now()):
        announce([actor.pk])


def mark_all_read(*, actor: Actor) -> int:
    """Everything in the actor's inbox is read; returns how many were not."""
    count = permissions.visible_to(actor).filter(read_at=None).update(read_at=Now())
    if count and actor.pk:
        announce([actor.pk])
    return count


def empty(account_id: int) -> None:
    """Delete every message of an account that ends."""
    Message.objects.filter(account_id=account_id).delete()


def forget_about(urls: Iterable[str]) -> int:
    """Delete the messages, in whatever inbox, that lead to pages which are gone; returns how many."""
    return Message.objects.filter(url__in=list(urls)).delete()[0]


def sweep() -> int:
    """Forget messages after two years, read or not; returns how many."""
    return Message.objects.filter(created_at__lt=Now() - timedelta(days=730)).delete()[0]
