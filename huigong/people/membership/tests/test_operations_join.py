"""Joining: applying, correcting, and what the union decides."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from huigong.core import calendar, flags, verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership import events, operations, queries
from huigong.people.membership.models import Employment, JoinApplication, Membership, Person
from huigong.people.membership.tests import factories
from huigong.people.orgs.models import Union
from tests.cast import Cast


def assert_all_invariants_hold() -> None:
    assert [finding for finding in verify.run() if not finding.ok] == []


def apply(account: Account, union: Union, **values: Any) -> operations.Applied:
    name = values.pop("name", "李小明")
    fields = {
        "document_kind": "resident_id",
        "id_number": values.pop("id_number", None) or factories.id_number(),
        "work_form": "enterprise",
        "unit_name": "螺城石雕厂",
        "job_title": "雕刻工",
        "pledge": name,
    }
    return operations.apply_to_join(account, union=union, name=name, actor=account, **fields | values)


def approve(application: JoinApplication, actor: Account, **values: Any) -> Membership:
    fresh = JoinApplication.objects.select_related("person", "union", "account").get(pk=application.pk)
    return operations.approve_application(fresh, actor=actor, **values)


def titles(account: Account) -> list[str]:
    about_membership = Message.objects.filter(account=account, url__startswith="/membership/")
    return list(about_membership.order_by("id").values_list("title", flat=True))


def png() -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 30), "white").save(drawn, "PNG")
    drawn.seek(0)
    return drawn


def test_applying_makes_a_person_reads_sex_and_birthday_and_tells_the_union(cast: Cast) -> None:
    number = factories.id_number(born_on=date(1999, 2, 3), sex="2")
    application, created = apply(cast.applicant, cast.union, id_number=number.lower())
    assert created
    person = application.person
    assert (person.sex, person.born_on, person.id_number, person.account) == (
        "2",
        date(1999, 2, 3),
        number,
        None,
    )
    assert (application.state, application.is_duplicate) == ("submitted", False)
    assert titles(cast.officer) == [f"李小明申请加入{cast.union.name}"]
    assert titles(cast.neighbour_officer) == []
    assert [step.decision for step in approvals.trail(application)] == ["submitted"]
    row = AuditRow.objects.get(action="membership:application:submit")
    assert (row.actor_id, row.org_id) == (cast.applicant.pk, cast.union.pk)
    assert number not in str(row.after)


def test_applying_gives_the_union_five_working_days(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union)
    assert application.due_on == calendar.add_working_days(calendar.today(), 5)


def test_applying_twice_gives_back_the_first_application(cast: Cast) -> None:
    number = factories.id_number()
    first, _ = apply(cast.applicant, cast.union, id_number=number)
    second, created = apply(cast.applicant, cast.union, id_number=number)
    assert (second.pk, created) == (first.pk, False)
    assert len(titles(cast.officer)) == 1


def test_applying_to_a_second_union_while_one_is_open_is_refused(cast: Cast) -> None:
    number = factories.id_number()
    apply(cast.applicant, cast.union, id_number=number)
    with pytest.raises(Refused) as refused:
        apply(cast.applicant, cast.neighbour, id_number=number)
    assert (refused.value.code, refused.value.status) == ("open-application", 409)
    assert JoinApplication.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "code", "status"),
    [
        ({"id_number": "350521199005010017"}, "bad-id-number", 422),
        ({"name": "李3"}, "bad-name", 422),
        ({"document_kind": "passport", "id_number": "E1234567"}, "no-sex", 422),
        ({"document_kind": "passport", "id_number": "E1234567", "sex": "1"}, "no-birthday", 422),
        ({"pledge": "别人"}, "not-signed", 422),
        ({"pledge": ""}, "not-signed", 422),
        ({"signature": io.BytesIO(b"not a picture")}, "bad-signature", 422),
    ],
)
def test_applying_with_bad_input_is_refused_and_leaves_nothing(
    cast: Cast, values: dict[str, Any], code: str, status: int
) -> None:
    people = Person.objects.count()
    with pytest.raises(Refused) as refused:
        apply(cast.applicant, cast.union, **values)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert JoinApplication.objects.count() == 0
    assert Person.objects.count() == people


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (1, False)])
def test_applying_is_for_those_of_sixteen_and_older(cast: Cast, days: int, allowed: bool) -> None:
    today = calendar.today()
    born_on = today.replace(year=today.year - 16) + timedelta(days=days)
    number = factories.id_number(born_on=born_on)
    if allowed:
        assert apply(cast.applicant, cast.union, id_number=number).created
        return
    with pytest.raises(Refused) as refused:
        apply(cast.applicant, cast.union, id_number=number)
    assert (refused.value.code, refused.value.status) == ("too-young", 403)


def test_applying_to_a_federation_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        apply(cast.applicant, cast.county)
    assert refused.value.code == "not-open"


def test_applying_with_a_passport_keeps_what_was_typed(cast: Cast) -> None:
    application, _ = apply(
        cast.applicant,
        cast.union,
        name="Anna Müller",
        document_kind="passport",
        id_number="c01x00t47",
        sex="2",
        born_on=date(1988, 1, 2),
    )
    assert (application.person.id_number, application.sex) == ("C01X00T47", "2")


def test_applying_with_a_drawn_signature_keeps_it_private(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union, pledge="", signature=png())
    stored = StoredFile.objects.get()
    assert application.signature == stored
    assert (stored.is_public, stored.owner_id) == (False, cast.applicant.pk)


def test_applying_while_joining_is_paused_is_refused(cast: Cast) -> None:
    flags.throw(flags.Switch.JOIN_PAUSED, actor=SYSTEM, reason="换届")
    with pytest.raises(Refused) as refused:
        apply(cast.applicant, cast.union)
    assert refused.value.code == "paused"
    flags.release(flags.Switch.JOIN_PAUSED, actor=SYSTEM)


def test_a_member_who_applies_is_pointed_to_transfer(cast: Cast) -> None:
    own = queries.person_of(cast.member)
    assert own is not None
    with pytest.raises(Refused) as refused:
        apply(cast.member, cast.neighbour, name=own.name, id_number=own.id_number)
    assert (refused.value.code, refused.value.status) == ("already-member", 409)


def test_a_member_who_applies_with_another_number_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        apply(cast.member, cast.neighbour)
    assert refused.value.code == "other-identity"


def test_applying_with_name_and_number_of_the_roll_leads_to_claiming(cast: Cast) -> None:
    known = factories.person(name="吴海生")
    factories.membership(known, cast.neighbour)
    with pytest.raises(Refused) as refused:
        apply(cast.applicant, cast.union, name="吴海生", id_number=known.id_number)
    assert refused.value.code == "on-roll"


def test_a_known_number_under_a_wrong_name_is_answered_like_an_unknown_one(cast: Cast) -> None:
    known = factories.person(name="吴海生")
    factories.membership(known, cast.neighbour)
    probing, created = apply(cast.applicant, cast.union, name="李小明", id_number=known.id_number)
    honest, also_created = apply(accounts.account(), cast.union, name="李小明")
    assert created
    assert also_created
    assert (probing.state, probing.due_on) == (honest.state, honest.due_on)
    known.refresh_from_db()
    assert known.name == "吴海生"


def test_a_number_that_somebody_else_applies_with_is_answered_the_same_and_both_stand(cast: Cast) -> None:
    number = factories.id_number()
    first, _ = apply(cast.applicant, cast.union, id_number=number)
    second, created = apply(accounts.account(), cast.neighbour, id_number=number)
    assert created
    assert (first.person_id, first.is_duplicate) == (second.person_id, False)
    assert second.is_duplicate
    doubts = queries.concerns([first, second])
    assert [doubt.is_final for found in doubts.values() for doubt in found] == [False, False]


def test_approval_opens_the_membership_names_the_account_and_notes_the_work(cast: Cast) -> None:
    heard = []
    events.member_joined.connect(lambda **payload: heard.append(payload), weak=False, dispatch_uid="test")
    try:
        application, _ = apply(cast.applicant, cast.union)
        membership = approve(application, cast.officer, remark="欢迎")
    finally:
        events.member_joined.disconnect(dispatch_uid="test")
    person = Person.objects.get(account=cast.applicant)
    cast.applicant.refresh_from_db()
    assert (cast.applicant.display_name, cast.applicant.level) == ("李小明", 2)
    assert (membership.person, membership.union, membership.state) == (person, cast.union, "active")
    assert membership.joined_on == membership.started_on == calendar.today()
    assert membership.member_no == f"350521{person.pk:08d}"
    assert person.phone == cast.applicant.phone
    work = Employment.objects.get(person=person)
    assert (work.unit_name, work.job_title, work.until) == ("螺城石雕厂", "雕刻工", None)
    assert titles(cast.applicant) == [f"欢迎加入{cast.union.name}"]
    assert [(step.decision, step.office) for step in approvals.trail(application)][-1] == (
        "approved",
        cast.union.name,
    )
    assert AuditRow.objects.filter(action="membership:application:approve", org_id=cast.union.pk).exists()
    assert [(payload["person"], payload["union_id"]) for payload in heard] == [(person, cast.union.pk)]
    assert_all_invariants_hold()


def test_an_officer_of_a_union_above_approves_in_the_name_of_their_office(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union)
    approve(application, cast.township_officer)
    assert approvals.trail(application)[-1].office == cast.township.name


def test_approving_twice_is_refused_and_makes_one_membership(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union)
    approve(application, cast.officer)
    with pytest.raises(Refused) as refused:
        approve(application, cast.officer)
    assert refused.value.code == "wrong-state"
    assert Membership.objects.filter(person=application.person).count() == 1


def test_approving_ones_own_application_is_refused(cast: Cast) -> None:
    application, _ = apply(cast.officer, cast.union)
    with pytest.raises(Refused) as refused:
        approve(application, cast.officer)
    assert (refused.value.code, refused.value.status) == ("own-request", 403)
    assert Membership.objects.filter(person=application.person).count() == 0


@pytest.mark.parametrize("state", ["returned", "rejected", "withdrawn"])
def test_approving_what_does_not_wait_is_refused(cast: Cast, state: str) -> None:
    application, _ = apply(cast.applicant, cast.union)
    JoinApplication.objects.filter(pk=application.pk).update(state=state)
    with pytest.raises(Refused) as refused:
        approve(application, cast.officer)
    assert refused.value.code == "wrong-state"
    assert Membership.objects.filter(person=application.person).count() == 0


def test_approving_somebody_whom_another_union_has_is_refused(cast: Cast) -> None:
    known = factories.person(name="吴海生")
    factories.membership(known, cast.neighbour)
    application, _ = apply(cast.applicant, cast.union, name="李小明", id_number=known.id_number)
    with pytest.raises(Refused) as refused:
        approve(application, cast.officer, identity_checked=True)
    assert refused.value.code == "already-member"
    cast.applicant.refresh_from_db()
    assert (cast.applicant.display_name, cast.applicant.level) == ("未入会职工", 0)


def test_a_doubtful_identity_is_approved_only_after_a_look_at_the_document(cast: Cast) -> None:
    number = factories.id_number()
    first, _ = apply(accounts.account(), cast.union, id_number=number, name="冒名者")
    second, _ = apply(cast.applicant, cast.union, id_number=number, name="李小明")
    with pytest.raises(Refused) as refused:
        approve(second, cast.officer)
    assert refused.value.code == "identity-unchecked"
    approve(second, cast.officer, identity_checked=True)
    person = Person.objects.get(account=cast.applicant)
    assert (person.name, person.initials) == ("李小明", "lxm")
    with pytest.raises(Refused) as too_late:
        approve(first, cast.officer, identity_checked=True)
    assert too_late.value.code == "already-member"
    assert_all_invariants_hold()


def test_somebody_who_left_joins_again_with_the_old_number_and_a_new_account(cast: Cast) -> None:
    former = accounts.account(name="李小明")
    person = factories.person(name="李小明", account=former)
    factories.membership(person, cast.neighbour, state="left")
    application, _ = apply(cast.applicant, cast.union, name="李小明", id_number=person.id_number)
    membership = approve(application, cast.officer, identity_checked=True)
    assert membership.member_no == f"350521{person.pk:08d}"
    assert Person.objects.get(pk=person.pk).account == cast.applicant
    assert titles(former) == ["您的会员身份已改由另一个账号使用"]
    assert_all_invariants_hold()


def test_approving_many_answers_for_each_row(cast: Cast) -> None:
    number = factories.id_number()
    fine, _ = apply(accounts.account(), cast.union, name="甲一")
    own, _ = apply(cast.officer, cast.union, name="乙二")
    doubtful, _ = apply(accounts.account(), cast.union, name="丙三", id_number=number)
    apply(accounts.account(), cast.neighbour, name="丁四", id_number=number)
    waiting = list(
        JoinApplication.objects.filter(union=cast.union)
        .select_related("person", "union", "account")
        .order_by("id")
    )
    outcomes = operations.approve_many(waiting, actor=cast.officer)
    assert [(row.application.pk, row.approved) for row in outcomes] == [
        (fine.pk, True),
        (own.pk, False),
        (doubtful.pk, False),
    ]
    assert "自己" in outcomes[1].sentence
    assert "核对证件" in outcomes[2].sentence
    assert Membership.objects.filter(union=cast.union, person__name="甲一").count() == 1


def test_a_returned_application_is_corrected_and_comes_back(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union, name="李小名")
    operations.return_application(application, reason="姓名与身份证不一致", actor=cast.officer)
    assert titles(cast.applicant) == [f"{cast.union.name}退回了您的入会申请，请修改后再提交"]
    number = application.person.id_number
    again = operations.resubmit(
        JoinApplication.objects.select_related("account", "union").get(pk=application.pk),
        name="李小明",
        document_kind="resident_id",
        id_number=number,
        work_form="rider",
        pledge="李小明",
        actor=cast.applicant,
    )
    assert (again.pk, again.state, again.name, again.work_form) == (
        application.pk,
        "submitted",
        "李小明",
        "rider",
    )
    assert [step.decision for step in approvals.trail(again)] == ["submitted", "returned", "submitted"]
    membership = approve(again, cast.officer)
    assert (membership.person.name, membership.person.work_form) == ("李小明", "rider")


def test_a_return_marks_the_wrong_parts_until_it_is_sent_again(cast: Cast) -> None:
    application = factories.application(cast.applicant, cast.union)
    operations.return_application(application, reason="请改", marks=["name"], actor=cast.officer)
    application.refresh_from_db()
    assert application.marks == ["name"]
    with pytest.raises(TypeError):
        operations.return_application(application, reason="请改", marks=["sex"], actor=cast.officer)
    who = {"document_kind": "resident_id", "id_number": factories.id_number(), "work_form": "enterprise"}
    operations.resubmit(application, name="李小敏", pledge="李小敏", actor=cast.applicant, **who)
    application.refresh_from_db()
    assert (application.state, application.marks) == ("submitted", [])


def test_resubmitting_what_was_not_returned_is_refused(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union)
    with pytest.raises(Refused) as refused:
        operations.resubmit(
            application,
            name="李小明",
            document_kind="resident_id",
            id_number=application.person.id_number,
            work_form="rider",
            pledge="李小明",
            actor=cast.applicant,
        )
    assert refused.value.code == "wrong-state"
    application.refresh_from_db()
    assert application.work_form == "enterprise"


@pytest.mark.parametrize("decline", [operations.return_application, operations.reject_application])
def test_a_no_needs_a_reason(cast: Cast, decline: Any) -> None:
    application, _ = apply(cast.applicant, cast.union)
    with pytest.raises(Refused) as refused:
        decline(application, reason="  ", actor=cast.officer)
    assert refused.value.code == "no-reason"
    application.refresh_from_db()
    assert application.state == "submitted"


def test_a_rejected_applicant_may_apply_again(cast: Cast) -> None:
    number = factories.id_number()
    application, _ = apply(cast.applicant, cast.union, id_number=number)
    operations.reject_application(application, reason="不是本单位职工", actor=cast.officer)
    assert application.decided_at is not None
    assert apply(cast.applicant, cast.neighbour, id_number=number).created


def test_withdrawing_frees_the_way_and_happens_once(cast: Cast) -> None:
    number = factories.id_number()
    application, _ = apply(cast.applicant, cast.union, id_number=number)
    operations.withdraw_application(application, actor=cast.applicant)
    with pytest.raises(Refused) as refused:
        operations.withdraw_application(application, actor=cast.applicant)
    assert refused.value.code == "wrong-state"
    assert apply(cast.applicant, cast.neighbour, id_number=number).created


def test_an_overdue_application_is_brought_before_the_union_above_once(cast: Cast) -> None:
    application, _ = apply(cast.applicant, cast.union)
    assert operations.escalate_overdue() == 0
    JoinApplication.objects.filter(pk=application.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert operations.escalate_overdue() == 1
    assert operations.escalate_overdue() == 0
    assert titles(cast.township_officer) == ["李小明的入会申请已超期，请督促或代为办理"]
    assert titles(cast.applicant) == [f"{cast.union.name}超期没有办理，已转{cast.township.name}"]
    assert [step.decision for step in approvals.trail(application)] == ["submitted", "escalated"]
    assert approve(application, cast.township_officer).union == cast.union
