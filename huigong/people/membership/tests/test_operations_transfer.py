"""Moving to another union, with both unions' consent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership import events, operations, permissions
from huigong.people.membership.models import Employment, Membership, Transfer
from tests.cast import Cast


def request(cast: Cast, **values: Any) -> Transfer:
    held = permissions.get_own_membership(cast.member)
    return operations.request_transfer(held, to_union=cast.neighbour, actor=cast.member, **values)


def titles(account: Account) -> list[str]:
    about_membership = Message.objects.filter(account=account, url__startswith="/membership/")
    return list(about_membership.order_by("id").values_list("title", flat=True))


def live(cast: Cast) -> list[Membership]:
    return list(Membership.objects.filter(person__account=cast.member, state__in=Membership.LIVE))


def test_asking_tells_the_old_union_only_and_changes_no_membership(cast: Cast) -> None:
    transfer = request(cast, note="换工作")
    assert (transfer.state, transfer.from_union, transfer.to_union) == (
        "out_pending",
        cast.union,
        cast.neighbour,
    )
    assert transfer.due_on == calendar.add_working_days(calendar.today(), 5)
    assert titles(cast.officer) == [f"本会会员申请转往{cast.neighbour.name}"]
    assert titles(cast.neighbour_officer) == []
    assert [held.union for held in live(cast)] == [cast.union]


def test_both_consents_close_one_membership_and_open_the_next(cast: Cast) -> None:
    heard = []
    events.member_transferred.connect(
        lambda **payload: heard.append(payload), weak=False, dispatch_uid="test"
    )
    try:
        transfer = request(cast, unit_name="崇武海产公司", job_title="质检员")
        operations.let_go(transfer, actor=cast.officer)
        assert titles(cast.neighbour_officer) == [f"本会会员申请从{cast.union.name}转入"]
        assert [held.union for held in live(cast)] == [cast.union]
        new = operations.take_in(transfer, actor=cast.neighbour_officer)
    finally:
        events.member_transferred.disconnect(dispatch_uid="test")
    old = Membership.objects.get(person__account=cast.member, state="transferred")
    assert (old.union, old.ended_on, old.ended_by) == (cast.union, calendar.today(), "4")
    assert (new.union, new.member_no, new.joined_on, new.began_by) == (
        cast.neighbour,
        old.member_no,
        old.joined_on,
        "2",
    )
    assert live(cast) == [new]
    assert Employment.objects.get(person=new.person).unit_name == "崇武海产公司"
    assert titles(cast.member)[-1] == f"转会办好了，欢迎来到{cast.neighbour.name}"
    assert [(payload["from_union_id"], payload["union_id"]) for payload in heard] == [
        (cast.union.pk, cast.neighbour.pk)
    ]
    assert [step.office for step in approvals.trail(transfer)] == ["", cast.union.name, cast.neighbour.name]
    assert AuditRow.objects.filter(action="membership:transfer:take-in", org_id=cast.neighbour.pk).exists()
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_a_retained_member_moves_and_is_active_again(cast: Cast) -> None:
    operations.retain_membership(permissions.get_own_membership(cast.member), reason="3", actor=cast.officer)
    transfer = request(cast)
    operations.let_go(transfer, actor=cast.officer)
    assert operations.take_in(transfer, actor=cast.neighbour_officer).state == "active"


def test_a_second_open_request_is_refused(cast: Cast) -> None:
    request(cast)
    with pytest.raises(Refused) as refused:
        request(cast)
    assert refused.value.code == "open-transfer"
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(("to", "code"), [("union", "same-union"), ("county", "not-open")])
def test_asking_for_a_union_that_cannot_be_is_refused(cast: Cast, to: str, code: str) -> None:
    held = permissions.get_own_membership(cast.member)
    with pytest.raises(Refused) as refused:
        operations.request_transfer(held, to_union=getattr(cast, to), actor=cast.member)
    assert refused.value.code == code
    assert Transfer.objects.count() == 0


def let_go(transfer: Transfer, cast: Cast) -> Any:
    return operations.let_go(transfer, actor=cast.officer)


def take_in(transfer: Transfer, cast: Cast) -> Any:
    return operations.take_in(transfer, actor=cast.neighbour_officer)


def withdraw(transfer: Transfer, cast: Cast) -> Any:
    return operations.withdraw_transfer(transfer, actor=cast.member)


def reject(transfer: Transfer, cast: Cast) -> Any:
    return operations.reject_transfer(transfer, reason="暂不同意", actor=cast.county_officer)


STEPS: list[Callable[[Transfer, Cast], Any]] = [let_go, take_in, withdraw, reject]
ALLOWED = {(let_go, take_in), (let_go, withdraw), (let_go, reject)}
FIRST = {let_go, withdraw, reject}


@pytest.mark.parametrize("first", STEPS)
@pytest.mark.parametrize("second", STEPS)
def test_no_order_of_two_steps_is_a_short_cut(
    cast: Cast, first: Callable[[Transfer, Cast], Any], second: Callable[[Transfer, Cast], Any]
) -> None:
    transfer = request(cast)
    if first not in FIRST:
        with pytest.raises(Refused, match="不能这样办理"):
            first(transfer, cast)
    else:
        first(transfer, cast)
        state = Transfer.objects.get().state
        stale = Transfer.objects.select_related("person", "from_union", "to_union").get()
        if (first, second) in ALLOWED:
            second(stale, cast)
        else:
            with pytest.raises(Refused, match="不能这样办理"):
                second(stale, cast)
            assert Transfer.objects.get().state == state
    moved = Membership.objects.filter(union=cast.neighbour, person__account=cast.member).exists()
    assert moved == ((first, second) == (let_go, take_in))
    assert len(live(cast)) == 1


def test_a_cadre_with_an_old_page_open_cannot_decide_what_has_moved_on(cast: Cast) -> None:
    transfer = request(cast)
    stale = Transfer.objects.select_related("person", "from_union", "to_union").get()
    operations.withdraw_transfer(transfer, actor=cast.member)
    with pytest.raises(Refused) as refused:
        operations.let_go(stale, actor=cast.officer)
    assert refused.value.code == "wrong-state"
    with pytest.raises(Refused):
        operations.reject_transfer(stale, reason="晚了", actor=cast.officer)
    assert Transfer.objects.get().state == "withdrawn"


def test_one_person_cannot_decide_both_sides(cast: Cast) -> None:
    transfer = request(cast)
    operations.let_go(transfer, actor=cast.county_officer)
    with pytest.raises(Refused) as refused:
        operations.take_in(transfer, actor=cast.county_officer)
    assert (refused.value.code, refused.value.status) == ("same-officer", 403)
    assert [held.union for held in live(cast)] == [cast.union]


def test_the_member_cannot_decide_their_own_transfer(cast: Cast) -> None:
    from huigong.people.orgs.tests import factories as orgs

    orgs.post(cast.member, cast.county)
    transfer = request(cast)
    for decide in (operations.let_go, operations.take_in):
        with pytest.raises(Refused) as refused:
            decide(transfer, actor=cast.member)
        assert refused.value.code == "own-request"
    with pytest.raises(Refused):
        operations.reject_transfer(transfer, reason="不", actor=cast.member)
    assert Transfer.objects.get().state == "out_pending"


@pytest.mark.parametrize("arrived", [False, True])
def test_a_no_keeps_the_member_where_they_are_and_says_why(cast: Cast, arrived: bool) -> None:
    transfer = request(cast)
    if arrived:
        operations.let_go(transfer, actor=cast.officer)
    decider = cast.neighbour_officer if arrived else cast.officer
    operations.reject_transfer(transfer, reason="请先办完离职", actor=decider)
    assert transfer.state == ("in_rejected" if arrived else "out_rejected")
    assert [held.union for held in live(cast)] == [cast.union]
    assert Message.objects.filter(account=cast.member, body="请先办完离职").count() == 1
    assert request(cast).state == "out_pending"


def test_an_office_that_does_nothing_is_overtaken_by_the_union_above(cast: Cast) -> None:
    transfer = request(cast)
    Transfer.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert operations.escalate_overdue() == 1
    assert operations.escalate_overdue() == 0
    assert titles(cast.township_officer) == ["本会会员的转会申请已超期，请督促或代为办理"]
    fresh = Transfer.objects.select_related("person", "from_union", "to_union").get(pk=transfer.pk)
    operations.let_go(fresh, actor=cast.township_officer)
    fresh.refresh_from_db()
    assert fresh.escalated_at is None
    assert fresh.due_on > timezone.localdate()
    assert approvals.trail(fresh)[-1].office == cast.township.name
    Transfer.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert operations.escalate_overdue() == 1
    assert Message.objects.filter(title__contains="超期").count() == 4


def test_leaving_takes_an_open_transfer_back(cast: Cast) -> None:
    transfer = request(cast)
    operations.leave_union(permissions.get_own_membership(cast.member), actor=cast.member)
    transfer.refresh_from_db()
    assert transfer.state == "withdrawn"
    with pytest.raises(Refused):
        operations.let_go(transfer, actor=cast.officer)
    assert live(cast) == []


def test_the_present_union_sends_a_member_over_who_cannot_ask(cast: Cast) -> None:
    held = permissions.get_own_membership(cast.member)
    transfer = operations.send_over(held, to_union=cast.neighbour, reason="1", actor=cast.officer)
    assert (transfer.state, transfer.out_decided_by) == ("in_pending", cast.officer.pk)
    assert permissions.get_own_membership(cast.member).union_id == cast.union.pk
    operations.take_in(transfer, actor=cast.neighbour_officer)
    assert permissions.get_own_membership(cast.member).union_id == cast.neighbour.pk


def test_nobody_sends_themself_over(cast: Cast) -> None:
    held = permissions.get_own_membership(cast.member)
    with pytest.raises(Refused) as refused:
        operations.send_over(held, to_union=cast.neighbour, reason="1", actor=cast.member)
    assert refused.value.code == "own-request"
    assert not Transfer.objects.exists()
