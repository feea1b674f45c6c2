"""Founding a union online, from the request to its first chair."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huigong.core import flags, identity, verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.models import Post, Registration, Union
from tests.cast import Cast, make_cast

State = Union.State


def credit_code(number: int) -> str:
    body = f"91350521MA{number:07d}"
    return body + identity.credit_check_character(body)


def register(cast: Cast, actor: Account | None = None, **changes) -> Registration:
    fields = {
        "name": "惠安县海丝茶业有限公司工会",
        "kind": Union.Kind.INDEPENDENT,
        "parent": cast.township,
        "chair_name": "林秀兰",
        "unit_name": "惠安县海丝茶业有限公司",
        "unit_uscc": credit_code(1),
        "ownership": "private",
        "address": "螺城镇建设大街8号",
        "contact_phone": "0595-87331234",
        "worker_count": 48,
    }
    return operations.register_union(actor=actor or cast.applicant, **fields | changes)


def refusal(run) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def to_convening(registration: Registration, actor: Account) -> None:
    operations.approve_registration(registration, actor=actor)
    for _ in range(3):
        operations.advance_registration(registration, actor=actor)


def test_register_union_puts_it_below_the_wished_parent_and_tells_its_leaders(cast: Cast) -> None:
    registration = register(cast)
    union = registration.union
    assert (union.state, union.parent, union.level) == (
        State.SUBMITTED,
        cast.township,
        Union.Level.GRASSROOTS,
    )
    assert union not in queries.established()
    assert registration.due_on > timezone.localdate() + timedelta(days=14)
    message = Message.objects.get(account=cast.township_officer)
    assert message.title == "待审核：惠安县海丝茶业有限公司工会的建会申请"
    assert message.url == f"/workbench/orgs/registration/{registration.pk}/change/"
    assert [step.decision for step in approvals.trail(registration)] == ["submitted"]


def test_register_union_of_a_joint_union_keeps_the_units_it_covers(cast: Cast) -> None:
    registration = register(
        cast,
        name="螺城镇小微企业联合工会",
        kind=Union.Kind.JOINT,
        unit_uscc="",
        covered_units=[("甲小店", ""), ("乙小店", credit_code(2))],
    )
    units = dict(registration.union.covered_units.values_list("name", "uscc"))
    assert units == {"甲小店": "", "乙小店": credit_code(2)}


def test_the_way_to_establishment_ends_with_the_applicant_as_chair(cast: Cast) -> None:
    registration = register(cast)
    states = []
    operations.approve_registration(registration, actor=cast.township_officer, remark="同意")
    states.append(registration.union.state)
    for _ in range(3):
        operations.advance_registration(registration, actor=cast.township_officer)
        states.append(registration.union.state)
    elected_on = timezone.localdate() - timedelta(days=3)
    post = operations.establish(registration, elected_on=elected_on, years=5, actor=cast.township_officer)
    states.append(registration.union.state)
    assert states == [State.REPLIED, State.RECRUITING, State.GROUPING, State.CONVENING, State.ESTABLISHED]
    assert (post.account, post.role, post.union) == (cast.applicant, Post.Role.CHAIR, registration.union)
    assert post.ends_on.year == elected_on.year + 5
    cast.applicant.refresh_from_db()
    assert cast.applicant.is_staff
    assert registration.union in permissions.visible_to(Account.objects.get(pk=cast.applicant.pk))
    assert [step.step for step in approvals.trail(registration)] == [
        "提交申请",
        "上级批复",
        "发展会员",
        "建立工会小组",
        "筹备召开会员大会",
        "召开会员大会，建会",
    ]
    assert Message.objects.filter(account=cast.applicant).count() == 6
    assert AuditRow.objects.filter(target_type="orgs.registration", target_id=registration.pk).count() == 6
    assert all(finding.ok for finding in verify.run() if finding.name.startswith("orgs"))


def test_a_union_that_is_told_no_may_be_asked_for_again(cast: Cast) -> None:
    registration = register(cast)
    operations.reject_registration(registration, actor=cast.township_officer, reason="请先确定上级")
    assert registration.union.state == State.REJECTED
    assert registration.decided_reason == "请先确定上级"
    assert Message.objects.filter(account=cast.applicant, body="请先确定上级").exists()
    assert register(cast).union.pk != registration.union.pk


def test_reject_registration_without_a_reason_is_refused(cast: Cast) -> None:
    registration = register(cast)
    error = refusal(
        lambda: operations.reject_registration(registration, actor=cast.township_officer, reason="  ")
    )
    assert (error.code, error.status) == ("no-reason", 422)


@pytest.mark.parametrize(
    "decide",
    [
        lambda registration, actor: operations.approve_registration(registration, actor=actor),
        lambda registration, actor: operations.reject_registration(registration, actor=actor, reason="否"),
    ],
)
@pytest.mark.parametrize("who", ["officer", "neighbour_officer", "retired_officer", "member", "applicant"])
def test_deciding_without_an_office_above_is_refused_and_changes_nothing(
    who: str, decide, cast: Cast
) -> None:
    registration = register(cast)
    error = refusal(lambda: decide(registration, getattr(cast, who)))
    assert error.status == 403
    registration.union.refresh_from_db()
    assert registration.union.state == State.SUBMITTED
    assert len(approvals.trail(registration)) == 1


def test_nobody_decides_about_their_own_request(cast: Cast) -> None:
    registration = register(cast, actor=cast.township_officer)
    for run in (
        lambda: operations.approve_registration(registration, actor=cast.township_officer),
        lambda: operations.reject_registration(registration, actor=cast.township_officer, reason="否"),
        lambda: operations.advance_registration(registration, actor=cast.township_officer),
        lambda: operations.establish(
            registration, elected_on=timezone.localdate(), years=5, actor=cast.township_officer
        ),
    ):
        assert refusal(run).code == "own-request"


def test_a_county_officer_may_answer_for_the_township(cast: Cast) -> None:
    registration = register(cast)
    operations.approve_registration(registration, actor=cast.county_officer)
    assert approvals.trail(registration)[-1].office == "惠安县总工会"


def test_steps_cannot_be_skipped_or_repeated(cast: Cast) -> None:
    registration = register(cast)
    actor = cast.township_officer
    today = timezone.localdate()
    assert refusal(lambda: operations.advance_registration(registration, actor=actor)).code == "wrong-state"
    assert (
        refusal(lambda: operations.establish(registration, elected_on=today, years=5, actor=actor)).code
        == "wrong-state"
    )
    operations.approve_registration(registration, actor=actor)
    assert refusal(lambda: operations.approve_registration(registration, actor=actor)).code == "wrong-state"


@pytest.mark.parametrize(("days", "years", "code"), [(1, 5, "future"), (0, 4, "bad-term")])
def test_establish_in_the_future_or_for_another_term_is_refused(
    days: int, years: int, code: str, cast: Cast
) -> None:
    registration = register(cast)
    to_convening(registration, cast.township_officer)
    elected_on = timezone.localdate() + timedelta(days=days)
    error = refusal(
        lambda: operations.establish(
            registration, elected_on=elected_on, years=years, actor=cast.township_officer
        )
    )
    assert error.code == code


def test_withdraw_registration_closes_it_and_frees_the_applicant(cast: Cast) -> None:
    registration = register(cast)
    operations.withdraw_registration(registration, actor=cast.applicant)
    assert (registration.is_open, registration.union.state) == (False, State.REJECTED)
    register(cast)


def test_a_founding_that_comes_to_nothing_can_be_given_up_or_stopped(cast: Cast) -> None:
    registration = register(cast)
    to_convening(registration, cast.township_officer)
    operations.withdraw_registration(registration, actor=cast.applicant)
    assert (registration.is_open, registration.union.state) == (False, State.REJECTED)
    again = register(cast)
    operations.approve_registration(again, actor=cast.township_officer)
    operations.reject_registration(again, actor=cast.township_officer, reason="单位已注销")
    assert (again.is_open, again.union.state) == (False, State.REJECTED)
    assert [step.step for step in approvals.trail(again)][-1] == "终止筹建"
    register(cast)
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_an_established_union_is_neither_withdrawn_nor_rejected(cast: Cast) -> None:
    registration = register(cast)
    to_convening(registration, cast.township_officer)
    today = timezone.localdate()
    operations.establish(registration, elected_on=today, years=5, actor=cast.township_officer)
    for run in (
        lambda: operations.withdraw_registration(registration, actor=cast.applicant),
        lambda: operations.reject_registration(registration, actor=cast.township_officer, reason="改主意"),
    ):
        assert refusal(run).code == "wrong-state"
    registration.union.refresh_from_db()
    assert registration.union.state == State.ESTABLISHED


def test_a_request_left_unanswered_goes_one_level_up_once(cast: Cast) -> None:
    registration = register(cast)
    assert operations.escalate_overdue_registrations() == 0
    Registration.objects.filter(pk=registration.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert [operations.escalate_overdue_registrations() for _ in range(2)] == [1, 0]
    told = Message.objects.filter(account=cast.county_officer, title__contains="已超期")
    assert told.count() == 1
    assert Message.objects.filter(account=cast.applicant, title__contains="超期没有答复").count() == 1
    assert approvals.trail(registration)[-1].office == cast.county.name
    operations.approve_registration(registration, actor=cast.county_officer)


def test_a_second_request_while_one_is_open_is_refused(cast: Cast) -> None:
    register(cast)
    error = refusal(lambda: register(cast, name="惠安县另一家公司工会", unit_uscc=credit_code(9)))
    assert error.code == "already-open"


def test_a_unit_that_has_a_union_is_pointed_to_it(cast: Cast) -> None:
    operations.edit_union(cast.union, actor=SYSTEM, unit_uscc=credit_code(1))
    error = refusal(lambda: register(cast))
    assert (error.code, "螺城石雕厂工会" in error.sentence) == ("exists", True)


def test_what_is_being_founded_already_is_refused_without_naming_who_asked(cast: Cast) -> None:
    register(cast)
    error = refusal(lambda: register(cast, actor=cast.member))
    assert error.code == "being-founded"
    assert "未入会职工" not in error.sentence


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_uscc": "91350521MA0000001X"}, "bad-code"),
        ({"name": "海丝茶业"}, "bad-name"),
        ({"chair_name": "林1"}, "bad-chair"),
        ({"kind": Union.Kind.FEDERATION}, "bad-place"),
    ],
)
def test_register_union_with_wrong_input_is_refused(changes: dict, code: str, cast: Cast) -> None:
    error = refusal(lambda: register(cast, **changes))
    assert (error.code, error.status) == (code, 422)
    assert not Registration.objects.exists()


def test_register_union_under_a_grassroots_union_is_refused(cast: Cast) -> None:
    assert refusal(lambda: register(cast, parent=cast.union)).code == "bad-place"


@pytest.mark.parametrize("field", ["state", "path", "level", "source", "second_parent"])
def test_register_union_takes_no_other_field(field: str, cast: Cast) -> None:
    with pytest.raises(TypeError):
        register(cast, **{field: "established"})


def test_register_union_while_everything_is_read_only_is_refused(cast: Cast) -> None:
    flags.throw(flags.Switch.READ_ONLY, actor=SYSTEM, reason="维护")
    try:
        assert refusal(lambda: register(cast)).status == 503
    finally:
        flags.release(flags.Switch.READ_ONLY, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_ask_at_once_for_one_unit_only_one_is_heard() -> None:
    cast = make_cast()
    people = [accounts.account(name=f"职工{number}") for number in range(10)]
    barrier = threading.Barrier(len(people))
    outcomes: list[str] = []

    def ask(account: Account) -> None:
        barrier.wait()
        try:
            register(cast, actor=account)
            outcomes.append("heard")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(account,)) for account in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["being-founded"] * 9 + ["heard"]
    assert Union.objects.filter(unit_uscc=credit_code(1)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_only_one_counts() -> None:
    cast = make_cast()
    registration = register(cast)
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def decide(approve: bool) -> None:
        own = Registration.objects.select_related("union__parent", "applicant").get(pk=registration.pk)
        barrier.wait()
        try:
            if approve:
                operations.approve_registration(own, actor=cast.township_officer)
            else:
                operations.reject_registration(own, actor=cast.county_officer, reason="否")
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(approve,)) for approve in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "wrong-state"]
    assert len(approvals.trail(registration)) == 2
