"""Reads of the inbox."""

from dataclasses import dataclass

from huigong.core.audit import Actor
from huigong.people.inbox import permissions
from huigong.people.inbox.models import Message

CHANNEL = "huigong_inbox"
"""PostgreSQL notifies here, with an account's id, when something is new for it, or with `EVERYBODY`."""
EVERYBODY = "*"


def unread_count(actor: Actor) -> int:
    """How many messages the actor has not opened; counted to 99 at most."""
    return permissions.visible_to(actor).filter(read_at=None)[:100].count()


@dataclass(frozen=True)
class Page:
    """Messages, newest first, and the id before which the next page lies (None at the end)."""

    rows: list[Message]
    next: int | None


def page(actor: Actor, *, before: int | None = None, limit: int = 20) -> Page:
    """The actor's messages from below id `before`."""
    found = permissions.visible_to(actor).order_by("-id")
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: limit + 1])
    return Page(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)
