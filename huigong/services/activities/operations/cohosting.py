"""Co-hosts: a partner's person works on one activity until thirty days after its end."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.orgs import operations as orgs
from huigong.people.orgs import queries as org_queries
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity
from huigong.services.activities.operations.telling import manage_url

if TYPE_CHECKING:
    from huigong.people.orgs.models import ObjectGrant, Partner

ROLE = "co_host"
STAYS = timedelta(days=30)
"""So long after the end a co-host still sees who came and what it cost; then the access ends by itself."""


@transaction.atomic
def invite_co_host(activity: Activity, *, partner: "Partner", actor: audit.Actor) -> "ObjectGrant":
    """Let the partner's person work on this one activity, and name the partner on its page. Twice is harmless.

    They are told, and see nothing else of the union. Refuses a partner of another union or an ended one
    ("not-partner"), oneself, and an activity that is over.
    """
    if not org_queries.partners_for(activity.union).filter(pk=partner.pk).exists():
        raise Refused("请从本工会或上级工会的联办单位里选择。", "not-partner")
    if activity.state in (Activity.State.REPORTED, Activity.State.CANCELLED):
        raise Refused("活动已经办完或取消，不能再邀请联办。", "over")
    grant = orgs.grant_object(
        partner.account,
        kind=permissions.GRANT,
        object_id=activity.pk,
        role=ROLE,
        expires_at=activity.ends_at + STAYS,
        title=activity.title,
        url=manage_url(activity),
        union=activity.union,
        actor=actor,
        partner=partner,
    )
    if partner.name not in _names(activity):
        _write(activity, [*_names(activity), partner.name])
    return grant


@transaction.atomic
def remove_co_host(activity: Activity, *, grant: "ObjectGrant", actor: audit.Actor) -> None:
    """End a co-host's access now, and take the partner's name off the page. Twice is harmless."""
    orgs.revoke_grant(grant, union=activity.union, actor=actor)
    partner = grant.partner
    if partner is not None:
        _write(activity, [name for name in _names(activity) if name != partner.name])


def follow_end(activity: Activity) -> None:
    """Co-hosts of an activity that was put off stay as much longer."""
    orgs.move_grants(permissions.GRANT, activity.pk, expires_at=activity.ends_at + STAYS)


def _names(activity: Activity) -> list[str]:
    return [name for name in activity.co_hosts.split("、") if name]


def _write(activity: Activity, names: list[str]) -> None:
    activity.co_hosts = "、".join(names)[:200]
    activity.save(update_fields=["co_hosts"])
