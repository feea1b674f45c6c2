"""Reads of the inbox."""

from huigong.core.audit import Actor
from huigong.people.inbox import permissions


def unread_count(actor: Actor) -> int:
    """How many messages the actor has not opened; counted to 99 at most."""
    return permissions.visible_to(actor).filter(read_at=None)[:100].count()
