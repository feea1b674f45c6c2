"""Co-hosts: a partner's person works on one activity until thirty days after its end."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import operations as orgs
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as org_queries
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity
from huigong.services.activities.operations.indexing import reindex

if TYPE_CHECKING:
    from huigong.people.orgs.models import ObjectGrant, Partner

ROLE = "co_host"
STAYS = timedelta(days=30)
"""So long after the end a co-host still sees who came and what it cost; then the access ends by itself."""
_OVER = (Activity.State.REPORTED, Activity.State.CANCELLED)


@transaction.atomic
def invite_co_host(activity: Activity, *, partner: "Partner", actor: audit.Actor) -> "ObjectGrant":
    """Ask a partner to co-host this one activity; its person is told where to accept or decline. Twice is harmless.

    Until they accept they see nothing of it but the invitation, and nobody sees the partner's name on its page.
    Refuses a partner of another union or an ended one ("not-partner"), oneself, and an activity that is over.
    """
    if not org_queries.partners_for(activity.union).filter(pk=partner.pk).exists():
        raise Refused("请从本工会或上级工会的联办单位里选择。", "not-partner")
    if activity.state in _OVER:
        raise Refused("活动已经办完或取消，不能再邀请联办。", "over")
    grant = orgs.invite_guest(
        partner.account,
        kind=permissions.GRANT,
        object_id=activity.pk,
        role=ROLE,
        expires_at=activity.ends_at + STAYS,
        union=activity.union,
        actor=actor,
        partner=partner,
    )
    if not grant.is_accepted:
        inbox.send(
            [partner.account_id],
            kind=inbox.Kind.TASK,
            title=f"{activity.union}邀请您联办：{activity.title}",
            body="请点开看看要做什么，再接受或谢绝。",
            url=reverse("activities:co-host-invitation", args=[grant.pk]),
        )
    return grant


@transaction.atomic
def accept_co_hosting(activity: Activity, *, grant: "ObjectGrant", actor: audit.Actor) -> Activity:
    """The partner says yes: its person works on this activity from now on, and its name stands on the page.

    The organiser's cadres are told. Twice is harmless. Refuses ("over") an activity that was held or called off,
    ("declined") after a no, and ("no-invitation") an invitation that was taken back or has expired.
    """
    activity = _locked(activity)
    if activity.state in _OVER or activity.ends_at <= timezone.now():
        raise Refused("活动已经办完或取消，不用再答复。", "over")
    if orgs.accept_invitation(grant, union=activity.union, actor=actor):
        name = _named(grant)
        if name not in _names(activity):
            _write(activity, [*_names(activity), name])
        _tell_organiser(activity, f"{name}接受了联办邀请：{activity.title}")
    return activity


@transaction.atomic
def decline_co_hosting(
    activity: Activity, *, grant: "ObjectGrant", actor: audit.Actor, reason: str = ""
) -> None:
    """The partner says no; the organiser's cadres are told, with the reason if there is one. Twice is harmless.

    Refuses ("accepted") after a yes, and ("no-invitation") an invitation that was taken back or has expired.
    """
    reason = reason.strip()[:200]
    if orgs.decline_invitation(grant, union=activity.union, actor=actor, reason=reason):
        _tell_organiser(activity, f"{_named(grant)}谢绝了联办邀请：{activity.title}", reason)


@transaction.atomic
def remove_co_host(activity: Activity, *, grant: "ObjectGrant", actor: audit.Actor) -> None:
    """End a co-host's access now and take the partner's name off the page, or take an invitation back.

    Twice is harmless.
    """
    activity = _locked(activity)
    orgs.revoke_grant(grant, union=activity.union, actor=actor)
    _write(activity, [name for name in _names(activity) if name != _named(grant)])


def follow_end(activity: Activity) -> None:
    """Co-hosts of an activity that was put off stay as much longer."""
    orgs.move_grants(permissions.GRANT, activity.pk, expires_at=activity.ends_at + STAYS)


def _locked(activity: Activity) -> Activity:
    """Two partners who answer at once both get onto the page."""
    return Activity.objects.select_for_update(of=("self",)).select_related("union").get(pk=activity.pk)


def _named(grant: "ObjectGrant") -> str:
    return str(grant.partner or grant.account)


def _names(activity: Activity) -> list[str]:
    return [name for name in activity.co_hosts.split("、") if name]


def _write(activity: Activity, names: list[str]) -> None:
    """Put the names on the page and into what the activity is found by."""
    activity.co_hosts = "、".join(names)[:200]
    reindex(activity)
    activity.save(update_fields=["co_hosts", "words"])


def _tell_organiser(activity: Activity, title: str, body: str = "") -> None:
    inbox.send(
        org_queries.officer_accounts(activity.union, *org_permissions.CADRES),
        kind=inbox.Kind.TASK,
        title=title,
        body=body,
        url=reverse("activities:co-hosts", args=[activity.pk]),
    )
