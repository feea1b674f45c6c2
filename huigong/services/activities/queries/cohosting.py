"""Who co-hosts an activity, whom one may ask to, and what an invitation says."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from huigong.people.orgs import queries as orgs
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity
from huigong.services.activities.queries.words import days_zh

if TYPE_CHECKING:
    from huigong.people.orgs.models import ObjectGrant


@dataclass(frozen=True)
class CoHost:
    """Somebody of another body who works on the activity, or was asked to and has not answered."""

    grant_id: int
    name: str
    person: str
    until: datetime
    has_accepted: bool


@dataclass(frozen=True)
class Invitable:
    """A partner that may be asked."""

    partner_id: int
    name: str
    kind: str
    person: str


def co_hosts(activity: Activity) -> list[CoHost]:
    """Whoever works on it as a guest now, and whoever was asked to."""
    return [
        CoHost(
            grant.pk,
            str(grant.partner or grant.account),
            str(grant.account),
            grant.expires_at,
            grant.is_accepted,
        )
        for grant in orgs.grants_on(permissions.GRANT, activity.pk)
    ]


def invitable(activity: Activity) -> list[Invitable]:
    """Partners of the organiser and of the unions above it that do not co-host the activity and were not asked."""
    there = orgs.grants_on(permissions.GRANT, activity.pk).exclude(partner=None).values("partner")
    return [
        Invitable(partner.pk, partner.name, partner.get_kind_display(), str(partner.account))
        for partner in orgs.partners_for(activity.union).exclude(pk__in=there)
    ]


@dataclass(frozen=True)
class Invitation:
    """What a partner is asked to co-host, as its person reads it before answering."""

    grant_id: int
    activity: Activity
    partner: str
    when: str
    until: datetime
    state: str
    """"open", "accepted", "declined", or "over": taken back, expired, or about an activity that is."""


def invitation(activity: Activity, grant: "ObjectGrant") -> Invitation:
    """The invitation as it stands now."""
    return Invitation(
        grant_id=grant.pk,
        activity=activity,
        partner=str(grant.partner or grant.account),
        when=days_zh(activity.starts_at, activity.ends_at),
        until=grant.expires_at,
        state=_standing(activity, grant),
    )


def _standing(activity: Activity, grant: "ObjectGrant") -> str:
    now = timezone.now()
    if grant.state == "declined":
        return "declined"
    if grant.revoked_at or grant.expires_at <= now:
        return "over"
    if grant.is_accepted:
        return "accepted"
    is_called_off = activity.state in (Activity.State.REPORTED, Activity.State.CANCELLED)
    return "over" if is_called_off or activity.ends_at <= now else "open"
