"""What people are told, and where the message leads."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from huigong.people.inbox import operations as inbox
from huigong.people.orgs import queries as org_queries
from huigong.services.activities import permissions, queries
from huigong.services.activities.models import Activity, Session, Signup

if TYPE_CHECKING:
    from huigong.resources.seats.models import Entry

LIVE = ("pending", "confirmed", "waiting", "offered")


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


def announce_changes(activity: Activity, moved: "Iterable[Session]", *, place_changed: bool) -> None:
    """Tell everybody with part in it that a session has another time or place: one message each."""
    there = activity.sessions.filter(place="") if place_changed else []
    changed = {session.pk: session for session in [*moved, *there]}.values()
    if changed:
        tell_co_hosts(activity, f"“{activity.title}”的时间或地点有变化")
    for session in changed:
        session.activity = activity
        live = Signup.objects.filter(session=session, entry__state__in=LIVE)
        inbox.send(
            live.values_list("person__account_id", flat=True),
            kind=inbox.Kind.ACTIVITY,
            title=f"“{activity.title}”的时间或地点有变化",
            body=f"{queries.when(session)}，{queries.where(session)}。如不能参加，请及时取消报名。",
            url=reverse("activities:detail", args=[activity.pk]),
        )


def tell_co_hosts(activity: Activity, title: str, body: str = "") -> None:
    """Tell those who co-host the activity."""
    guests = org_queries.guests_on(permissions.GRANT, activity.pk)
    inbox.send(
        [grant.account_id for grant in guests],
        kind=inbox.Kind.TASK,
        title=title,
        body=body,
        url=manage_url(activity),
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


def manage_url(activity: Activity) -> str:
    """The cadres' page about the activity."""
    return reverse("activities:manage", args=[activity.pk])
