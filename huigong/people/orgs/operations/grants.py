"""Guests on single objects of higher modules, such as a department that co-hosts one activity."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.orgs.models import ObjectGrant

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.orgs.models import Partner, Union


@transaction.atomic
def grant_object(
    account: "Account",
    *,
    kind: str,
    object_id: int,
    role: str,
    expires_at: datetime,
    title: str,
    url: str,
    union: "Union",
    actor: audit.Actor,
    partner: "Partner | None" = None,
) -> ObjectGrant:
    """Let `account` work on one object until `expires_at`; a second grant of the same role moves the end.

    `title` and `url` name the object in the guest's inbox; `union` is the one that invites, `partner` the body
    for which the guest acts. The caller has checked that `actor` may invite. Refuses oneself and an end in the
    past.
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
    audit.record(actor, "orgs:grant:give", grant, after=after, org=union)
    inbox.send([account.pk], kind=inbox.Kind.TASK, title=f"{union}邀请您联办：{title}", url=url)
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
def revoke_grant(grant: ObjectGrant, *, union: "Union", actor: audit.Actor) -> None:
    """End a guest's access now. Twice is harmless."""
    if ObjectGrant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=Now()):
        after = {"account": str(grant.account), "kind": grant.kind, "object": grant.object_id}
        audit.record(actor, "orgs:grant:revoke", grant, after=after, org=union)


def move_grants(kind: str, object_id: int, *, expires_at: datetime) -> None:
    """Let the guests on an object stay as long as it lasts now. The caller writes down why it moved."""
    ObjectGrant.objects.filter(kind=kind, object_id=object_id, revoked_at=None).update(expires_at=expires_at)
