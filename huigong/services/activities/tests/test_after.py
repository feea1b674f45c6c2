"""After an activity: what participants say, the figures, the report."""

import io
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.services.activities import operations, queries
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast, make_cast

SURVEY = [
    {"id": "happy", "kind": "single", "label": "满意吗", "required": True, "options": ["满意", "不满意"]},
    {"id": "marks", "kind": "number", "label": "打几分", "min": 1, "max": 10},
    {"id": "words", "kind": "long_text", "label": "意见"},
]


def came(session: Session, account: Account, **values) -> Signup:
    signup = operations.sign_up(session, member=membership.member_of(account), actor=account, **values).signup
    operations.check_in(load(signup), actor=SYSTEM, reason="核对本人")
    return load(signup)


def load(signup: Signup) -> Signup:
    related = ("session__activity__union", "session__pool", "entry", "person")
    return Signup.objects.select_related(*related).get(pk=signup.pk)


def surveyed(cast: Cast, **plan: object) -> Session:
    activity = factories.activity(cast.union, factories.plan(**plan), survey=SURVEY)
    return activity.sessions.select_related("pool", "activity__union").get()


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


# --- The survey


def test_a_survey_is_answered_once_by_who_came(cast: Cast) -> None:
    signup = came(surveyed(cast), cast.member)
    operations.answer_survey(signup, answers={"happy": "满意", "marks": 9})
    assert load(signup).survey_answers == {"happy": "满意", "marks": 9}
    assert refusal(operations.answer_survey, load(signup), answers={"happy": "不满意"}) == "answered"
    stale = load(signup)
    stale.survey_answers = None
    assert refusal(operations.answer_survey, stale, answers={"happy": "不满意"}) == "answered"
    assert load(signup).survey_answers["happy"] == "满意"


def test_a_survey_is_refused_to_who_did_not_come_and_to_bad_answers(cast: Cast) -> None:
    session = surveyed(cast)
    absent = operations.sign_up(session, member=membership.member_of(cast.member), actor=cast.member).signup
    assert refusal(operations.answer_survey, load(absent), answers={"happy": "满意"}) == "no-survey"
    present = came(session, people.member_account(cast.union))
    for answers in ({}, {"happy": "随便"}, {"happy": "满意", "marks": 11}, {"happy": "满意", "x": 1}):
        assert refusal(operations.answer_survey, present, answers=answers) == "bad-answers"
    assert load(present).survey_answers is None


def test_a_survey_closes_after_thirty_days(cast: Cast) -> None:
    session = surveyed(cast)
    signup = came(session, cast.member)
    Session.objects.update(
        starts_at=session.starts_at.replace(year=2020), ends_at=session.ends_at.replace(year=2020)
    )
    assert refusal(operations.answer_survey, load(signup), answers={"happy": "满意"}) == "no-survey"


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_keep_one_answer() -> None:
    cast = make_cast()
    signup = came(surveyed(cast), cast.member)
    start, outcomes = threading.Barrier(4), []

    def run(answer: str) -> None:
        try:
            mine = load(signup)
            start.wait()
            operations.answer_survey(mine, answers={"happy": answer})
            outcomes.append("kept")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[answer]) for answer in ("满意", "不满意") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["answered"] * 3 + ["kept"]


def test_results_count_choices_average_numbers_and_name_nobody(cast: Cast) -> None:
    session = surveyed(cast, capacity=9)
    said = [("满意", 10, "很好"), ("满意", 7, "=1+1"), ("不满意", None, "")]
    for happy, marks, words in said:
        answers = {"happy": happy, "words": words} | ({"marks": marks} if marks else {})
        operations.answer_survey(came(session, people.member_account(cast.union)), answers=answers)
    came(session, cast.member)
    results = queries.survey_results(session.activity)
    assert (results.came, results.answered) == (4, 3)
    happy, marks, words = results.questions
    assert [(bar.label, bar.count, bar.share) for bar in happy.bars] == [("满意", 2, 67), ("不满意", 1, 33)]
    assert marks.average == "8.5"
    assert sorted(words.words) == ["=1+1", "很好"]


def test_the_survey_is_answered_by_form_and_read_by_the_organiser(client: Client, cast: Cast) -> None:
    signup = came(surveyed(cast), cast.member)
    url = reverse("activities:survey", args=[signup.pk])
    client.force_login(cast.member)
    assert "评价这次活动" in client.get(reverse("activities:my-signup", args=[signup.pk])).content.decode()
    assert client.post(url, {"marks": "99"}).status_code == 422
    assert client.post(url, {"happy": "满意", "words": "很好"}).status_code == 302
    assert "已评价" in client.get(url).content.decode()
    client.force_login(cast.officer)
    results = client.get(reverse("activities:survey-results", args=[signup.session.activity_id]))
    assert "很好" in results.content.decode()
    assert "本会会员" not in results.content.decode()


# --- Figures and report


@pytest.fixture
def held(cast: Cast) -> Activity:
    """A county activity: two unions, one companion, one absent, one cancelled."""
    activity = factories.activity(cast.county, factories.plan(capacity=10), max_companions=1, survey=SURVEY)
    session = activity.sessions.select_related("pool", "activity__union").get()
    came(session, cast.member, companions=[{"name": "家属"}])
    came(session, cast.neighbour_member)
    woman = people.member_account(cast.union, sex="2")
    operations.sign_up(session, member=membership.member_of(woman), actor=woman)
    gone = people.member_account(cast.union)
    signup = operations.sign_up(session, member=membership.member_of(gone), actor=gone).signup
    operations.cancel_signup(load(signup), actor=gone)
    return operations.close(activity, actor=cast.county_officer)


def test_figures_count_people_heads_unions_and_cost(cast: Cast, held: Activity) -> None:
    operations.report(held, text="<p>好</p>", spent_fen=30_000, actor=cast.county_officer)
    counted = queries.figures(held)
    assert (counted.capacity, counted.signed, counted.confirmed, counted.came) == (10, 4, 3, 2)
    assert (counted.heads, counted.cancelled, counted.points, counted.came_share) == (3, 1, 40, 67)
    assert counted.fen_per_head == 10_000
    assert [(group.name, group.signed, group.came) for group in counted.unions] == [
        (cast.union.name, 2, 1),
        (cast.neighbour.name, 1, 1),
    ]
    assert [(group.name, group.signed, group.came) for group in counted.sexes] == [("女", 1, 0), ("男", 2, 2)]


def test_figures_of_nothing_are_zero(cast: Cast) -> None:
    counted = queries.figures(factories.activity(cast.union))
    assert (counted.signed, counted.came_share, counted.fen_per_head, counted.unions) == (0, 0, None, [])


def test_the_report_is_written_by_form_and_read_by_members(
    client: Client, cast: Cast, held: Activity
) -> None:
    url = reverse("activities:report", args=[held.pk])
    client.force_login(cast.county_officer)
    assert client.post(url, {"text": "很成功", "spent_yuan": "-1"}).status_code == 422
    assert client.post(url, {"text": "很成功\n<b>第二段</b>", "spent_yuan": "1234.50"}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.spent_fen) == ("reported", 123450)
    assert held.report == "<p>很成功</p><p>&lt;b&gt;第二段&lt;/b&gt;</p>"
    page = client.get(url).content.decode()
    assert "1,234.50 元" in page
    assert "67%" in page
    client.force_login(cast.member)
    assert "很成功" in client.get(reverse("activities:detail", args=[held.pk])).content.decode()


def test_the_report_file_holds_figures_and_no_names_and_is_noted(
    client: Client, cast: Cast, held: Activity
) -> None:
    client.force_login(cast.county_officer)
    response = client.post(reverse("activities:report-file", args=[held.pk]))
    text = str([[cell.value for cell in row] for row in load_workbook(io.BytesIO(response.content)).active])
    assert cast.neighbour.name in text
    assert "到场率" in text
    assert "本会会员" not in text
    assert AuditRow.objects.filter(action="activities:activity:export-report").count() == 1


@pytest.mark.parametrize("name", ["survey-results", "report", "report-file"])
def test_the_neighbour_gets_neither_figures_nor_answers(client: Client, cast: Cast, name: str) -> None:
    activity = factories.activity(cast.union, survey=SURVEY)
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        client.force_login(account)
        url = reverse(f"activities:{name}", args=[activity.pk])
        assert client.get(url).status_code in (404, 405)
        assert client.post(url, {"text": "假的总结", "spent_yuan": 1}).status_code in (404, 405)
    activity.refresh_from_db()
    assert activity.report == ""


def test_somebody_elses_survey_is_not_found(client: Client, cast: Cast) -> None:
    signup = came(surveyed(cast), cast.member)
    client.force_login(cast.neighbour_member)
    url = reverse("activities:survey", args=[signup.pk])
    assert client.get(url).status_code == client.post(url, {"happy": "满意"}).status_code == 404
    assert load(signup).survey_answers is None
