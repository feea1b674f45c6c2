"""Partners: the bodies outside the tree that co-host with a union, and who acts for each of them."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from huigong.core import audit, identity
from huigong.core.errors import Refused
from huigong.people.orgs.models import ObjectGrant, Partner
from huigong.people.orgs.operations.grants import revoke_grant

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.orgs.models import Union


@transaction.atomic
def add_partner(
    union: "Union", *, name: str, kind: str, account: "Account", actor: audit.Actor, note: str = ""
) -> Partner:
    """Put a partner of `union` down, with the person who acts for it. It may do nothing until it is invited.

    Refuses a missing name (422), a partner that is down already, and an account that is not active.
    """
    name = _name(name)
    if not account.is_active:
        raise Refused("联系人的账号已停用。", "inactive")
    try:
        with transaction.atomic():
            partner = Partner.objects.create(union=union, name=name, kind=kind, account=account, note=note)
    except IntegrityError:
        raise Refused(f"“{name}”已在联办单位里。", "already-partner") from None
    audit.record(actor, "orgs:partner:add", partner, after=_audited(partner), org=union)
    return partner


@transaction.atomic
def edit_partner(
    partner: Partner, *, name: str, kind: str, account: "Account", actor: audit.Actor, note: str = ""
) -> Partner:
    """Change what is known of a partner. Another person takes no access over: the former one's ends.

    Refuses as `add_partner` does, and a partner that was ended.
    """
    stored = Partner.objects.select_for_update().select_related("account").get(pk=partner.pk)
    if stored.ended_at:
        raise Refused("这个联办单位已停止合作，请重新添加。", "ended")
    if not account.is_active:
        raise Refused("联系人的账号已停用。", "inactive")
    before = _audited(stored)
    if stored.account_id != account.pk:
        _revoke_all(stored, actor=actor)
    stored.name, stored.kind, stored.account, stored.note = _name(name), kind, account, note
    try:
        with transaction.atomic():
            stored.save()
    except IntegrityError:
        raise Refused(f"“{stored.name}”已在联办单位里。", "already-partner") from None
    audit.record(actor, "orgs:partner:edit", stored, before=before, after=_audited(stored), org=stored.union)
    return stored


@transaction.atomic
def end_partner(partner: Partner, *, actor: audit.Actor, reason: str) -> Partner:
    """Work together no more: every access given to the partner ends now. Refuses a second time."""
    if not Partner.objects.filter(pk=partner.pk, ended_at=None).update(ended_at=Now()):
        raise Refused("这个联办单位已停止合作。", "ended")
    partner.refresh_from_db(fields=["ended_at"])
    _revoke_all(partner, actor=actor)
    audit.record(actor, "orgs:partner:stop", partner, after={"reason": reason}, org=partner.union)
    return partner


def _revoke_all(partner: Partner, *, actor: audit.Actor) -> None:
    for grant in ObjectGrant.objects.filter(partner=partner, revoked_at=None).select_related("account"):
        revoke_grant(grant, union=partner.union, actor=actor)


def _name(text: str) -> str:
    name = identity.normalise_name(text)[:60]
    if len(name) < 2:
        raise Refused("请填写单位名称。", "bad-name", status=422)
    return name


def _audited(partner: Partner) -> dict[str, str]:
    return {"name": partner.name, "kind": partner.kind, "account": str(partner.account)}
