"""An inbox is its owner's alone."""

from django.db.models import QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.inbox.models import Message


def visible_to(actor: Actor) -> QuerySet[Message]:
    """The actor's own messages."""
    return Message.objects.filter(account_id=actor.pk)


def get_message(actor: Actor, message_id: int) -> Message:
    """One of the actor's messages, or 404."""
    message = visible_to(actor).filter(pk=message_id).first()
    if message is None:
        raise Http404
    return message
