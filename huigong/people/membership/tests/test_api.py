"""The API of joining: every answer that the contract names."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from huigong.core.models import IdempotencyKey
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests.factories import account as new_account
from huigong.people.membership import queries
from huigong.people.membership.models import JoinApplication, Person
from huigong.people.membership.tests import factories
from tests.cast import Cast

PATH = "/api/v1/memberships/applications"


def post(account: Account, key: str | None = None, **body: Any) -> HttpResponse:
    headers = {"Authorization": f"Bearer {accounts.access_token(account)}"}
    if key:
        headers["Idempotency-Key"] = key
    return Client().post(PATH, body, content_type="application/json", headers=headers)


def body(cast: Cast, **values: Any) -> dict[str, Any]:
    return {"union": cast.union.pk, "name": "李小明", "id_number": factories.id_number()} | values


def test_applying_without_a_token_is_401_and_makes_nothing(cast: Cast) -> None:
    response = Client().post(PATH, body(cast), content_type="application/json")
    assert response.status_code == 401
    assert JoinApplication.objects.count() == 0


def test_applying_is_201_and_the_same_again_200(cast: Cast) -> None:
    sent = body(cast, work_form="rider", unit_name="闪送")
    first, again = post(cast.applicant, **sent), post(cast.applicant, **sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    made = JoinApplication.objects.get()
    assert first.json() == {
        "id": made.pk,
        "union": cast.union.pk,
        "state": "submitted",
        "due_on": made.due_on.isoformat(),
    }
    assert (made.pledge, made.work_form, made.account) == ("李小明", "rider", cast.applicant)


def test_applying_under_sixteen_is_403(cast: Cast) -> None:
    from datetime import timedelta

    from django.utils import timezone

    young = timezone.localdate() - timedelta(days=15 * 365)
    response = post(cast.applicant, **body(cast, id_number=factories.id_number(born_on=young)))
    assert (response.status_code, response.json()["code"]) == (403, "too-young")


def test_applying_as_a_member_is_409(cast: Cast) -> None:
    own = queries.person_of(cast.member)
    assert own is not None
    response = post(cast.member, **body(cast, name=own.name, id_number=own.id_number))
    assert (response.status_code, response.json()["code"]) == (409, "already-member")
    assert "转会" in response.json()["detail"]


def test_applying_to_a_second_union_is_409(cast: Cast) -> None:
    sent = body(cast)
    post(cast.applicant, **sent)
    response = post(cast.applicant, **sent | {"union": cast.neighbour.pk})
    assert (response.status_code, response.json()["code"]) == (409, "open-application")
    assert JoinApplication.objects.count() == 1


def test_applying_to_a_union_that_is_none_or_takes_nobody_is_404(cast: Cast) -> None:
    assert post(cast.applicant, **body(cast, union=10**9)).status_code == 404
    assert post(cast.applicant, **body(cast, union=cast.county.pk)).status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"id_number": "350521199005010017"},
        {"name": ""},
        {"name": "李3"},
        {"pledge": "别人"},
        {"work_form": "astronaut"},
        {"state": "approved"},
        {"union": "x"},
        {"document_kind": "passport", "id_number": "E1234567"},
    ],
)
def test_applying_with_bad_input_is_422_and_repeats_no_number(cast: Cast, values: dict[str, Any]) -> None:
    people = Person.objects.count()
    response = post(cast.applicant, **body(cast, **values))
    assert response.status_code == 422
    assert {"code", "detail"} <= response.json().keys()
    assert "350521" not in response.content.decode()
    assert (JoinApplication.objects.count(), Person.objects.count()) == (0, people)


def test_a_fourth_document_in_a_day_is_429(cast: Cast) -> None:
    known = factories.person(name="吴海生")
    factories.membership(known, cast.neighbour)
    answers = [post(cast.applicant, **body(cast, name="吴海生", id_number=known.id_number)) for _ in range(5)]
    assert [answer.json()["code"] for answer in answers] == ["on-roll"] * 5
    for _ in range(2):
        assert post(cast.applicant, **body(cast, name="李3")).status_code == 422
    assert post(cast.applicant, **body(cast)).status_code == 429
    assert JoinApplication.objects.count() == 0


def test_a_member_and_a_stranger_with_the_wrong_name_get_the_same_answer(cast: Cast) -> None:
    known = factories.person(name="吴海生")
    factories.membership(known, cast.neighbour)
    probing = post(cast.applicant, **body(cast, id_number=known.id_number))
    honest = post(new_account(), **body(cast))
    assert probing.status_code == honest.status_code == 201
    differ = {"id"}
    assert {key: value for key, value in probing.json().items() if key not in differ} == {
        key: value for key, value in honest.json().items() if key not in differ
    }


def test_an_idempotency_key_for_something_else_is_422_and_keeps_no_number(cast: Cast) -> None:
    sent = body(cast)
    assert post(cast.applicant, "key-1", **sent).status_code == 201
    assert post(cast.applicant, "key-1", **sent).status_code == 200
    other = post(cast.applicant, "key-1", **body(cast))
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    assert IdempotencyKey.objects.count() == 1
