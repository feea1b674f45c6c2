"""A complaint from the desk to the end, and everything that is refused on the way."""

import pytest
from django.http import Http404

from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.inbox.models import Message
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Access, Deadline, Entry
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_case_goes_all_the_way_and_its_author_reads_each_step(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    checker = factories.officer(cast, name="质检专员")
    case = factories.lodged(cast.member)
    operations.assign(case, lead=handler.pk, checker=checker.pk, actor=registrar)
    operations.accept(
        case, demand="resolve", tier="hard", cause="wages", reason="属于工会职责。", actor=registrar
    )
    assert case.state == "handling"
    operations.ask_author(case, text="请补充考勤表。", actor=handler)
    operations.supplement(case, text="考勤表在此。", uploads=[factories.photo()])
    operations.note(case, text="已约谈单位。", actor=handler)
    operations.reply(case, text="单位已补发。", actor=handler)
    operations.rate(case, stars=5, text="谢谢。")
    operations.visit(case, satisfied=True, text="电话回访。", actor=handler)
    operations.check(case, passed=True, text="程序完整。", actor=checker)
    assert case.state == "closed"
    told = queries.author_file(factories.reread(case))
    words = repr(told.timeline)
    assert "请补充考勤表" in words
    assert "单位已补发" in words
    assert "已约谈单位" not in words
    assert [row.why for row in factories.rows(Deadline)] == ["lodged", "accepted"]
    assert all(row.ended_on for row in factories.rows(Deadline))
    assert AuditRow.objects.filter(action__startswith="complaints").count() == 0
    messages = Message.objects.filter(account=cast.member)
    assert {(message.title, message.body) for message in messages} == {("您有一条新回复", "")}
    assert not any("complaint" in message.url for message in messages)


def test_reopening_brings_it_back_to_its_handlers_twice_and_not_more(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    for _ in range(2):
        operations.reply(case, text="已答复。", actor=handler)
        operations.reopen(case, reason="还没有发。")
        assert case.state == "handling"
    operations.reply(case, text="已答复。", actor=handler)
    with pytest.raises(Refused, match="仲裁"):
        operations.reopen(case, reason="还没有发。")
    assert case.reopened == 2


def test_a_declined_case_may_be_asked_for_again(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member)
    operations.decline(case, reason="请先向劳动监察投诉。", actor=registrar)
    with pytest.raises(Refused):
        operations.supplement(case, text="补充")
    operations.reopen(case, reason="已去过。")
    assert case.state == "received"
    [running] = factories.rows(Deadline, ended_on=None)
    assert running.task == "accept"


def test_a_transferred_case_tells_its_author_where_to(cast: Cast) -> None:
    case = factories.lodged(cast.member)
    operations.transfer(
        case, body="县劳动保障监察大队", reason="属于其职权。", actor=factories.registrar(cast)
    )
    assert "县劳动保障监察大队" in repr(queries.author_file(case).timeline)
    assert factories.rows(Deadline, ended_on=None) == []


def test_a_pause_keeps_the_working_days_that_were_left(cast: Cast) -> None:
    handler = factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, factories.registrar(cast))
    [before] = factories.rows(Deadline, ended_on=None)
    operations.pause(case, reason="等仲裁。", actor=handler)
    assert factories.rows(Deadline, ended_on=None) == []
    operations.resume(case, actor=handler)
    [after] = factories.rows(Deadline, ended_on=None)
    assert (after.working_days, after.due_on) == (before.working_days, before.due_on)


def test_more_time_is_given_by_somebody_else(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    [before] = factories.rows(Deadline, ended_on=None)
    operations.ask_extension(case, working_days=10, reason="要外调。", actor=handler)
    with pytest.raises(Refused, match="已有一份"):
        operations.ask_extension(case, working_days=5, reason="再要。", actor=handler)
    with pytest.raises(Refused, match="申请人以外"):
        operations.decide_extension(case, granted=True, reason="同意", actor=handler)
    operations.decide_extension(case, granted=True, reason="同意", actor=registrar)
    [after] = factories.rows(Deadline, ended_on=None)
    assert (after.starts_on, after.working_days, after.why) == (before.starts_on, 15, "extended")
    assert factories.rows(Deadline, pk=before.pk)[0].ended_on


def test_a_case_is_supervised_once_a_day_and_its_handlers_hear_of_it(cast: Cast) -> None:
    registrar, handler, checker = (
        factories.registrar(cast),
        factories.officer(cast),
        factories.officer(cast, name="质检专员"),
    )
    case = factories.lodged(cast.member)
    with pytest.raises(Refused, match="进度"):
        operations.urge(case, text="请受理。", actor=registrar)
    factories.given(case, handler, registrar, checker=checker.pk)
    Message.objects.all().delete()
    operations.urge(case, text="已超期，请三日内答复。", actor=registrar)
    [message] = Message.objects.all()
    assert (message.account, message.body) == (handler, "")
    assert message.title.endswith("您有一件待办被督办，请尽快办理")
    assert "complaint" not in message.url
    with pytest.raises(Refused, match="今天已经督办过"):
        operations.urge(case, text="再来。", actor=registrar)
    scope = permissions.desk_scope(factories.fresh(handler))
    assert ("已督办", "red") in queries.desk_page(scope).rows[0].tags
    assert "三日内" not in repr(queries.author_file(factories.reread(case)).timeline)
    assert "三日内" in repr(operations.open_case(factories.desk(handler, case), actor=handler).timeline)
    assert "urge" not in permissions.acts(factories.desk(handler, case), actor=handler)
    operations.reply(case, text="已答复。", actor=handler)
    assert ("已督办", "red") not in queries.desk_page(scope).rows[0].tags


def test_nobody_checks_their_own_work(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.lodged(cast.member)
    with pytest.raises(Refused, match="不能同时"):
        operations.assign(case, lead=handler.pk, checker=handler.pk, actor=registrar)
    factories.given(case, handler, registrar)
    operations.reply(case, text="已答复。", actor=handler)
    operations.visit(case, satisfied=False, text="不满意。", actor=handler)
    with pytest.raises(Refused, match="主办人以外"):
        operations.check(case, passed=True, text="好。", actor=handler)
    operations.check(case, passed=False, text="没有查清。", actor=factories.officer(cast, name="另一专员"))
    assert case.state == "handling"
    assert len(factories.rows(Deadline, ended_on=None)) == 1


def test_only_handlers_of_the_county_are_given_cases(cast: Cast) -> None:
    case, registrar = factories.lodged(cast.member), factories.registrar(cast)
    town_handler = factories.fresh(cast.township_officer)
    unions.post(town_handler, cast.township, Post.Role.RIGHTS_HANDLER)
    for stranger in (cast.officer, cast.county_officer, town_handler):
        with pytest.raises(Refused, match="名单"):
            operations.assign(case, lead=stranger.pk, actor=registrar)
    assert factories.rows(Access) == []


def test_whoever_is_not_named_again_loses_sight_of_the_case(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    other = factories.officer(cast, name="另一专员")
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    assert factories.desk(handler, case).part == "lead"
    operations.assign(case, lead=other.pk, actor=registrar)
    with pytest.raises(Http404):
        factories.desk(handler, case)
    assert factories.desk(other, case).part == "lead"


def test_a_step_that_does_not_fit_the_state_is_refused_and_changes_nothing(cast: Cast) -> None:
    handler = factories.officer(cast)
    case = factories.lodged(cast.member)
    for step in (
        lambda: operations.reply(case, text="答", actor=handler),
        lambda: operations.visit(case, satisfied=True, text="访", actor=handler),
        lambda: operations.check(case, passed=True, text="检", actor=handler),
        lambda: operations.pause(case, reason="停", actor=handler),
        lambda: operations.rate(case, stars=1, text=""),
        lambda: operations.reopen(case, reason="再办"),
    ):
        with pytest.raises(Refused, match="进度"):
            step()
    assert len(factories.rows(Entry)) == 1
    assert factories.reread(case).state == "received"
