"""Who learns of what happens in a thread: by a message in the inbox, and by open pages at once."""

from typing import TYPE_CHECKING

from django.db.models.functions import Now
from django.urls import reverse

from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.conversations.models import Message, Thread

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union


def author_url(thread: Thread) -> str:
    """Where who wrote the thread reads it."""
    return reverse("conversations:detail" if thread.person_id else "conversations:desk", args=[thread.pk])


def desk_url(thread: Thread) -> str:
    """Where who answers it works on it."""
    return reverse("conversations:desk", args=[thread.pk])


def accounts_at(union: "Union", thread: Thread) -> list[int]:
    """Who answers for `union` today; not the worker who wrote the thread, should they hold office there."""
    author = thread.person.account_id if thread.person else None
    held = orgs.officers(union, *offices.CADRES).values_list("account_id", flat=True)
    return [account_id for account_id in dict.fromkeys(held) if account_id != author]


def authors(thread: Thread) -> list[int | None]:
    """The accounts on the writing side."""
    if thread.person:
        return [thread.person.account_id]
    return [*accounts_at(thread.home, thread)]


def tell_author(thread: Thread, title: str, body: str, *, always: bool = False) -> None:
    """One message to the writing side; none while an earlier one is unread, so that a talk does not fill the inbox.

    `always`: for what is decided and not only said.
    """
    was_read = Thread.objects.filter(pk=thread.pk, is_new_to_author=False).update(is_new_to_author=True)
    if was_read or always:
        kind = inbox.Kind.REQUEST if thread.person_id else inbox.Kind.TASK
        inbox.send(authors(thread), kind=kind, title=title, body=body[:80], url=author_url(thread))
    pulse(thread)


def tell_union(thread: Thread, title: str, body: str, *, always: bool = False) -> None:
    """One message to who handles it, else to all who answer for the union; again only when they have read it."""
    was_read = Thread.objects.filter(pk=thread.pk, is_new_to_union=False).update(is_new_to_union=True)
    if was_read or always:
        at_union = accounts_at(thread.union, thread)
        handling = [thread.assignee_id] if thread.assignee_id in at_union else at_union
        inbox.send(handling, kind=inbox.Kind.TASK, title=title, body=body[:80], url=desk_url(thread))
    pulse(thread)


def pulse(thread: Thread) -> None:
    """Open pages of both sides look for what is new."""
    accounts: list[int | None] = authors(thread)
    for part in thread.handlings.select_related("union"):
        accounts += accounts_at(part.union, thread)
    inbox.announce(dict.fromkeys(accounts))


def note_event(thread: Thread, text: str) -> Message:
    """A line between the messages that both sides read."""
    message = Message.objects.create(thread=thread, kind=Message.Kind.EVENT, text=text)
    Thread.objects.filter(pk=thread.pk).update(last_at=Now())
    return message
