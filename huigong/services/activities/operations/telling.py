"""What members are told about their part, and where the message leads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from huigong.people.inbox import operations as inbox
from huigong.services.activities.models import Signup

if TYPE_CHECKING:
    from huigong.resources.seats.models import Entry


def announce_offers(entries: "Sequence[Entry]") -> None:
    """Tell those to whom a place was offered until when they must take it."""
    for signup in signups_of(entries):
        inbox.send(
            [signup.person.account_id],
            kind=inbox.Kind.ACTIVITY,
            title=f"“{signup.session.activity.title}”有名额了，请尽快确认",
            body="候补名额为您保留一段时间，过时将让给下一位。",
            url=signup_url(signup),
        )


def signups_of(entries: "Sequence[Entry]") -> list[Signup]:
    """The signups of some entries, with what a message about them needs."""
    if not entries:
        return []
    found = Signup.objects.filter(entry__in=[entry.pk for entry in entries])
    return list(found.select_related("person", "session__activity"))


def signup_url(signup: Signup) -> str:
    """The member's page about their part."""
    return reverse("activities:my-signup", args=[signup.pk])
