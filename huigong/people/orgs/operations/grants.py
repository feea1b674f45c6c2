"""Guests on single objects of higher modules, such as a department that co-hosts one activity."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.orgs.models import ObjectGrant

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.orgs.models import Partner, Union

State = ObjectGrant.State


@transaction.atomic
def invite_guest(
    account: "Account",
    *,
    kind: str,
    object_id: int,
    role: str,
    expires_at: datetime,
    union: "Union",
    actor: audit.Actor,
    partner: "Partner | None" = None,
) -> ObjectGrant:
    """Ask `account` to work on one object until `expires_at`; nothing is open to them before they accept.

    A second invitation to the same role moves the end, and what was answered stays answered. `union` is the one
    that invites, `partner` the body for which the guest acts. The caller has checked that `actor` may invite, and
    tells the guest. Refuses oneself and an end in the past.
    """
    if actor.pk is not None and actor.pk == account.pk:
        raise Refused("不能邀请自己联办。", "own-grant", status=403)
    if expires_at <= timezone.now():
        raise Refused("有效期要晚于现在。", "expired", status=422)
    same = ObjectGrant.objects.filter(
        account=account, kind=kind, object_id=object_id, role=role, revoked_at=None
    )
    moved = same.update(expires_at=expires_at, partner=partner)
    grant = same.get() if moved else _make(account, kind, object_id, role, expires_at, partner)
    after = {
        "account": str(account),
        "kind": kind,
        "object": object_id,
        "role": role,
        "expires_at": expires_at,
    }
    audit.record(actor, "orgs:grant:invite", grant, after=after, org=union)
    return grant


def _make(
    account: "Account",
    kind: str,
    object_id: int,
    role: str,
    expires_at: datetime,
    partner: "Partner | None",
) -> ObjectGrant:
    try:
        with transaction.atomic():
            return ObjectGrant.objects.create(
                account=account,
                kind=kind,
                object_id=object_id,
                role=role,
                expires_at=expires_at,
                partner=partner,
            )
    except IntegrityError:
        return ObjectGrant.objects.get(
            account=account, kind=kind, object_id=object_id, role=role, revoked_at=None
        )


@transaction.atomic
def accept_invitation(grant: ObjectGrant, *, union: "Union", actor: audit.Actor) -> bool:
    """The guest says yes, and the object is open to them. False when they had said so before.

    Refuses ("no-invitation") one that was taken back or has expired, and ("declined") one they declined.
    """
    if not _answer(grant, State.ACCEPTED):
        return False
    audit.record(actor, "orgs:grant:agree", grant, after=_audited(grant), org=union)
    return True


@transaction.atomic
def decline_invitation(grant: ObjectGrant, *, union: "Union", actor: audit.Actor, reason: str = "") -> bool:
    """The guest says no; they may be invited again. False when they had said so before.

    Refuses ("no-invitation") one that was taken back or has expired, and ("accepted") one they accepted.
    """
    if not _answer(grant, State.DECLINED):
        return False
    audit.record(actor, "orgs:grant:turn-down", grant, after={**_audited(grant), "reason": reason}, org=union)
    return True


def _answer(grant: ObjectGrant, state: str) -> bool:
    """Answer by one conditional statement: of a yes and a no at once one wins, and the other hears of it."""
    open_now = ObjectGrant.objects.filter(
        pk=grant.pk, state=State.INVITED, revoked_at=None, expires_at__gt=Now()
    )
    over = {"revoked_at": Now()} if state == State.DECLINED else {}
    answered = open_now.update(state=state, answered_at=Now(), **over)
    grant.refresh_from_db(fields=["state", "answered_at", "revoked_at", "expires_at"])
    if answered:
        return True
    if grant.state == State.DECLINED:
        if state == State.DECLINED:
            return False
        raise Refused("您已谢绝这次邀请。要一起办，请对方重新邀请。", "declined")
    if grant.revoked_at or grant.expires_at <= timezone.now():
        raise Refused("邀请已收回或已过期，请联系主办工会。", "no-invitation")
    if state == State.ACCEPTED:
        return False
    raise Refused("您已接受邀请。不能参加了，请联系主办工会收回。", "accepted")


@transaction.atomic
def revoke_grant(grant: ObjectGrant, *, union: "Union", actor: audit.Actor) -> None:
    """End a guest's access, or an invitation, now. Twice is harmless."""
    if ObjectGrant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=Now()):
        audit.record(actor, "orgs:grant:revoke", grant, after=_audited(grant), org=union)


def move_grants(kind: str, object_id: int, *, expires_at: datetime) -> None:
    """Let the guests on an object stay as long as it lasts now. The caller writes down why it moved."""
    ObjectGrant.objects.filter(kind=kind, object_id=object_id, revoked_at=None).update(expires_at=expires_at)


def _audited(grant: ObjectGrant) -> dict[str, object]:
    return {"account": str(grant.account), "kind": grant.kind, "object": grant.object_id}
