"""Moving to another union: the old one lets go, then the new one takes in; two offices, two people."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from huigong.core import audit, flags
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.membership import events, queries
from huigong.people.membership.models import Membership, Transfer
from huigong.people.membership.operations import deciding, roll
from huigong.people.membership.operations.deadlines import WORKING_DAYS, due_from_today
from huigong.people.membership.operations.deciding import Decision
from huigong.people.membership.operations.telling import tell, tell_officers

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State = Transfer.State


@transaction.atomic
def request_transfer(
    membership: Membership,
    *,
    to_union: "Union",
    actor: audit.Actor,
    reason: str = Membership.Reason.LABOUR_RELATION,
    unit_name: str = "",
    job_title: str = "",
    note: str = "",
) -> Transfer:
    """Ask to move to `to_union`; the present union is told and has five working days.

    Refuses a membership that is not live ("not-member"), the union one is in ("same-union"), a union that
    takes nobody in ("not-open") and a second open request ("open-transfer").
    """
    flags.require_open(flags.Switch.JOIN_PAUSED)
    if membership.state not in Membership.LIVE:
        raise Refused("您现在没有会籍，不能转会；可以直接申请入会。", "not-member")
    if to_union.pk == membership.union_id:
        raise Refused("您已经是这个工会的会员。", "same-union")
    if not queries.takes_members(to_union):
        raise Refused("这个工会不直接接收会员，请选择您新单位的工会。", "not-open")
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                person=membership.person,
                from_union=membership.union,
                to_union=to_union,
                reason=reason,
                unit_name=unit_name.strip()[:120],
                job_title=job_title.strip()[:60],
                note=note.strip()[:200],
                due_on=due_from_today(),
            )
    except IntegrityError:
        raise Refused("您已有一份转会申请在办理，可先撤回。", "open-transfer") from None
    approvals.note(transfer, step="提交转会", decision=Decision.SUBMITTED, actor=actor)
    after = {"from": membership.union.name, "to": to_union.name}
    audit.record(actor, "membership:transfer:request", transfer, after=after, org=membership.union)
    _announce(transfer, f"{membership.person.name}申请转往{to_union.name}")
    return transfer


@transaction.atomic
def send_over(
    membership: Membership,
    *,
    to_union: "Union",
    reason: str,
    actor: audit.Actor,
    unit_name: str = "",
    note: str = "",
) -> Transfer:
    """The present union moves a member who cannot ask themself, and lets go in the same step.

    It is the new union's turn then, as in any transfer. Refuses one's own membership ("own-request") and
    what `request_transfer` refuses.
    """
    deciding.require_other(actor, membership.person.account_id)
    transfer = request_transfer(
        membership, to_union=to_union, actor=actor, reason=reason, unit_name=unit_name, note=note
    )
    return let_go(transfer, actor=actor, remark=note)


def _announce(transfer: Transfer, title: str) -> None:
    body = f"请在 {transfer.due_on:%-m月%-d日} 前办理，超期将转上级工会。"
    tell_officers(transfer.deciding_union, transfer, title=title, body=body)


@transaction.atomic
def let_go(transfer: Transfer, *, actor: audit.Actor, remark: str = "") -> Transfer:
    """The old union agrees; now it is the new union's turn. The membership does not change yet.

    Refuses the member themself ("own-request") and any state but the first ("wrong-state").
    """
    deciding.require_other(actor, transfer.applicant_id)
    deciding.decide(
        transfer,
        (State.OUT_PENDING,),
        State.IN_PENDING,
        step="转出审核",
        decision=Decision.APPROVED,
        actor=actor,
        remark=approvals.remark_of(remark),
        out_decided_by=actor.pk,
        due_on=due_from_today(),
        escalated_at=None,
    )
    audit.record(actor, "membership:transfer:let-go", transfer, org=transfer.from_union)
    _announce(transfer, f"{transfer.person.name}申请从{transfer.from_union.name}转入")
    body = f"{transfer.to_union.name}将在 {WORKING_DAYS} 个工作日内办理。"
    tell(transfer.applicant_id, title="转出已同意，等待新工会接收", body=body)
    return transfer


@transaction.atomic
def take_in(transfer: Transfer, *, actor: audit.Actor, remark: str = "") -> Membership:
    """The new union agrees: in this one transaction the old membership closes and the new one opens.

    Number and joining date go along. Refuses the member themself, whoever let them go ("same-officer": two
    people decide), and any state but the second ("wrong-state").
    """
    deciding.require_other(actor, transfer.applicant_id)
    if actor.pk is not None and actor.pk == transfer.out_decided_by:
        raise Refused("转出和转入须由两位干部分别办理。", "same-officer", status=403)
    deciding.decide(
        transfer,
        (State.IN_PENDING,),
        State.DONE,
        step="转入审核",
        decision=Decision.APPROVED,
        actor=actor,
        remark=approvals.remark_of(remark),
        in_decided_by=actor.pk,
    )
    old = Membership.objects.filter(
        person=transfer.person_id, union=transfer.from_union_id, state__in=Membership.LIVE
    ).first()
    if old is None:
        raise Refused("这位会员已不在原工会，转会不能继续。", "wrong-state")
    roll.close_membership(
        old,
        state=Membership.State.TRANSFERRED,
        ended_by=Membership.Change.TRANSFER_OUT,
        reason=transfer.reason,
    )
    new = roll.open_membership(
        transfer.person,
        union=transfer.to_union,
        joined_on=old.joined_on,
        member_no=old.member_no,
        began_by=Membership.Change.TRANSFER_IN,
    )
    if transfer.unit_name:
        roll.set_employment(transfer.person, unit_name=transfer.unit_name, job_title=transfer.job_title)
    change = {"before": {"union": transfer.from_union.name}, "after": {"union": transfer.to_union.name}}
    audit.record(actor, "membership:transfer:take-in", transfer, org=transfer.to_union, **change)
    tell(
        transfer.applicant_id,
        title=f"转会办好了，欢迎来到{transfer.to_union.name}",
        body="会员编号和会龄不变。",
    )
    events.member_transferred.send(
        sender=Membership,
        person=transfer.person,
        from_union_id=transfer.from_union_id,
        union_id=transfer.to_union_id,
    )
    return new


_NO = {State.OUT_PENDING: State.OUT_REJECTED, State.IN_PENDING: State.IN_REJECTED}


@transaction.atomic
def reject_transfer(transfer: Transfer, *, reason: str, actor: audit.Actor) -> Transfer:
    """Whose turn it is says no, with a reason; the membership stays where it is."""
    deciding.require_other(actor, transfer.applicant_id)
    reason = deciding.require_reason(reason)
    if transfer.state not in _NO:
        raise Refused(f"这份申请当前是“{transfer.get_state_display()}”，不能这样办理。", "wrong-state")
    turn, union = transfer.state, transfer.deciding_union
    deciding.decide(
        transfer,
        (turn,),
        _NO[State(turn)],
        step="转出审核" if turn == State.OUT_PENDING else "转入审核",
        decision=Decision.REJECTED,
        actor=actor,
        remark=reason,
    )
    audit.record(actor, "membership:transfer:reject", transfer, after={"reason": reason}, org=union)
    tell(transfer.applicant_id, title=f"{union.name}没有同意您的转会", body=reason)
    return transfer


@transaction.atomic
def withdraw_transfer(transfer: Transfer, *, actor: audit.Actor) -> Transfer:
    """Take an open request back; the membership stays where it is."""
    union = transfer.deciding_union
    deciding.move(transfer, Transfer.OPEN, State.WITHDRAWN)
    approvals.note(transfer, step="撤回", decision=Decision.WITHDRAWN, actor=actor)
    audit.record(actor, "membership:transfer:withdraw", transfer, org=union)
    return transfer
