"""Claiming: a worker whose record was imported is recognised and confirms, instead of applying."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from huigong.core import audit, flags
from huigong.core.errors import Refused
from huigong.core.prepared import insert
from huigong.people.accounts import operations as accounts
from huigong.people.accounts.queries import Purpose
from huigong.people.approvals import operations as approvals
from huigong.people.membership import queries
from huigong.people.membership.models import Claim, JoinApplication, Membership, Person
from huigong.people.membership.operations import deciding, roll
from huigong.people.membership.operations.deadlines import due_from_today
from huigong.people.membership.operations.deciding import Decision
from huigong.people.membership.operations.join import withdraw_application
from huigong.people.membership.operations.telling import file_with, review_url, tell, tell_officers

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

State = Claim.State


@transaction.atomic
def claim(account: "Account", *, name: str, document_kind: str, id_number: str, actor: audit.Actor) -> Claim:
    """Say that the record under this name and number is mine.

    It is at once, when nobody has claimed it and the roll knows this very phone; else the union's cadre confirms.
    Claiming again gives back what stands. Refuses alike ("not-on-roll") an unknown number and a wrong name, and an
    account that is somebody else's ("other-identity").
    """
    flags.require_open(flags.Switch.JOIN_PAUSED)
    who = queries.credentials(name=name, document_kind=document_kind, id_number=id_number)
    held = queries.on_roll(who)
    if held is None:
        raise Refused(
            "没有找到姓名和证件号都相符的会员记录。请核对后再试，或直接申请入会。", "not-on-roll", status=422
        )
    own = queries.person_of(account)
    if own is not None and own.pk != held.person_id:
        raise Refused("这个账号已登记为另一位职工，不能再认领。", "other-identity")
    if standing := _standing(account, held.person):
        return standing
    try:
        with transaction.atomic():
            made = insert(
                Claim(account=account, person=held.person, union=held.union, due_on=due_from_today())
            )
    except IntegrityError:
        raise Refused("您有一份认领还在核对，请等工会答复或先撤回。", "open-claim") from None
    accounts.give_consent(account, purpose=Purpose.MEMBERSHIP, actor=actor)
    approvals.note(made, step="申请认领", decision=Decision.SUBMITTED, actor=actor)
    audit.record(actor, "membership:claim:submit", made, after={"person": held.person_id}, org=held.union)
    if queries.is_plain_claim(account, _locked(held.person)):
        _confirm_at_once(made)
    else:
        title = f"{held.person.name}申请认领会籍，请核对本人"
        tell_officers(held.union, made, title=title, body=f"请在 {made.due_on:%-m月%-d日} 前办理。")
    return made


def _standing(account: "Account", person: Person) -> Claim | None:
    """What this account already has for this person: a waiting claim, or the record itself."""
    mine = Claim.objects.filter(account=account, person=person).select_related("person", "union")
    if waiting := mine.filter(state=State.SUBMITTED).first():
        return waiting
    if person.account_id != account.pk:
        return None
    if confirmed := mine.filter(state=State.CONFIRMED).order_by("-id").first():
        return confirmed
    raise Refused("这份会籍已经在您的账号里，不用认领。", "already-yours")


def _locked(person: Person) -> Person:
    """The record as it stands now: of two who claim it at once, the second finds it taken."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _confirm_at_once(made: Claim) -> None:
    deciding.decide(
        made,
        (State.SUBMITTED,),
        State.CONFIRMED,
        step="自动核对",
        decision=Decision.APPROVED,
        actor=audit.SYSTEM,
        remark="姓名、证件号和手机号与名册相符",
        decided_at=timezone.now(),
    )
    _hand_over(made, level=made.account.Level.MATCHED, actor=audit.SYSTEM)
    title = f"{made.person.name}认领了在{made.union.name}的会籍"
    body = "姓名、证件号和手机号与名册相符。如有疑问请联系本人。"
    file_with(made.union, title=title, body=body, url=review_url(made))


def _hand_over(made: Claim, *, level: int, actor: audit.Actor) -> None:
    """The record becomes the account's; what the account had asked for meanwhile is taken back."""
    account, person = made.account, made.person
    asked = JoinApplication.objects.filter(account=account, state__in=JoinApplication.OPEN)
    for application in asked.select_related("union"):
        withdraw_application(application, actor=audit.SYSTEM)
    person.phone = account.phone
    person.save(update_fields=["phone_sealed", "phone_index", "phone_tail_index"])
    roll.link_account(person, account, level=level, actor=actor)


@transaction.atomic
def confirm_claim(claim: Claim, *, actor: audit.Actor, remark: str = "") -> Claim:
    """A cadre knows the claimant: the record is theirs, and an older account lets it go.

    Refuses one's own claim, one that does not wait any more, and one whose membership has ended meanwhile.
    """
    deciding.require_other(actor, claim.account_id)
    if not Membership.objects.filter(person=claim.person_id, state__in=Membership.LIVE).exists():
        raise Refused("这位会员的会籍已经终止，不能认领。", "ended")
    deciding.decide(
        claim,
        (State.SUBMITTED,),
        State.CONFIRMED,
        step="工会核对",
        decision=Decision.APPROVED,
        actor=actor,
        remark=approvals.remark_of(remark),
        decided_at=timezone.now(),
    )
    _hand_over(claim, level=claim.account.Level.VERIFIED, actor=actor)
    audit.record(actor, "membership:claim:confirm", claim, after={"person": claim.person_id}, org=claim.union)
    tell(claim.account_id, title=f"{claim.union.name}已确认您的会籍", body="会员卡可以使用了。")
    return claim


@transaction.atomic
def reject_claim(claim: Claim, *, reason: str, actor: audit.Actor) -> Claim:
    """The claimant is not that member; they see `reason`."""
    deciding.require_other(actor, claim.account_id)
    reason = deciding.require_reason(reason)
    deciding.decide(
        claim,
        (State.SUBMITTED,),
        State.REJECTED,
        step="工会核对",
        decision=Decision.REJECTED,
        actor=actor,
        remark=reason,
        decided_at=timezone.now(),
    )
    audit.record(actor, "membership:claim:reject", claim, after={"reason": reason}, org=claim.union)
    tell(claim.account_id, title=f"{claim.union.name}没有确认您的会籍认领", body=reason)
    return claim


@transaction.atomic
def withdraw_claim(claim: Claim, *, actor: audit.Actor) -> Claim:
    """Take a waiting claim back."""
    deciding.move(claim, (State.SUBMITTED,), State.WITHDRAWN, decided_at=timezone.now())
    approvals.note(claim, step="撤回", decision=Decision.WITHDRAWN, actor=actor)
    audit.record(actor, "membership:claim:withdraw", claim, org=claim.union)
    return claim
