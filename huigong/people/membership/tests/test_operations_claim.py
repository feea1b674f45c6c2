"""Claiming a record that is on the roll."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership import operations
from huigong.people.membership.models import Claim, JoinApplication, Person
from huigong.people.membership.tests import factories
from huigong.people.orgs.models import Union
from tests.cast import Cast


def on_roll(union: Union, *, phone: str = "") -> Person:
    """An imported member: no account; with `phone`, or with none."""
    person = factories.person(name="吴海生")
    person.phone = phone
    person.save()
    factories.membership(person, union)
    return person


def claim(account: Account, person: Person, **values: str) -> Claim:
    fields = {"name": person.name, "document_kind": "resident_id", "id_number": person.id_number}
    return operations.claim(account, actor=account, **fields | values)


def titles(account: Account) -> list[str]:
    about_membership = Message.objects.filter(account=account, url__startswith="/membership/")
    return list(about_membership.order_by("id").values_list("title", flat=True))


def test_claiming_from_the_phone_on_the_roll_is_done_at_once(cast: Cast) -> None:
    person = on_roll(cast.union, phone=cast.applicant.phone)
    made = claim(cast.applicant, person)
    assert made.state == "confirmed"
    person.refresh_from_db()
    cast.applicant.refresh_from_db()
    assert (person.account, person.phone) == (cast.applicant, cast.applicant.phone)
    assert (cast.applicant.display_name, cast.applicant.level) == ("吴海生", 1)
    assert titles(cast.officer) == [f"吴海生认领了在{cast.union.name}的会籍"]
    assert [step.decision for step in approvals.trail(made)] == ["submitted", "approved"]
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_claiming_again_gives_back_what_stands(cast: Cast) -> None:
    person = on_roll(cast.union)
    assert claim(cast.applicant, person).pk == claim(cast.applicant, person).pk
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("knows_another", [True, False])
def test_claiming_from_a_phone_that_the_roll_does_not_know_waits_for_the_cadre(
    cast: Cast, knows_another: bool
) -> None:
    """Who knows a colleague's name and number must not have their membership for it."""
    person = on_roll(cast.union, phone=accounts.next_phone() if knows_another else "")
    made = claim(cast.applicant, person)
    assert made.state == "submitted"
    person.refresh_from_db()
    assert person.account is None
    assert titles(cast.officer) == ["吴海生申请认领会籍，请核对本人"]
    operations.confirm_claim(made, actor=cast.officer)
    person.refresh_from_db()
    cast.applicant.refresh_from_db()
    assert person.account == cast.applicant
    assert cast.applicant.level == 2
    assert titles(cast.applicant) == [f"{cast.union.name}已确认您的会籍"]
    assert AuditRow.objects.filter(action="membership:claim:confirm", actor_id=cast.officer.pk).exists()


def test_a_record_that_has_an_account_goes_to_the_new_one_only_through_the_cadre(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    made = claim(cast.applicant, person)
    person.refresh_from_db()
    assert (made.state, person.account) == ("submitted", cast.member)
    operations.confirm_claim(made, actor=cast.officer)
    person.refresh_from_db()
    assert person.account == cast.applicant
    assert titles(cast.member) == ["您的会员身份已改由另一个账号使用"]


def test_an_unknown_number_and_a_wrong_name_are_refused_alike(cast: Cast) -> None:
    person = on_roll(cast.union)
    with pytest.raises(Refused) as unknown:
        claim(cast.applicant, person, id_number=factories.id_number())
    with pytest.raises(Refused) as misnamed:
        claim(cast.applicant, person, name="吴海声")
    answers = {(refused.value.code, refused.value.sentence) for refused in (unknown, misnamed)}
    assert len(answers) == 1
    assert Claim.objects.count() == 0


def test_a_record_whose_membership_ended_is_not_there_to_be_claimed(cast: Cast) -> None:
    person = factories.person(name="吴海生")
    factories.membership(person, cast.union, state="left")
    with pytest.raises(Refused) as refused:
        claim(cast.applicant, person)
    assert refused.value.code == "not-on-roll"


def test_a_member_cannot_claim_somebody_else(cast: Cast) -> None:
    person = on_roll(cast.union)
    with pytest.raises(Refused) as refused:
        claim(cast.member, person)
    assert refused.value.code == "other-identity"
    person.refresh_from_db()
    assert person.account is None


def test_a_cadre_cannot_confirm_their_own_claim(cast: Cast) -> None:
    person = on_roll(cast.union, phone=accounts.next_phone())
    made = claim(cast.officer, person)
    with pytest.raises(Refused) as refused:
        operations.confirm_claim(made, actor=cast.officer)
    assert refused.value.code == "own-request"
    person.refresh_from_db()
    assert person.account is None


def test_of_two_claimants_only_one_is_confirmed_and_a_second_time_nothing_happens(cast: Cast) -> None:
    person = on_roll(cast.union, phone=accounts.next_phone())
    first, other = claim(cast.applicant, person), claim(accounts.account(), person)
    operations.confirm_claim(first, actor=cast.officer)
    operations.reject_claim(other, reason="不是本人", actor=cast.officer)
    for again in (operations.confirm_claim, operations.withdraw_claim):
        with pytest.raises(Refused) as refused:
            again(first, actor=cast.officer)
        assert refused.value.code == "wrong-state"
    person.refresh_from_db()
    assert person.account == cast.applicant


def test_claiming_takes_an_open_application_of_the_account_back(cast: Cast) -> None:
    operations.apply_to_join(
        cast.applicant,
        union=cast.neighbour,
        name="吴海声",
        document_kind="resident_id",
        id_number=factories.id_number(),
        work_form="enterprise",
        pledge="吴海声",
        actor=cast.applicant,
    )
    claim(cast.applicant, on_roll(cast.union, phone=cast.applicant.phone))
    assert JoinApplication.objects.get().state == "withdrawn"


def test_an_overdue_claim_is_brought_before_the_union_above(cast: Cast) -> None:
    made = claim(cast.applicant, on_roll(cast.union, phone=accounts.next_phone()))
    Claim.objects.filter(pk=made.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert operations.escalate_overdue() == 1
    assert titles(cast.township_officer) == ["吴海生的会籍认领已超期，请督促或代为办理"]
