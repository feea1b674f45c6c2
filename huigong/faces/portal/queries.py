"""What the members' pages show, gathered from the modules that know it."""

from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as orgs
from huigong.resources.points import queries as points
from huigong.services.activities import queries as activities


@dataclass(frozen=True)
class Home:
    """Everything on the home page."""

    root_name: str
    member_count: int
    member: membership.Member | None
    services: list[dict[str, str]]
    slides: list[dict[str, str]]
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
        services=_services(member is not None),
        slides=_slides(member is not None),
        activities=activities.featured(actor),
        points=points.balance(member.person_id) if member else 0,
        signups=activities.live_signup_count(actor) if member else 0,
        todos=membership.open_request_count(actor) if actor.pk else 0,
    )


def _services(is_member: bool) -> list[dict[str, str]]:
    """The services that exist. A member is not asked to join."""
    joining = (
        _service("我的会籍", "id-card", "red", "membership:status")
        if is_member
        else _service("入会申请", "user-plus", "red", "membership:join")
    )
    return [
        joining,
        _service("活动报名", "calendar-check", "orange", "activities:index"),
        _service("会员码", "qr-code", "purple", "portal:member-card"),
        _service("我的积分", "coins", "gold", "portal:points"),
        _service("我的工会", "building-2", "blue", "membership:my-union"),
    ]


def _service(label: str, icon: str, tone: str, name: str) -> dict[str, str]:
    return {"label": label, "icon": icon, "tone": tone, "href": reverse(name)}


def _slides(is_member: bool) -> list[dict[str, str]]:
    """The banners on top: our own drawings, leading to what there is to do."""
    join = {
        "image": static("core/img/banner-huian.svg"),
        "title": "加入工会 一步申请",
        "note": "找到您的单位，手机上就能办",
        "action": "申请入会",
        "href": reverse("membership:join"),
    }
    activities_slide = {
        "image": static("core/img/banner-workers.svg"),
        "title": "劳动创造幸福",
        "note": "职工活动天天有，总有一场适合您",
        "action": "去看活动",
        "href": reverse("activities:index"),
    }
    return [activities_slide] if is_member else [activities_slide, join]


@dataclass(frozen=True)
class Ledger:
    """A member's points: the balance, lines newest first, the id before which older ones lie, what ends next."""

    balance: int
    lines: list[points.Line]
    next: int | None
    ending: points.Ending | None


def ledger(actor: Actor, *, before: int | None = None, limit: int = 20) -> Ledger:
    """The actor's points from below entry id `before`; empty for somebody who is no member."""
    person = membership.person_of(actor)
    if person is None:
        return Ledger(0, [], None, None)
    found = points.lines(person.pk, before=before, limit=limit + 1)
    more = len(found) > limit
    following = found[limit - 1].entry_id if more else None
    ending = None if before else points.next_ending(person.pk)
    return Ledger(points.balance(person.pk), found[:limit], following, ending)


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
