"""Verifying, returning, deciding, objections and awards: what works, what is refused, and who sees nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.tests import factories as accounts
from huigong.people.approvals import operations as steps_of
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.tests import factories as unions
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.models import Application, Objection
from huigong.services.policies.queries import Sought
from huigong.services.policies.tests import factories
from tests.cast import Cast

SECRET = {"family": 4, "ill": True, "disease": "慢性肾病"}


def handed_in(cast: Cast, *, state: str = "submitted", terms: Any = None, **changed: Any) -> Application:
    """The cast's member has applied for what the county offers, and somebody has opened it."""
    scheme = factories.scheme(cast.county, **(terms or {}))
    changed = {"opened_at": timezone.now(), **changed}
    return factories.application(scheme, cast.member, state=state, **changed)


def over(application: Application) -> None:
    """Its notice ended yesterday."""
    ended = calendar.today() - timedelta(days=1)
    Application.objects.filter(pk=application.pk).update(notice_until=ended)
    application.refresh_from_db()


def steps(application: Application) -> list[tuple[str, str]]:
    return [(step.step, step.decision) for step in approvals.trail(application)]


# --- Opening


def test_open_application_is_noted_once_and_audited_each_time(cast: Cast) -> None:
    application = handed_in(cast, opened_at=None, answers=SECRET)
    file = operations.open_application(application, actor=cast.officer)
    first = Application.objects.get().opened_at
    operations.open_application(application, actor=cast.county_officer)
    assert (file.is_shown, Application.objects.get().opened_at, first is None) == (True, first, False)
    rows = AuditRow.objects.filter(action="policies:application:read")
    assert (rows.count(), rows[0].after) == (2, {"private": ["ill", "disease"]})
    assert not any("慢性肾病" in str(vars(row)) for row in AuditRow.objects.all())


def test_what_is_private_stays_hidden_until_it_is_opened(cast: Cast) -> None:
    application = handed_in(cast, opened_at=None, answers=SECRET)
    assert queries.review_file(application, cast.officer).sections == []
    operations.open_application(application, actor=cast.officer)
    hidden = str(queries.review_file(application, cast.officer).sections)
    shown = str(queries.review_file(application, cast.officer, shown=True).sections)
    assert ("慢性肾病" in hidden, "慢性肾病" in shown, "家里几口人" in hidden) == (False, True, True)


def test_what_changed_since_it_was_returned_is_shown(cast: Cast) -> None:
    application = handed_in(cast, answers={"family": 4, "ill": False})
    application.earlier = {"family": 5, "ill": False}
    [section] = queries.review_file(application, cast.officer, shown=True).sections
    assert [(row.id, row.is_changed, row.was) for row in section.answers] == [
        ("family", True, 5),
        ("ill", False, ""),
    ]


# --- Verifying


def test_verify_hands_on_to_the_scheme_s_union(cast: Cast) -> None:
    application = handed_in(cast)
    operations.verify(application, actor=cast.officer, remark="情况属实")
    assert (application.state, application.verified_by_id) == ("verified", cast.officer.pk)
    assert application.decide_by == calendar.add_working_days(calendar.today(), 10)
    assert steps(application) == [("单位核实", "approved")]
    assert approvals.trail(application)[0].office == cast.union.name
    message = Message.objects.get(account=cast.county_officer, title="有一份申报等待审定")
    operations.open_application(application, actor=cast.county_officer)
    message.refresh_from_db()
    assert message.read_at is not None
    [told] = Message.objects.filter(account=cast.member)
    assert (told.title, "困难" in told.title + told.body) == ("您的申报有新的进展", False)


def test_a_unit_that_does_not_agree_cannot_stop_it(cast: Cast) -> None:
    application = handed_in(cast)
    with pytest.raises(Refused, match="请写明原因"):
        operations.verify(application, actor=cast.officer, agrees=False)
    operations.verify(application, actor=cast.officer, agrees=False, remark="收入不实")
    assert (application.state, steps(application)) == ("verified", [("单位有不同意见", "escalated")])


def test_verify_what_nobody_opened_is_refused(cast: Cast) -> None:
    application = handed_in(cast, opened_at=None)
    with pytest.raises(Refused, match="请先打开申报材料"):
        operations.verify(application, actor=cast.officer)


@pytest.mark.parametrize("verb", ["verify", "return_with", "approve", "refuse", "award"])
def test_nobody_decides_about_themselves(verb: str, cast: Cast) -> None:
    unions.post(cast.member, cast.county)
    application = handed_in(cast)
    fields = {
        "return_with": {"marks": {}, "reason": "x"},
        "approve": {"amount_fen": 1},
        "refuse": {"reason": "x"},
    }
    with pytest.raises(Refused) as refused:
        getattr(operations, verb)(application, actor=cast.member, **fields.get(verb, {}))
    assert refused.value.code == "own-request"
    assert not permissions.may_decide(cast.member, application)


# --- Returning


def test_return_with_marks_gives_ten_working_days(cast: Cast) -> None:
    application = handed_in(cast)
    operations.return_with(application, actor=cast.officer, marks={"family": " 请核对人数 ", "ill": ""})
    application.refresh_from_db()
    assert (application.state, application.marks) == ("returned", {"family": "请核对人数"})
    assert application.correct_by == calendar.add_working_days(calendar.today(), 10)
    assert approvals.trail(application)[0].remark == "有 1 处需要补正"
    assert "请核对人数" not in str(AuditRow.objects.get(action="policies:application:return").after)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"marks": {}}, "no-reason"),
        ({"marks": {"nothing": "x"}}, "unknown-mark"),
        ({"marks": {"family": "长" * 101}}, "mark-too-long"),
        ({"marks": {}, "reason": "长" * 301}, "remark-too-long"),
    ],
)
def test_return_with_nothing_to_correct_is_refused(fields: Any, code: str, cast: Cast) -> None:
    application = handed_in(cast)
    with pytest.raises(Refused) as refused:
        operations.return_with(application, actor=cast.officer, **fields)
    assert (refused.value.code, Application.objects.get().state) == (code, "submitted")


# --- Deciding


def verified(cast: Cast, **changed: Any) -> Application:
    return handed_in(cast, state="verified", verified_by=cast.officer, **changed)


def test_approve_puts_it_on_public_notice_in_working_days(cast: Cast) -> None:
    application = verified(cast)
    operations.approve(application, actor=cast.county_officer, amount_fen=300_000, award="困难帮扶金")
    application.refresh_from_db()
    assert (application.state, application.amount, application.decided_at) == ("noticed", 300_000, None)
    assert application.notice_until == calendar.add_working_days(calendar.today(), 5)


def test_approve_without_notice_awards_at_once(cast: Cast) -> None:
    application = verified(cast, terms={"notice_days": 0})
    operations.approve(application, actor=cast.county_officer, award="指派律师代理仲裁")
    application.refresh_from_db()
    assert (application.state, application.decided_at is None) == ("awarded", False)


def test_approve_that_gives_nothing_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="请填写金额"):
        operations.approve(verified(cast), actor=cast.county_officer, amount_fen=0)


def test_who_verified_does_not_decide(cast: Cast) -> None:
    unions.post(cast.officer, cast.county)
    application = verified(cast)
    for verb, fields in (("approve", {"amount_fen": 1}), ("refuse", {"reason": "不符合"})):
        with pytest.raises(Refused) as refused:
            getattr(operations, verb)(application, actor=cast.officer, **fields)
        assert refused.value.code == "four-eyes"
    assert not permissions.may_decide(cast.officer, application)
    assert permissions.may_decide(cast.county_officer, application)


def test_who_verified_decides_about_the_own_union_s_scheme(cast: Cast) -> None:
    scheme = factories.scheme(cast.union)
    application = factories.application(
        scheme, cast.member, state="verified", verified_by=cast.officer, opened_at=timezone.now()
    )
    operations.approve(application, actor=cast.officer, amount_fen=50_000)
    assert Application.objects.get().state == "noticed"


def test_refuse_says_why_and_the_member_may_apply_anew(cast: Cast) -> None:
    application = verified(cast)
    with pytest.raises(Refused, match="请写明不通过的原因"):
        operations.refuse(application, actor=cast.county_officer, reason=" ")
    operations.refuse(application, actor=cast.county_officer, reason="家庭收入高于标准")
    application.refresh_from_db()
    assert (application.state, application.reason) == ("refused", "家庭收入高于标准")
    assert steps(application) == [("审定", "rejected")]
    assert factories.application(application.scheme, cast.member).state == "submitted"


def test_a_second_tap_changes_nothing(cast: Cast) -> None:
    application = verified(cast)
    operations.approve(application, actor=cast.county_officer, amount_fen=300_000)
    with pytest.raises(Refused, match="当前是“公示中”"):
        operations.approve(application, actor=cast.county_officer, amount_fen=900_000)
    assert (Application.objects.get().amount, len(steps(application))) == (300_000, 1)


# --- Notice, objections, award


def test_award_waits_for_the_end_of_the_notice(cast: Cast) -> None:
    application = handed_in(cast, state="noticed")
    with pytest.raises(Refused, match="期满才能发放"):
        operations.award(application, actor=cast.county_officer)
    over(application)
    operations.award(application, actor=cast.county_officer)
    with pytest.raises(Refused, match="当前是“已通过”"):
        operations.award(application, actor=cast.county_officer)
    assert (application.state, steps(application)) == ("awarded", [("公示结束", "approved")])


def test_award_waits_for_the_answer_to_an_objection(cast: Cast) -> None:
    application = handed_in(cast, state="noticed")
    over(application)
    objection = factories.objection(application, cast.neighbour_member)
    with pytest.raises(Refused, match="还有异议没有答复"):
        operations.award(application, actor=cast.county_officer)
    operations.answer_objection(
        objection, actor=cast.county_officer, reply="已核实，房子是父母的", upheld=False
    )
    operations.award(application, actor=cast.county_officer)
    assert Message.objects.filter(account=cast.neighbour_member, title__contains="核查结果").count() == 1


def test_an_upheld_objection_takes_it_off_the_notice(cast: Cast) -> None:
    application = handed_in(cast, state="noticed")
    objection = factories.objection(application, cast.neighbour_member)
    operations.answer_objection(objection, actor=cast.county_officer, reply="属实", upheld=True)
    application.refresh_from_db()
    assert (application.state, application.notice_until) == ("verified", None)
    with pytest.raises(Refused, match="已经答复过"):
        operations.answer_objection(objection, actor=cast.county_officer, reply="又属实", upheld=False)
    assert Objection.objects.get().reply == "属实"
    assert "陈" not in str(approvals.trail(application)[0].remark)


# --- Many


def test_approve_many_says_of_each_refused_why(cast: Cast) -> None:
    good = verified(cast)
    other = people.member_account(cast.union, name="林小红")
    unopened = factories.application(good.scheme, other, state="verified")
    done = operations.approve_many([good, unopened], actor=cast.county_officer, amount_fen=100_000)
    assert (done.done, [name for name, _ in done.refused]) == (1, ["林小红"])
    over(good)
    assert operations.award_many([good, unopened], actor=cast.county_officer).done == 1


# --- Who sees what


def test_the_unit_learns_nothing_of_what_goes_past_it(cast: Cast) -> None:
    secret = handed_in(cast, state="verified", terms={"unit_first": False, "title": "职工法律援助"})
    for stage in queries.REVIEW_STAGES:
        assert queries.review_page(cast.officer, Sought(stage=stage)).rows == []
    assert queries.choices(cast.officer).schemes == []
    assert sum(queries.figures(secret.scheme, cast.officer).values()) == 0
    for account in (cast.officer, cast.township_officer):
        with pytest.raises(Http404):
            permissions.get_application(account, secret.pk)
    assert permissions.get_application(cast.county_officer, secret.pk) == secret


def test_a_township_sees_only_what_came_to_it_late(cast: Cast) -> None:
    application = handed_in(cast)
    with pytest.raises(Http404):
        permissions.get_application(cast.township_officer, application.pk)
    Application.objects.update(escalated_at=timezone.now())
    assert permissions.may_decide(cast.township_officer, application)


def test_neighbours_find_no_application(cast: Cast) -> None:
    application = handed_in(cast)
    for account in (cast.neighbour_officer, cast.retired_officer, cast.neighbour_member, accounts.account()):
        with pytest.raises(Http404):
            permissions.get_application(account, application.pk)
        assert queries.review_page(account, Sought(stage="")).rows == []


def test_what_waits_comes_by_its_day(cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    for days, name in ((3, "甲"), (-1, "乙"), (9, "丙")):
        account = people.member_account(cast.union, name=name)
        due = calendar.today() + timedelta(days=days)
        factories.application(scheme, account, verify_by=due, opened_at=timezone.now())
    page = queries.review_page(cast.officer, Sought(), limit=2)
    assert [row.name for row in page.rows] == ["乙", "甲"]
    assert ("已超期", "red") in page.rows[0].tags
    rest = queries.review_page(cast.officer, Sought(), cursor=page.next, limit=2)
    assert ([row.name for row in rest.rows], rest.next) == (["丙"], "")
    assert queries.review_page(cast.officer, Sought(), cursor="2026-13-01_5").rows == []
    assert [row.name for row in queries.review_page(cast.officer, Sought(text="乙")).rows] == ["乙"]
    assert len(queries.review_page(cast.officer, Sought(union_id=cast.neighbour.pk)).rows) == 0


def test_the_invariants_find_what_no_operation_lets_pass(cast: Cast) -> None:
    application = handed_in(cast, state="noticed")
    factories.objection(application, cast.neighbour_member)
    application.state, application.decided_at = "awarded", timezone.now()
    application.verified_by = cast.member
    application.save()
    note = {"step": "审定", "decision": "approved", "actor": cast.member}
    steps_of.note(application, **note)
    broken = {finding.name for finding in verify.run() if not finding.ok}
    assert broken >= {
        "policies: nobody verified their own application",
        "policies: nothing is awarded while an objection waits for its answer",
        "policies: who verified an application did not decide it, but for the unit's own scheme",
    }
