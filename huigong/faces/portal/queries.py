"""What the members' pages show, gathered from the modules that know it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as orgs
from huigong.resources.points import queries as points
from huigong.services.activities import queries as activities


@dataclass(frozen=True)
class Service:
    """One icon of the grid. `tone` is its colour class."""

    label: str
    icon: str
    tone: str
    href: str


@dataclass(frozen=True)
class Home:
    """Everything on the home page."""

    root_name: str
    member_count: int
    member: membership.Member | None
    services: list[Service]
    activities: list[activities.Card]
    points: int
    signups: int
    todos: int


def home(actor: Actor) -> Home:
    """The home page of `actor`, who may be anonymous."""
    member = membership.member_of(actor) if actor.pk else None
    return Home(
        root_name=orgs.root_name(),
        member_count=membership.member_count(),
        member=member,
        services=services(member is not None),
        activities=activities.featured(actor),
        points=points.balance(member.person_id) if member else 0,
        signups=activities.live_signup_count(actor) if member else 0,
        todos=membership.open_request_count(actor) if actor.pk else 0,
    )


def services(is_member: bool) -> list[Service]:
    """The services that exist. A member is not asked to join."""
    joining = (
        Service("我的会籍", "id-card", "r", reverse("membership:status"))
        if is_member
        else Service("入会申请", "user-plus", "r", reverse("membership:join"))
    )
    return [
        joining,
        Service("活动报名", "calendar-check", "o", reverse("activities:index")),
        Service("会员码", "qr-code", "p", reverse("portal:member-card")),
        Service("我的积分", "coins", "y", reverse("portal:points")),
        Service("我的工会", "building-2", "b", reverse("membership:my-union")),
    ]


@dataclass(frozen=True)
class Ledger:
    """A member's points: the balance, lines newest first, and the id before which older ones lie."""

    balance: int
    lines: list[points.Line]
    next: int | None


def ledger(actor: Actor, *, before: int | None = None, limit: int = 20) -> Ledger:
    """The actor's points from below entry id `before`; empty for somebody who is no member."""
    person = membership.person_of(actor)
    if person is None:
        return Ledger(0, [], None)
    found = points.lines(person.pk, before=before, limit=limit + 1)
    more = len(found) > limit
    return Ledger(points.balance(person.pk), found[:limit], found[limit - 1].entry_id if more else None)


def my_card(actor: Actor) -> dict[str, Any] | None:
    """What stands on the e-membership card, or None for somebody who is no member."""
    person = membership.person_of(actor)
    held = membership.current_membership(person) if person else None
    if person is None or held is None:
        return None
    return {
        "name": person.name,
        "union": held.union.name,
        "number": held.member_no,
        "joined_on": held.joined_on,
        "state": held.get_state_display(),
    }
