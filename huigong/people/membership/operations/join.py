"""Joining: the application of a worker, and what the union decides about it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from huigong.core import audit, calendar, files, flags
from huigong.core.errors import Refused
from huigong.core.identity import age_on, normalise_name
from huigong.people.accounts import operations as accounts
from huigong.people.accounts.queries import Purpose
from huigong.people.approvals import operations as approvals
from huigong.people.membership import events, queries
from huigong.people.membership.models import JoinApplication, Membership, Person
from huigong.people.membership.operations import deciding, roll
from huigong.people.membership.operations.deadlines import due_from_today
from huigong.people.membership.operations.deciding import Decision
from huigong.people.membership.operations.telling import tell, tell_officers
from huigong.people.membership.queries import Identity

if TYPE_CHECKING:
    from huigong.core.models import StoredFile
    from huigong.people.accounts.models import Account
    from huigong.people.orgs.models import Union

State = JoinApplication.State
Via = JoinApplication.Via


class Applied(NamedTuple):
    """The application, and whether this call made it (False: the same one was open already)."""

    application: JoinApplication
    created: bool


class Decided(NamedTuple):
    """What became of one row of a mass approval; `sentence` says why it was refused."""

    application: JoinApplication
    approved: bool
    sentence: str


@transaction.atomic
def apply_to_join(
    account: "Account",
    *,
    union: "Union",
    name: str,
    document_kind: str,
    id_number: str,
    work_form: str,
    actor: audit.Actor,
    sex: str = "",
    born_on: date | None = None,
    unit_name: str = "",
    job_title: str = "",
    pledge: str = "",
    signature: IO[bytes] | None = None,
    via: str = Via.JOIN,
) -> Applied:
    """Ask `union` to take the holder of `account` in; asking the same again gives back the open application.

    Whoever asks has agreed to the rules on personal data; that consent is kept with their version.

    The answer is the same whether the document number is known here or not: somebody else's open request
    or record with that number shows only to the cadre who reviews. Only a number *and* its name on the roll
    lead to claiming ("on-roll"). Refuses bad input (422), who is under 16 ("too-young", 403), a union that
    takes nobody in ("not-open", 409), who is a member already ("already-member") or has another application
    open ("open-application").
    """
    flags.require_open(flags.Switch.JOIN_PAUSED)
    who = queries.identify(
        name=name, document_kind=document_kind, id_number=id_number, sex=sex, born_on=born_on
    )
    _require_age(who)
    _require_open(union)
    if same := _open_application(account, who, union):
        return Applied(same, created=False)
    person = _person_for(account, who, work_form)
    values = {
        "account": account,
        "person": person,
        "union": union,
        "via": via,
        **_typed(who, work_form, unit_name, job_title),
        **_signed(account, who.name, pledge, signature),
        "submitted_at": timezone.now(),
        "due_on": due_from_today(),
    }
    application = _first_or_duplicate(
        lambda is_duplicate: JoinApplication.objects.create(**values, is_duplicate=is_duplicate)
    )
    if application is None:  # a racing tap of the same account was quicker
        same = _open_application(account, who, union)
        assert same is not None
        return Applied(same, created=False)
    accounts.give_consent(account, purpose=Purpose.MEMBERSHIP, actor=actor)
    _announce(application, actor=actor, action="membership:application:submit", step="提交申请")
    return Applied(application, created=True)


@transaction.atomic
def resubmit(
    application: JoinApplication,
    *,
    name: str,
    document_kind: str,
    id_number: str,
    work_form: str,
    actor: audit.Actor,
    sex: str = "",
    born_on: date | None = None,
    unit_name: str = "",
    job_title: str = "",
    pledge: str = "",
    signature: IO[bytes] | None = None,
) -> JoinApplication:
    """Send a returned application in again, corrected and signed anew. Refuses what `apply_to_join` refuses."""
    flags.require_open(flags.Switch.JOIN_PAUSED)
    who = queries.identify(
        name=name, document_kind=document_kind, id_number=id_number, sex=sex, born_on=born_on
    )
    _require_age(who)
    person = _person_for(application.account, who, work_form)
    values = {
        "person": person,
        **_typed(who, work_form, unit_name, job_title),
        **_signed(application.account, who.name, pledge, signature),
        "submitted_at": timezone.now(),
        "due_on": due_from_today(),
        "escalated_at": None,
        "marks": [],
    }

    def write(is_duplicate: bool) -> JoinApplication:
        deciding.move(application, (State.RETURNED,), State.SUBMITTED, is_duplicate=is_duplicate, **values)
        return application

    if _first_or_duplicate(write) is None:
        raise Refused("这份申请现在不能重新提交。", "wrong-state")
    application.refresh_from_db()
    accounts.give_consent(application.account, purpose=Purpose.MEMBERSHIP, actor=actor)
    _announce(application, actor=actor, action="membership:application:resubmit", step="重新提交")
    return application


def _require_age(who: Identity) -> None:
    if age_on(who.born_on, calendar.today()) < queries.MIN_AGE:
        raise Refused(f"年满 {queries.MIN_AGE} 周岁才能入会。", "too-young", status=403)


def _require_open(union: "Union") -> None:
    if not queries.takes_members(union):
        raise Refused("这个工会目前不直接发展会员，请选择您所在单位或乡镇、行业的工会。", "not-open")


def _open_application(account: "Account", who: Identity, union: "Union") -> JoinApplication | None:
    """The account's open application if it asks for the same; refuses when it asks for something else."""
    found = JoinApplication.objects.filter(account=account, state__in=JoinApplication.OPEN)
    application = found.select_related("person", "union").first()
    if application is None:
        return None
    if application.union_id == union.pk and application.person.id_number_index == who.index:
        return application
    raise Refused(f"您向{application.union.name}提交的申请还没有办完，可先撤回再申请。", "open-application")


def _person_for(account: "Account", who: Identity, work_form: str) -> Person:
    """The person of that document, made when nobody has it. A record on the roll is left as it stands."""
    own = queries.person_of(account)
    if own is not None and own.id_number_index != who.index:
        raise Refused("这个账号已登记为另一个证件号的职工，请用本人证件。", "other-identity")
    if own is not None and (held := queries.current_membership(own)):
        raise Refused(f"您已是{held.union.name}的会员，换单位请办理转会。", "already-member")
    if queries.on_roll(who):
        raise Refused("工会名册上已有您的记录，请直接认领会籍，不用再申请。", "on-roll")
    return queries.person_by(who) or roll.add_person(who, work_form=work_form)


def _typed(who: Identity, work_form: str, unit_name: str, job_title: str) -> dict[str, Any]:
    return {
        "name": who.name,
        "sex": who.sex,
        "born_on": who.born_on,
        "work_form": work_form,
        "unit_name": unit_name.strip()[:120],
        "job_title": job_title.strip()[:60],
    }


def _signed(account: "Account", name: str, pledge: str, signature: IO[bytes] | None) -> dict[str, Any]:
    """A drawn signature, or the name typed under the pledge: one of them there must be."""
    if signature is not None:
        return {"signature": _kept(account, signature), "pledge": ""}
    if normalise_name(pledge) != name:
        raise Refused("请手写签名，或输入与姓名一致的签名。", "not-signed", status=422)
    return {"signature": None, "pledge": name}


def _kept(account: "Account", signature: IO[bytes]) -> "StoredFile":
    try:
        return files.store_image(signature, owner=account, name="入会签名.png")
    except ValueError as error:
        raise Refused(f"签名没有保存成功：{error}", "bad-signature", status=422) from None


def _first_or_duplicate(write: Callable[[bool], JoinApplication]) -> JoinApplication | None:
    """Write as the person's only open application or, when another account has one, beside it.

    None when the account itself has another one open. Unique indexes decide; nothing is looked up before.
    """
    for is_duplicate in (False, True):
        try:
            with transaction.atomic():
                return write(is_duplicate)
        except IntegrityError:
            continue
    return None


def _announce(application: JoinApplication, *, actor: audit.Actor, action: str, step: str) -> None:
    approvals.note(application, step=step, decision=Decision.SUBMITTED, actor=actor)
    audit.record(actor, action, application, after={"person": application.person_id}, org=application.union)
    tell_officers(
        application.union,
        application,
        title=f"{application.name}申请加入{application.union.name}",
        body=f"请在 {application.due_on:%-m月%-d日} 前办理。",
    )


@transaction.atomic
def withdraw_application(application: JoinApplication, *, actor: audit.Actor) -> JoinApplication:
    """Take an open application back; a new one may follow at any time."""
    deciding.move(application, JoinApplication.OPEN, State.WITHDRAWN, decided_at=timezone.now())
    approvals.note(application, step="撤回", decision=Decision.WITHDRAWN, actor=actor)
    audit.record(actor, "membership:application:withdraw", application, org=application.union)
    return application


@transaction.atomic
def approve_application(
    application: JoinApplication, *, actor: audit.Actor, identity_checked: bool = False, remark: str = ""
) -> Membership:
    """Take the applicant in: membership from today, account named and verified, work noted, applicant told.

    Refuses one's own application ("own-request", 403), one that is not waiting ("wrong-state"), somebody who
    is on a roll ("already-member"), and, unless `identity_checked` says that the cadre has seen the document,
    one about which `queries.concerns` has a doubt ("identity-unchecked").
    """
    deciding.require_other(actor, application.account_id)
    deciding.decide(
        application,
        (State.SUBMITTED,),
        State.APPROVED,
        step="工会审核",
        decision=Decision.APPROVED,
        actor=actor,
        remark=approvals.remark_of(remark),
        decided_at=timezone.now(),
    )
    _require_no_doubt(application, identity_checked)
    person = _identified(application)
    membership = roll.open_membership(
        person, union=application.union, joined_on=calendar.today(), began_by=Membership.Change.JOIN
    )
    roll.link_account(person, application.account, level=application.account.Level.VERIFIED, actor=actor)
    if application.unit_name:
        roll.set_employment(person, unit_name=application.unit_name, job_title=application.job_title)
    audit.record(
        actor,
        "membership:application:approve",
        application,
        after={"membership": membership.pk, "identity_checked": identity_checked},
        org=application.union,
    )
    body = "您的入会申请已通过，会员卡可以使用了。"
    tell(application.account_id, title=f"欢迎加入{application.union.name}", body=body)
    events.member_joined.send(sender=Membership, person=person, union_id=application.union_id)
    return membership


def _require_no_doubt(application: JoinApplication, identity_checked: bool) -> None:
    concerns = queries.concerns([application])[application.pk]
    for concern in concerns:
        if concern.is_final:
            raise Refused(concern.sentence, "already-member")
    if concerns and not identity_checked:
        raise Refused(f"请先当面核对证件原件：{concerns[0].sentence}", "identity-unchecked")


def _identified(application: JoinApplication) -> Person:
    """The person as the approved application describes them: name, work form, and the account's phone."""
    person = application.person
    roll.name_person(person, application.name)
    person.sex, person.born_on = application.sex, application.born_on
    person.work_form = application.work_form
    person.phone = application.account.phone
    person.save(
        update_fields=[
            *roll.NAME_FIELDS,
            "sex",
            "born_on",
            "work_form",
            "phone_sealed",
            "phone_index",
            "phone_tail_index",
        ]
    )
    return person


def approve_many(applications: Sequence[JoinApplication], *, actor: audit.Actor) -> list[Decided]:
    """Approve each in a transaction of its own; one that is refused, and why, does not hold up the others.

    Those with a doubt about the identity are refused: each of them wants a look at the document.
    """
    outcomes = []
    for application in applications:
        try:
            approve_application(application, actor=actor)
            outcomes.append(Decided(application, approved=True, sentence=""))
        except Refused as refused:
            outcomes.append(Decided(application, approved=False, sentence=refused.sentence))
    return outcomes


@transaction.atomic
def return_application(
    application: JoinApplication, *, reason: str, actor: audit.Actor, marks: Sequence[str] = ()
) -> JoinApplication:
    """Give an application back to be corrected; the applicant sees `reason` and may send it in again.

    `marks` name the parts that are wrong; the form shows each of them.
    """
    unknown = set(marks) - set(JoinApplication.Part.values)
    if unknown:
        raise TypeError(f"not parts of an application: {sorted(unknown)}")
    _decline(application, State.RETURNED, Decision.RETURNED, reason, actor, "membership:application:return")
    application.marks = list(marks)
    application.save(update_fields=["marks"])
    tell(
        application.account_id,
        title=f"{application.union.name}退回了您的入会申请，请修改后再提交",
        body=reason,
    )
    return application


@transaction.atomic
def reject_application(application: JoinApplication, *, reason: str, actor: audit.Actor) -> JoinApplication:
    """Say no; the applicant sees `reason` and may apply elsewhere."""
    _decline(application, State.REJECTED, Decision.REJECTED, reason, actor, "membership:application:reject")
    tell(application.account_id, title=f"{application.union.name}没有通过您的入会申请", body=reason)
    return application


def _decline(
    application: JoinApplication, state: str, decision: str, reason: str, actor: audit.Actor, action: str
) -> None:
    deciding.require_other(actor, application.account_id)
    reason = deciding.require_reason(reason)
    deciding.decide(
        application,
        (State.SUBMITTED,),
        state,
        step="工会审核",
        decision=decision,
        actor=actor,
        remark=reason,
        decided_at=None if state == State.RETURNED else timezone.now(),
    )
    audit.record(actor, action, application, after={"reason": reason}, org=application.union)
