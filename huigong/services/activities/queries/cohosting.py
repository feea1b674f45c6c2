"""Who co-hosts an activity, and whom one may ask to."""

from dataclasses import dataclass
from datetime import datetime

from huigong.people.orgs import queries as orgs
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity


@dataclass(frozen=True)
class CoHost:
    """Somebody of another body who works on the activity."""

    grant_id: int
    name: str
    person: str
    until: datetime


@dataclass(frozen=True)
class Invitable:
    """A partner that may be asked."""

    partner_id: int
    name: str
    kind: str
    person: str


def co_hosts(activity: Activity) -> list[CoHost]:
    """Whoever works on it as a guest now."""
    return [
        CoHost(grant.pk, str(grant.partner or grant.account), str(grant.account), grant.expires_at)
        for grant in orgs.grants_on(permissions.GRANT, activity.pk)
    ]


def invitable(activity: Activity) -> list[Invitable]:
    """Partners of the organiser and of the unions above it that do not co-host the activity yet."""
    there = orgs.grants_on(permissions.GRANT, activity.pk).exclude(partner=None).values("partner")
    return [
        Invitable(partner.pk, partner.name, partner.get_kind_display(), str(partner.account))
        for partner in orgs.partners_for(activity.union).exclude(pk__in=there)
    ]
