"""The home page, the inbox of what awaits me, and history."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.faces.workbench import queries
from huigong.faces.workbench.queries.todo import _counted, _who
from huigong.faces.workbench.tests.conftest import Desk, as_
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations as membership
from huigong.people.membership.models import JoinApplication
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Registration
from huigong.services.activities import operations as activity_operations
from huigong.services.activities.tests import factories as activities
from huigong.services.policies.tests import factories as policies
from tests.cast import Cast


def fresh(account: Account) -> Account:
    """The account as a new request has it: nothing remembered."""
    return Account.objects.get(pk=account.pk)


def counts(account: Account) -> dict[str, int]:
    return {kind.key: kind.count for kind in queries.todo_counts(fresh(account)) if kind.count}


def test_every_kind_of_work_is_in_the_inbox_of_whose_it_is(desk: Desk) -> None:
    assert counts(desk.cast.officer) == {"application": 1, "claim": 1, "transfer": 1}
    assert counts(desk.cast.township_officer) == {
        "application": 1,
        "claim": 1,
        "transfer": 1,
        "registration": 1,
    }
    assert counts(desk.cast.neighbour_officer) == {}


def test_a_submitted_activity_waits_for_the_office_above(cast: Cast) -> None:
    activity = activities.draft(cast.union, title="春游", budget_fen=3_000_000)
    activity_operations.submit(activity, actor=cast.officer)
    assert counts(cast.township_officer) == {"activity": 1}
    assert counts(cast.officer) == {}
    (item,) = queries.todo(fresh(cast.township_officer))
    assert (item.title, item.href) == ("“春游”待审批", reverse("activities:manage", args=[activity.pk]))


def test_signups_to_review_are_one_line_an_activity(cast: Cast) -> None:
    session = activities.session(cast.union, mode="review")
    for number in range(2):
        member = people.member_account(cast.union, name=f"报名人{'甲乙'[number]}")
        from huigong.people.membership.queries import member_of

        activity_operations.sign_up(session, member=member_of(member), actor=member)
    assert counts(cast.officer) == {"signup": 2}
    (item,) = queries.todo(fresh(cast.officer))
    assert item.title == "“职工羽毛球赛”有 2 人报名待审核"


def test_the_inbox_is_in_the_order_of_deadlines_across_kinds(desk: Desk) -> None:
    today = timezone.localdate()
    JoinApplication.objects.update(due_on=today + timedelta(days=2))
    Registration.objects.update(due_on=today - timedelta(days=1))
    todos = queries.todo(fresh(desk.cast.township_officer))
    assert [item.kind for item in todos][:2] == ["registration", "application"]
    assert [item.due for item in todos] == sorted(item.due for item in todos)
    assert (todos[0].is_late, todos[0].due_words) == (True, "已超期 1 天")
    assert not todos[1].is_late


def test_nobody_finds_their_own_request_in_their_inbox(cast: Cast) -> None:
    people.application(cast.officer, cast.union, name="本会主席")
    assert counts(cast.officer) == {}
    assert counts(cast.township_officer) == {"application": 1}


def test_what_is_decided_leaves_the_inbox(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    membership.approve_application(application, actor=desk.cast.officer)
    assert "application" not in counts(desk.cast.officer)


def test_the_inbox_page_is_filtered_by_kind(desk: Desk) -> None:
    client = as_(desk.cast.township_officer)
    page = client.get(reverse("workbench:todo") + "?kind=registration")
    assert [item.kind for item in page.context["todos"]] == ["registration"]
    assert client.get(reverse("workbench:todo") + "?kind=nonsense").status_code == 200


def test_the_figures_are_real_and_of_what_is_within_reach(cast: Cast) -> None:
    today = timezone.localdate()
    joined = people.membership(people.person(), cast.union)
    type(joined).objects.filter(pk=joined.pk).update(joined_on=today)
    people.membership(people.person(), cast.union, state="retained")
    county = queries.dashboard(fresh(cast.county_officer))
    own = queries.dashboard(fresh(cast.officer))

    def figure(board, label: str) -> tuple[str, str]:
        found = next(figure for figure in board.figures if figure.label == label)
        return found.value, found.note

    assert figure(county, "在册会员") == ("3", "本月新增 1 人")
    assert figure(own, "在册会员") == ("2", "本月新增 1 人")
    assert figure(county, "工会组织")[0] == "5"
    assert figure(own, "工会组织")[0] == "1"
    assert figure(own, "待我办理") == ("0", "没有超期事项")


def test_the_charts_count_the_last_fortnight(cast: Cast) -> None:
    now = timezone.now()
    for days in (0, 0, 3, 20):
        made = people.application(accounts.account(), cast.union)
        JoinApplication.objects.filter(pk=made.pk).update(submitted_at=now - timedelta(days=days))
    board = queries.dashboard(fresh(cast.county_officer))
    import json

    lines = json.loads(board.lines.data)
    assert lines["datasets"][0]["data"] == [0] * 10 + [1, 0, 0, 2]
    assert json.loads(board.bars.data)["datasets"][0]["data"] == [4]
    assert queries.dashboard(fresh(cast.neighbour_officer)).lines.data == ""


def test_the_sidebar_shows_what_waits_and_only_what_may_be_opened(desk: Desk) -> None:
    text = as_(desk.cast.officer).get("/workbench/").text
    assert "入会申请" in text
    assert reverse("membership:imports") in text
    assert "紧急开关" not in text
    assert "紧急开关" in as_(desk.cast.county_officer).get("/workbench/").text


def test_the_history_of_a_union_holds_decisions_steps_and_offices(desk: Desk) -> None:
    union = desk.cast.union
    orgs.edit_union(union, actor=desk.cast.officer, address="中山路1号")
    orgs.move_union(
        union, parent=desk.cast.neighbour_township, actor=desk.cast.county_officer, reason="区划调整"
    )
    text = as_(desk.cast.officer).get(reverse("admin:orgs_union_history", args=[union.pk])).text
    for line in ("地址：无 → 中山路1号", "调整上级工会", "区划调整", "工会 · 新增", "本会主席"):
        assert line in text, line


def test_the_history_of_a_person_holds_memberships_requests_and_decisions(cast: Cast) -> None:
    account = accounts.account()
    application = people.application(account, cast.union, name="林小红")
    membership.approve_application(application, actor=cast.officer, remark="欢迎")
    person = application.person
    membership.correct_person(person, actor=cast.officer, tags=["骨干"])
    text = as_(cast.officer).get(reverse("admin:membership_person_history", args=[person.pk])).text
    for line in ("加入螺城石雕厂工会", "工会审核", "欢迎", "标签：无 → 骨干", "职工档案 · 更正"):
        assert line in text, line


def test_a_decision_that_stands_in_both_trails_is_told_once(cast: Cast) -> None:
    registration = orgs.register_union(
        "海丝茶业公司工会", kind="joint", parent=cast.township, chair_name="林秀兰", actor=cast.applicant
    )
    orgs.reject_registration(registration, actor=cast.township_officer, reason="请先确定上级")
    address = reverse("admin:orgs_registration_history", args=[registration.pk])
    text = as_(cast.township_officer).get(address).text
    assert text.count("请先确定上级") == 1


def test_the_demo_label_is_absent_outside_a_demonstration(cast: Cast) -> None:
    assert "演示环境" not in as_(cast.officer).get("/workbench/").text
    assert SYSTEM.pk is None


def test_applications_wait_by_their_day_and_without_a_name(cast: Cast) -> None:
    scheme = policies.scheme(cast.county)
    yesterday = timezone.localdate() - timedelta(days=1)
    asked = policies.application(scheme, cast.member, verify_by=yesterday)
    assert (counts(cast.officer), counts(cast.township_officer), counts(cast.county_officer)) == (
        {"aid": 1},
        {},
        {},
    )
    [kind] = [kind for kind in queries.todo_counts(fresh(cast.officer)) if kind.count]
    [item] = queries.todo(fresh(cast.officer))
    assert (kind.late, item.is_late, item.href) == (1, True, reverse("policies:review", args=[asked.pk]))
    assert (item.title, "本会会员" in item.title + item.detail) == ("“困难职工帮扶”待单位核实", False)


def test_an_application_that_goes_past_the_unit_waits_for_the_county_alone(cast: Cast) -> None:
    scheme = policies.scheme(cast.county, unit_first=False)
    policies.application(scheme, cast.member, state="verified")
    assert (counts(cast.officer), counts(cast.township_officer), counts(cast.county_officer)) == (
        {},
        {},
        {"aid": 1},
    )
    [item] = queries.todo(fresh(cast.county_officer))
    assert item.due is None


def test_no_hour_stays_in_the_kept_statements_of_what_waits(cast: Cast) -> None:
    """Their SQL is written once for the posts of a cadre and the day; a moment in it would stay the first one."""
    statement = _counted(_who(fresh(cast.county_officer)))
    _, params = statement.query.get_compiler("default").as_sql()
    assert params
    assert not [param for param in params if isinstance(param, datetime)]
