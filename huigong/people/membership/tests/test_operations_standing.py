"""Keeping, leaving, expelling, retiring: how a membership stands and ends."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox.models import Message
from huigong.people.membership import events, operations, permissions, queries
from huigong.people.membership.models import Employment, Expulsion, Membership
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from tests.cast import Cast


@pytest.fixture
def left() -> Any:
    """What `member_left` announced."""
    heard: list[dict[str, Any]] = []
    events.member_left.connect(lambda **payload: heard.append(payload), weak=False, dispatch_uid="test")
    yield heard
    events.member_left.disconnect(dispatch_uid="test")


def held_by(account: Account) -> Membership:
    return permissions.get_own_membership(account)


def titles(account: Account) -> list[str]:
    about_membership = Message.objects.filter(account=account, url__startswith="/membership/")
    return list(about_membership.order_by("id").values_list("title", flat=True))


def assert_all_invariants_hold() -> None:
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_retaining_and_restoring_go_back_and_forth_and_only_so(cast: Cast) -> None:
    held = held_by(cast.member)
    with pytest.raises(Refused):
        operations.restore_membership(held, actor=cast.officer)
    operations.retain_membership(held, reason="3", actor=cast.officer)
    assert (held_by(cast.member).state, held_by(cast.member).reason) == ("retained", "3")
    with pytest.raises(Refused) as refused:
        operations.retain_membership(held, reason="3", actor=cast.officer)
    assert refused.value.code == "wrong-state"
    operations.restore_membership(held, actor=cast.officer)
    assert (held_by(cast.member).state, held_by(cast.member).reason) == ("active", "")
    assert titles(cast.member) == ["您的会籍已保留", "您的会籍已恢复"]
    assert_all_invariants_hold()


def test_leaving_is_at_once_filed_and_announced(cast: Cast, left: list[dict[str, Any]]) -> None:
    held = held_by(cast.member)
    operations.leave_union(held, actor=cast.member)
    held.refresh_from_db()
    assert (held.state, held.ended_on, held.ended_by, held.reason) == ("left", calendar.today(), "6", "5")
    assert queries.member_of(cast.member) is None
    assert titles(cast.officer) == ["本会会员本人退会"]
    assert [(payload["person"], payload["union_id"], payload["state"]) for payload in left] == [
        (held.person, cast.union.pk, "left")
    ]
    with pytest.raises(Refused):
        operations.leave_union(held, actor=cast.member)
    assert len(left) == 1
    assert_all_invariants_hold()


def test_expelling_takes_a_proposal_and_the_chair(cast: Cast, left: list[dict[str, Any]]) -> None:
    cadre = accounts.account(name="本会干部")
    orgs.post(cadre, cast.union, Post.Role.CADRE)
    held = held_by(cast.member)
    expulsion = operations.propose_expulsion(held, grounds="（2026）闽0521刑初1号判决", actor=cadre)
    assert held_by(cast.member).state == "active"
    assert titles(cast.officer) == ["有一份对本会会员的除名提议等待主席决定"]
    operations.decide_expulsion(expulsion, expel=True, actor=cast.officer)
    held.refresh_from_db()
    assert (held.state, held.ended_by, held.reason) == ("expelled", "5", "6")
    assert titles(cast.township_officer) == [f"{cast.union.name}将本会会员除名，报请备案"]
    assert titles(cast.member) == [f"您已被{cast.union.name}除名"]
    assert [payload["state"] for payload in left] == ["expelled"]
    with pytest.raises(Refused):
        operations.decide_expulsion(expulsion, expel=True, actor=cast.officer)
    assert_all_invariants_hold()


def test_expelling_by_the_proposer_alone_is_refused(cast: Cast) -> None:
    expulsion = operations.propose_expulsion(held_by(cast.member), grounds="判决书", actor=cast.officer)
    with pytest.raises(Refused) as refused:
        operations.decide_expulsion(expulsion, expel=True, actor=cast.officer)
    assert (refused.value.code, refused.value.status) == ("own-proposal", 403)
    assert held_by(cast.member).state == "active"


def test_expelling_without_grounds_or_twice_proposed_is_refused(cast: Cast) -> None:
    held = held_by(cast.member)
    with pytest.raises(Refused) as without:
        operations.propose_expulsion(held, grounds=" ", actor=cast.officer)
    assert without.value.code == "no-reason"
    operations.propose_expulsion(held, grounds="判决书", actor=cast.officer)
    with pytest.raises(Refused) as twice:
        operations.propose_expulsion(held, grounds="判决书", actor=cast.county_officer)
    assert twice.value.code == "open-expulsion"
    assert Expulsion.objects.count() == 1


def test_a_proposal_that_is_dropped_changes_nothing(cast: Cast, left: list[dict[str, Any]]) -> None:
    expulsion = operations.propose_expulsion(
        held_by(cast.member), grounds="判决书", actor=cast.county_officer
    )
    operations.decide_expulsion(expulsion, expel=False, actor=cast.officer, remark="判决未生效")
    assert (expulsion.state, expulsion.remark) == ("dropped", "判决未生效")
    assert held_by(cast.member).state == "active"
    assert left == []


def test_retiring_keeps_the_membership(cast: Cast, left: list[dict[str, Any]]) -> None:
    person = held_by(cast.member).person
    operations.retire(person, actor=cast.officer)
    assert Employment.objects.get(person=person, until=None).status == "4"
    assert held_by(cast.member).state == "active"
    assert left == []


def test_a_death_ends_the_membership_and_writes_to_nobody(cast: Cast, left: list[dict[str, Any]]) -> None:
    held = held_by(cast.member)
    operations.record_death(held, actor=cast.officer)
    held.refresh_from_db()
    assert held.state == "deceased"
    assert [payload["state"] for payload in left] == ["deceased"]
    assert titles(cast.member) == []
    assert AuditRow.objects.filter(action="membership:membership:record-death").exists()


def test_a_death_and_an_expulsion_end_the_offices_held(cast: Cast) -> None:
    for account, end in (
        (cast.member, lambda held: operations.record_death(held, actor=cast.officer)),
        (cast.neighbour_member, expel(cast)),
    ):
        orgs.post(account, cast.union, Post.Role.CADRE)
        end(held_by(account))
        assert not Post.objects.filter(account=account, ended_at=None).exists()
    assert Post.objects.filter(account=cast.officer, ended_at=None).exists()


def expel(cast: Cast) -> Any:
    def run(held: Membership) -> None:
        proposal = operations.propose_expulsion(held, grounds="判决书", actor=cast.county_officer)
        operations.decide_expulsion(proposal, expel=True, actor=cast.neighbour_officer)

    return run


@pytest.mark.parametrize(("is_deemed", "code"), [(False, "5"), (True, "")])
def test_a_union_notes_that_somebody_left(
    cast: Cast, left: list[dict[str, Any]], is_deemed: bool, code: str
) -> None:
    held = held_by(cast.member)
    operations.record_leaving(held, is_deemed=is_deemed, reason="本人书面申请", actor=cast.officer)
    held.refresh_from_db()
    assert (held.state, held.ended_by, held.reason) == ("left", "6", code)
    assert [payload["state"] for payload in left] == ["left"]
    row = AuditRow.objects.get(action="membership:membership:record-leaving")
    assert row.after == {"is_deemed": is_deemed, "reason": "本人书面申请"}
    assert len(titles(cast.member)) == 1
    assert_all_invariants_hold()


def test_noting_that_somebody_left_wants_grounds_and_another_person(cast: Cast) -> None:
    held = held_by(cast.member)
    for reason, actor, code in ((" ", cast.officer, "no-reason"), ("书面", cast.member, "own-request")):
        with pytest.raises(Refused) as refused:
            operations.record_leaving(held, is_deemed=False, reason=reason, actor=actor)
        assert refused.value.code == code
    assert held_by(cast.member).state == "active"


def test_who_leaves_is_no_member_from_then_on_nor_on_the_next_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.member, backend="huigong.people.accounts.backends.PhoneBackend")
    page = reverse("portal:my-union")
    assert cast.union.name in client.get(page).content.decode()
    live = Membership.objects.get(person__account=cast.member)
    operations.leave_union(live, actor=cast.member)
    assert queries.member_of(cast.member) is None
    assert cast.union.name not in client.get(page).content.decode()
