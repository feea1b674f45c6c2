"""The API of activities: every answer that the contract names."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huigong.people.accounts import queries as accounts
from huigong.people.accounts.models import Account
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories as people
from huigong.resources.seats.models import Entry
from huigong.services.activities.models import Activity, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast


class Caller:
    """Somebody who holds a bearer token."""

    def __init__(self, account: Account) -> None:
        self._headers = {"Authorization": f"Bearer {accounts.access_token(account)}"}

    def get(self, path: str, **params: Any):
        return Client().get(f"/api/v1{path}", params, headers=self._headers)

    def sign_up(self, activity: Activity, key: str | None = None, **body: Any):
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        path = f"/api/v1/activities/{activity.pk}/signups"
        return Client().post(path, body, content_type="application/json", headers=headers)

    def give_up(self, activity: Activity, **params: Any):
        path = f"/api/v1/activities/{activity.pk}/signups/mine"
        return Client().delete(path, query_params=params, headers=self._headers)


@pytest.fixture
def member(cast: Cast) -> Caller:
    return Caller(cast.member)


def test_the_api_without_a_token_answers_401_and_does_nothing(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    path = f"/api/v1/activities/{activity.pk}/signups"
    assert Client().get("/api/v1/activities").status_code == 401
    assert Client().post(path, {}, content_type="application/json").status_code == 401
    forged = {"Authorization": "Bearer 1.1:forged"}
    assert Client().post(path, {}, content_type="application/json", headers=forged).status_code == 401
    assert Signup.objects.count() == 0


def test_list_and_detail_tell_what_a_signup_needs(member: Caller, cast: Cast) -> None:
    question = {"id": "size", "kind": "single", "label": "尺码", "options": ["S", "M"]}
    activity = factories.activity(cast.union, factories.plan(capacity=7), questions=[question])
    factories.activity(cast.neighbour, title="邻会的活动")
    [row] = member.get("/activities").json()["items"]
    assert (row["id"], row["capacity"], row["taken"], row["status"]) == (activity.pk, 7, 0, "报名中")
    body = member.get(f"/activities/{activity.pk}").json()
    assert body["questions"][0]["id"] == "size"
    assert body["sessions"][0]["capacity"] == 7
    assert timezone.datetime.fromisoformat(body["sessions"][0]["opens_at"]).tzinfo


def test_list_pages_by_cursor(member: Caller, cast: Cast) -> None:
    for _ in range(13):
        factories.activity(cast.union)
    first = member.get("/activities").json()
    second = member.get("/activities", cursor=first["next"]).json()
    ids = [row["id"] for page in (first, second) for row in page["items"]]
    assert len(ids) == len(set(ids)) == 13
    assert second["next"] == ""


def test_sign_up_answers_201_then_200_with_the_same_signup(member: Caller, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    first, second = member.sign_up(activity), member.sign_up(activity)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["state"] == "confirmed"


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"capacity": 0}, "full"),
        ({"opens_at": timezone.now() + timedelta(hours=1)}, "early"),
        ({"closes_at": timezone.now() - timedelta(minutes=1)}, "closed"),
    ],
)
def test_sign_up_answers_409_with_the_reason(member: Caller, cast: Cast, plan: dict, code: str) -> None:
    response = member.sign_up(factories.activity(cast.union, factories.plan(**plan)))
    assert response.status_code == 409
    assert response.json()["code"] == code
    assert response.json()["detail"].endswith("。")


def test_sign_up_answers_403_to_who_is_not_meant_and_404_to_the_neighbour(member: Caller, cast: Cast) -> None:
    women = factories.activity(cast.union, rule=Rule(sex="2"))
    assert member.sign_up(women).status_code == 403
    assert Caller(cast.applicant).sign_up(factories.activity(cast.county)).status_code == 403
    assert Caller(cast.neighbour_member).sign_up(women).status_code == 404
    assert Signup.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {"answers": {}},
        {"answers": {"size": "XXL"}},
        {"answers": {"size": "M", "never_asked": 1}},
        {"answers": {"size": "M"}, "companions": [{"name": "甲"}, {"name": "乙"}]},
        {"answers": {"size": "M"}, "companions": [{"name": "小宝", "is_child": True}]},
        {"answers": {"size": "M"}, "companions": [{"name": "\0"}]},
        {"answers": {"size": "M"}, "companions": [{"name": "甲" * 41}]},
        {"answers": {"size": "M"}, "union_id": 1},
        {"answers": "M"},
        {"session": 0},
    ],
)
def test_sign_up_answers_422_to_bad_answers(member: Caller, cast: Cast, body: dict) -> None:
    question = {"id": "size", "kind": "single", "label": "尺码", "required": True, "options": ["S", "M"]}
    activity = factories.activity(cast.union, questions=[question], max_companions=1)
    response = member.sign_up(activity, **body)
    assert response.status_code == 422, response.json()
    assert Signup.objects.count() == Entry.objects.count() == 0


def test_sign_up_to_another_activitys_session_answers_404(member: Caller, cast: Cast) -> None:
    activity, other = factories.activity(cast.union), factories.activity(cast.neighbour)
    assert member.sign_up(activity, session=other.sessions.get().pk).status_code == 404


def test_an_idempotency_key_repeats_the_answer_and_refuses_another_body(member: Caller, cast: Cast) -> None:
    activity = factories.activity(cast.union, factories.plan(name="早"), factories.plan(name="晚"))
    early, late = activity.sessions.order_by("name")
    assert member.sign_up(activity, key="k1", session=early.pk).status_code == 201
    assert member.sign_up(activity, key="k1", session=early.pk).status_code == 200
    reused = member.sign_up(activity, key="k1", session=late.pk)
    assert (reused.status_code, reused.json()["code"]) == (422, "key-reused")
    assert Signup.objects.count() == 1
    assert (
        Caller(people.member_account(cast.union)).sign_up(activity, key="k1", session=late.pk).status_code
        == 201
    )


def test_giving_up_answers_204_then_404_and_frees_the_place(member: Caller, cast: Cast) -> None:
    activity = factories.activity(cast.union, factories.plan(capacity=1))
    member.sign_up(activity)
    assert member.give_up(activity).status_code == 204
    assert member.give_up(activity).status_code == 404
    assert Caller(people.member_account(cast.union)).sign_up(activity).status_code == 201


def test_giving_up_too_late_answers_409(member: Caller, cast: Cast) -> None:
    soon = timezone.now() + timedelta(hours=2)
    plan = factories.plan(starts_at=soon, ends_at=soon + timedelta(hours=1), closes_at=soon)
    activity = factories.activity(cast.union, plan)
    member.sign_up(activity)
    response = member.give_up(activity)
    assert (response.status_code, response.json()["code"]) == (409, "too-late")


def test_a_signup_asks_the_database_no_more_than_it_must(cast: Cast) -> None:
    """Account, member, session; then the claim, the signup and its audit row."""
    activity = factories.activity(cast.union)
    Caller(cast.member).sign_up(activity)  # what a process reads once
    another = Caller(people.member_account(cast.union))
    with CaptureQueriesContext(connection) as asked:
        assert another.sign_up(activity).status_code == 201
    questions = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(questions) == 6, questions
