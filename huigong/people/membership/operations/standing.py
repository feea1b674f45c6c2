"""How a membership stands and ends: kept, taken up again, left, expelled, retired, ended by death."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.membership import events
from huigong.people.membership.models import Employment, EmploymentStatus, Expulsion, Membership, Transfer
from huigong.people.membership.operations import deciding, roll
from huigong.people.membership.operations.deciding import Decision
from huigong.people.membership.operations.telling import file_with, person_url, tell
from huigong.people.membership.operations.transfer import withdraw_transfer
from huigong.people.orgs import operations as posts
from huigong.people.orgs import queries as orgs

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.membership.models import Person

State = Membership.State
Change = Membership.Change
Reason = Membership.Reason


@transaction.atomic
def retain_membership(membership: Membership, *, reason: str, actor: audit.Actor) -> Membership:
    """保留会籍: no dues, no vote, not counted, until work is found again. Only an active one."""
    roll.move(membership, (State.ACTIVE,), State.RETAINED, reason=reason)
    return _noted(membership, "retain", actor, title="您的会籍已保留", body="保留期间不用交会费。")


@transaction.atomic
def restore_membership(membership: Membership, *, actor: audit.Actor) -> Membership:
    """A retained membership is active again."""
    roll.move(membership, (State.RETAINED,), State.ACTIVE, reason="")
    return _noted(membership, "restore", actor, title="您的会籍已恢复")


def _noted(
    membership: Membership, verb: str, actor: audit.Actor, *, title: str, body: str = ""
) -> Membership:
    after = {"state": membership.state, "reason": membership.reason}
    audit.record(actor, f"membership:membership:{verb}", membership, after=after, org=membership.union)
    tell(membership.person.account_id, title=title, body=body)
    return membership


@transaction.atomic
def leave_union(membership: Membership, *, actor: audit.Actor) -> Membership:
    """退会, at the member's own wish: at once. The union has it on file; an open transfer is taken back.

    Joining again later is a new application; the member number comes back with it.
    """
    _end(membership, State.LEFT, Change.LEAVE, Reason.OWN_REQUEST, actor=actor)
    audit.record(actor, "membership:membership:leave", membership, org=membership.union)
    tell(
        membership.person.account_id,
        title=f"您已退出{membership.union.name}",
        body="今后可以随时重新申请入会。",
    )
    file_with(
        membership.union,
        title=f"{membership.person.name}本人退会",
        body="请在工会小组通报并收回会员证。",
        url=person_url(membership.person_id),
    )
    return membership


@transaction.atomic
def record_leaving(membership: Membership, *, is_deemed: bool, reason: str, actor: audit.Actor) -> Membership:
    """退会, noted by the union: a request on paper or, `is_deemed`, 视为自动退会.

    The charter deems somebody to have left who for six months paid no dues and took no part, and changed
    nothing when spoken to. Refuses missing grounds ("no-reason"), one's own membership (one leaves that by
    oneself) and one that is not live.
    """
    reason = deciding.require_reason(reason)
    deciding.require_other(actor, membership.person.account_id)
    code = "" if is_deemed else Reason.OWN_REQUEST
    _end(membership, State.LEFT, Change.LEAVE, code, actor=actor)
    after = {"is_deemed": is_deemed, "reason": reason}
    audit.record(actor, "membership:membership:record-leaving", membership, after=after, org=membership.union)
    said = "已按章程视为自动退会" if is_deemed else "已按您的申请办理退会"
    tell(
        membership.person.account_id,
        title=f"{membership.union.name}{said}",
        body=f"{reason} 如有不同意见，请联系工会；今后可以随时重新申请入会。",
    )
    return membership


def _end(membership: Membership, state: str, ended_by: str, reason: str, *, actor: audit.Actor) -> None:
    """Close it for good, and tell the modules above that the member is gone.

    Who was expelled or died holds no office any more, at any union.
    """
    for transfer in Transfer.objects.filter(
        person=membership.person_id, state__in=Transfer.OPEN
    ).select_related("person", "from_union", "to_union"):
        withdraw_transfer(transfer, actor=actor)
    roll.close_membership(membership, state=state, ended_by=ended_by, reason=reason)
    account = membership.person.account
    if account is not None and state in (State.EXPELLED, State.DECEASED):
        posts.end_posts_of(account, actor=actor, reason=State(state).label)
    events.member_left.send(
        sender=Membership, person=membership.person, union_id=membership.union_id, state=state
    )


@transaction.atomic
def propose_expulsion(membership: Membership, *, grounds: str, actor: "Account") -> Expulsion:
    """除名, first step: after a criminal sentence the group proposes, naming the judgment.

    The charter knows no other reason. Refuses missing grounds ("no-reason"), a membership that is not live
    and a second proposal.
    """
    grounds = deciding.require_reason(grounds)
    if membership.state not in Membership.LIVE:
        raise Refused("会籍已经终止，不能除名。", "wrong-state")
    deciding.require_other(actor, membership.person.account_id)
    try:
        with transaction.atomic():
            expulsion = Expulsion.objects.create(membership=membership, grounds=grounds, proposed_by=actor.pk)
    except IntegrityError:
        raise Refused("已有一份除名提议等待决定。", "open-expulsion") from None
    union = membership.union
    approvals.note(
        expulsion,
        step="小组提议",
        decision=Decision.SUBMITTED,
        actor=actor,
        office=union.name,
        remark=grounds,
    )
    after = {"person": membership.person_id}
    audit.record(actor, "membership:expulsion:propose", expulsion, after=after, org=union)
    file_with(
        union,
        title=f"有一份对{membership.person.name}的除名提议等待主席决定",
        url=person_url(membership.person_id),
    )
    return expulsion


@transaction.atomic
def decide_expulsion(expulsion: Expulsion, *, expel: bool, actor: audit.Actor, remark: str = "") -> Expulsion:
    """除名, second step: the chair decides for the committee; the union above gets it on file.

    Refuses whoever proposed it, the member, and a proposal that is decided.
    """
    membership = expulsion.membership
    deciding.require_other(actor, membership.person.account_id)
    if actor.pk is not None and actor.pk == expulsion.proposed_by:
        raise Refused("提议人不能自己作决定。", "own-proposal", status=403)
    state = Expulsion.State.EXPELLED if expel else Expulsion.State.DROPPED
    decided = Expulsion.objects.filter(pk=expulsion.pk, state=Expulsion.State.PROPOSED).update(
        state=state, decided_at=timezone.now(), remark=approvals.remark_of(remark)
    )
    if not decided:
        raise Refused("这份除名提议已经办结。", "wrong-state")
    expulsion.refresh_from_db(fields=["state", "decided_at", "remark"])
    decision = Decision.APPROVED if expel else Decision.REJECTED
    office = membership.union.name
    approvals.note(
        expulsion, step="委员会决定", decision=decision, actor=actor, office=office, remark=expulsion.remark
    )
    audit.record(
        actor, "membership:expulsion:decide", expulsion, after={"state": state}, org=membership.union
    )
    if expel:
        _expel(membership, actor=actor)
    return expulsion


def _expel(membership: Membership, *, actor: audit.Actor) -> None:
    _end(membership, State.EXPELLED, Change.EXPEL, Reason.CRIME, actor=actor)
    tell(
        membership.person.account_id,
        title=f"您已被{membership.union.name}除名",
        body="如有异议，可向上级工会反映。",
    )
    above = orgs.ancestors(membership.union).last()
    if above:
        file_with(
            above,
            title=f"{membership.union.name}将{membership.person.name}除名，报请备案",
            url=person_url(membership.person_id),
        )


@transaction.atomic
def retire(person: "Person", *, actor: audit.Actor) -> Employment:
    """退休: the employment says so; the membership stays, and no dues are owed."""
    current = person.employments.filter(until=None).first()
    employment = roll.set_employment(
        person,
        unit_name=current.unit_name if current else "",
        job_title=current.job_title if current else "",
        status=EmploymentStatus.RETIRED,
    )
    held = person.memberships.filter(state__in=Membership.LIVE).select_related("union").first()
    audit.record(actor, "membership:person:retire", person, org=held.union if held else None)
    tell(person.account_id, title="已为您登记退休", body="会籍保留，不用再交会费。")
    return employment


@transaction.atomic
def record_death(membership: Membership, *, actor: audit.Actor) -> Membership:
    """The member died; the membership ends. Nobody is written to."""
    _end(membership, State.DECEASED, "", "", actor=actor)
    audit.record(actor, "membership:membership:record-death", membership, org=membership.union)
    return membership
