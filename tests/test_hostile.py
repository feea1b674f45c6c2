"""What somebody tries who means no good: input that no form sends, roles out of their place, two at once."""

import json
import threading
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.db import DataError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from huigong.core.errors import Refused
from huigong.core.keys import row_key
from huigong.core.middleware import UnkeepableText
from huigong.core.models import Flag
from huigong.people.accounts import operations as account_operations
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.tests import factories as account_factories
from huigong.people.membership import operations as membership
from huigong.people.membership.models import Claim, Person
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from tests.cast import Cast, make_cast

NUL = "李\0明"
NO_KEYS = ["²", "１２", "9" * 19, "9" * 5000, "-1", " 1", "1_0", "", None]


def as_(account: object) -> Client:
    client = Client()
    client.force_login(account)
    return client


# --- Input that no form sends


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_only_looks_like_a_key_is_none(text: str | None) -> None:
    assert row_key(text) is None


@pytest.mark.parametrize("text", ["²", "9" * 5000, "9" * 30])
def test_a_page_asked_for_by_an_odd_key_is_the_first_page(text: str, cast: Cast) -> None:
    client = as_(cast.member)
    for name in ("inbox:index", "portal:points"):
        assert client.get(reverse(name), {"before": text}).status_code == 200
    officer = as_(cast.officer)
    assert officer.post(reverse("membership:approve-many"), {"id": text}).status_code == 302
    assert officer.get(reverse("admin:membership_person_changelist"), {"within": text}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/login", "/", "/membership/join", "/activities/", "/workbench/membership/person/"]
)
def test_nul_in_a_query_is_bad_input_everywhere(address: str, cast: Cast) -> None:
    response = as_(cast.officer).get(f"{address}?q={quote(NUL)}")
    assert response.status_code == 400
    assert response["Cache-Control"] == "no-store"


def test_nul_in_a_form_is_bad_input_and_decides_nothing(cast: Cast) -> None:
    transfer = people.transfer(cast.member, cast.neighbour)
    response = as_(cast.officer).post(reverse("membership:let-go", args=[transfer.pk]), {"remark": NUL})
    assert response.status_code == 400
    transfer.refresh_from_db()
    assert transfer.state == "out_pending"


def test_nul_in_the_session_cookie_is_bad_input(db: None) -> None:
    client = Client()
    client.cookies["sid"] = "0123456789\0"
    assert client.get("/me").status_code == 400


def test_nul_in_json_is_bad_input(cast: Cast) -> None:
    body = {
        "union": cast.union.pk,
        "name": "李小明",
        "id_number": people.id_number(),
        "unit_name": NUL,
        "pledge": "李小明",
    }
    response = Client().post(
        "/api/v1/memberships/applications",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {accounts.access_token(cast.applicant)}"},
    )
    assert response.status_code in (400, 422)
    assert response.json()["code"] in ("unreadable", "invalid")


def test_what_the_database_calls_bad_data_is_bad_input() -> None:
    middleware = UnkeepableText(lambda request: pytest.fail("not asked"))
    request = RequestFactory().get("/")
    answer = middleware.process_exception(request, DataError("out of range"))
    assert answer is not None
    assert answer.status_code == 400
    assert middleware.process_exception(request, ValueError()) is None


@pytest.mark.parametrize(
    "address", ["http://x/?p=abc", "http://x/?within=x", "http://x/?state__exact=nonsense"]
)
def test_an_export_by_an_odd_filter_is_no_broken_page(address: str, cast: Cast) -> None:
    response = as_(cast.officer).post(
        reverse("admin:membership_joinapplication_export"),
        {"reason": "看看", "_form_submitted": "on"},
        headers={"HX-Current-URL": address},
    )
    assert response.status_code < 500


# --- Roles out of their place


def test_an_administrator_of_a_township_does_not_switch_off_the_county(cast: Cast) -> None:
    clerk = account_factories.account(name="镇管理员")
    unions.post(clerk, cast.township, Post.Role.ADMIN)
    client = as_(clerk)
    address = reverse("admin:core_flag_throw")
    answers = {"switch": "sms_off", "reason": "试试", "_form_submitted": "on"}
    assert client.post(address, answers).status_code == 403
    assert client.get(reverse("admin:core_holiday_changelist")).status_code == 403
    assert not Flag.objects.exists()


# --- Sessions and tokens


def test_a_new_password_ends_the_access_tokens_handed_out_before(cast: Cast) -> None:
    token = accounts.access_token(cast.member)
    account_operations.set_password(cast.member, password="螺城-石雕-2026", actor=cast.member)
    assert accounts.account_by_access_token(token) is None


def test_a_new_password_keeps_this_device_in_and_throws_the_others_out(cast: Cast) -> None:
    cast.member.set_password("石雕-螺城-2025")
    cast.member.save()
    mine, stolen = as_(cast.member), as_(cast.member)
    new = {"proof": "石雕-螺城-2025", "password": "螺城-石雕-2026", "again": "螺城-石雕-2026"}
    assert mine.post(reverse("accounts:set-password"), new).status_code == 302
    assert mine.get("/me").status_code == 200
    assert stolen.get("/me").status_code == 302


# --- Two at once


def both(works: list[Callable[[], object]]) -> None:
    start = threading.Barrier(len(works), timeout=30)

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_accounts_that_claim_one_record_at_once_the_first_has_it_and_the_others_wait() -> None:
    cast = make_cast()
    person = people.person(name="李小明")
    Person.objects.filter(pk=person.pk).update(phone_sealed="", phone_index="")
    people.membership(person, cast.union)
    who = {"name": "李小明", "document_kind": person.document_kind, "id_number": person.id_number}
    claimants = [account_factories.account() for _ in range(8)]

    both([lambda a=account: membership.claim(a, actor=a, **who) for account in claimants])

    confirmed = Claim.objects.filter(person=person, state=Claim.State.CONFIRMED)
    assert [claim.account_id for claim in confirmed] == [Person.objects.get(pk=person.pk).account_id]
    assert Claim.objects.filter(person=person, state=Claim.State.SUBMITTED).count() == len(claimants) - 1
