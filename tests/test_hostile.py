"""What somebody tries who means no good: input that no form sends, roles out of their place, two at once."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.db import DataError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from huigong.config.wsgi import application
from huigong.core.errors import Refused
from huigong.core.keys import row_key
from huigong.core.middleware import MOST_BYTES, UnkeepableText, client_ip
from huigong.core.models import Flag
from huigong.people.accounts import operations as account_operations
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.tests import factories as account_factories
from huigong.people.membership import operations as membership
from huigong.people.membership.models import Claim, Person
from huigong.people.membership.queries import member_of
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from huigong.resources.points import queries as points
from huigong.services.activities import operations as activities
from huigong.services.activities.tests import factories as activity_factories
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


@pytest.mark.parametrize("charset", ["rot13", "base64", "utf-16", "nonsense"])
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x"])
def test_text_is_utf8_whatever_its_sender_calls_it(kind: str, charset: str, db: None) -> None:
    """Python knows codings that are none of text; one of them as the charset broke every address."""
    environ = RequestFactory()._base_environ(
        CONTENT_TYPE=f"{kind}; charset={charset}", PATH_INFO="/healthz", QUERY_STRING="q=%E7%9F%B3"
    )
    statuses: list[str] = []
    application(environ, lambda status, headers, error=None: statuses.append(status))
    assert statuses == ["200 OK"]


def test_a_body_beyond_all_measure_is_refused_unread() -> None:
    request = RequestFactory().post("/login", CONTENT_LENGTH=str(MOST_BYTES + 1))
    answer = UnkeepableText(lambda request: pytest.fail("not asked"))(request)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "https:evil.example", "/\\evil.example", "\\\\evil", "///evil",
     "javascript:alert(1)", "evil", "' OR 1=1", "core:healthz", "/\tevil\n.example", "\x0b//evil"],
)  # fmt: skip
@pytest.mark.parametrize("entered", [True, False])
def test_login_leads_on_to_our_own_pages_only(entered: bool, target: str, cast: Cast) -> None:
    client = as_(cast.member) if entered else Client()
    account_factories.account(phone="13911112222", password="螺城-石雕-2026")
    sent = {"phone": "13911112222", "password": "螺城-石雕-2026", "next": target}
    response = client.post("/login", sent)
    assert response.status_code == 302
    assert response["Location"].startswith("/")
    assert urlsplit(response["Location"].strip()).netloc == ""
    assert not response["Location"].startswith(("//", "/\\"))


def test_a_number_of_five_thousand_digits_is_nobodys_row(cast: Cast) -> None:
    assert as_(cast.officer).get(f"/workbench/orgs/union/{'9' * 5000}/change/").status_code == 404


@pytest.mark.parametrize("text", ["²", "9" * 5000])
@pytest.mark.parametrize("name", ["activities:new", "activities:new-campaign"])
def test_ticks_that_only_look_like_keys_are_marked_as_wrong(name: str, text: str, cast: Cast) -> None:
    sent = {"activities": text, "a-union_ids": text}
    assert as_(cast.officer).post(reverse(name), sent).status_code == 422


def test_a_form_with_mistakes_is_drawn_again_for_htmx_too(cast: Cast) -> None:
    answer = as_(cast.officer).post(reverse("activities:new"), {}, headers={"HX-Request": "true"})
    assert answer.status_code == 422


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


def test_a_cadre_gives_themself_no_place_and_no_points(cast: Cast) -> None:
    mine = people.person(name="本会主席", account=cast.officer)
    people.membership(mine, cast.union)
    session = activity_factories.session(cast.union, mode="review")
    signup = activities.sign_up(session, member=member_of(cast.officer), actor=cast.officer).signup
    client = as_(cast.officer)
    for name, sent in (
        ("activities:decide-signup", {"accept": "1"}),
        ("activities:check-in-by-hand", {"reason": "本人在场"}),
    ):
        assert client.post(reverse(name, args=[signup.pk]), sent).status_code == 403
    activities.decide_signup(signup, accept=True, actor=cast.township_officer)
    signup.refresh_from_db()
    assert (
        client.post(reverse("activities:check-in-by-hand", args=[signup.pk]), {"reason": "在场"}).status_code
        == 403
    )
    code = accounts.member_codes(cast.officer.uuid)[0].text
    with pytest.raises(Refused) as refused:
        activities.check_in_by_code(session, code, actor=cast.officer)
    assert refused.value.code in ("own-signup", "bad-time")
    added = {"person": mine.pk, "session": session.pk, "reason": "领导带队"}
    other = activity_factories.session(cast.union)
    added["session"] = other.pk
    assert client.post(reverse("activities:add-signup", args=[other.activity_id]), added).status_code == 403
    assert points.balance(mine.pk) == 0


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


def aged(client: Client, **seconds: int) -> Client:
    """The session as it is so many seconds later."""
    session = client.session
    for name, ago in seconds.items():
        session[name] -= ago
    session.save()
    return client


@pytest.mark.parametrize(
    ("ago", "stays"),
    [
        ({"seen": 1700}, True),
        ({"seen": 1900}, False),
        ({"entered": 43_000}, True),
        ({"entered": 43_300}, False),
    ],
)
def test_a_cadre_logs_in_again_after_half_an_hour_away_and_after_twelve_hours(
    ago: dict[str, int], stays: bool, cast: Cast
) -> None:
    for address in ("/workbench/", "/membership/review", "/me"):
        assert (aged(as_(cast.officer), **ago).get(address).status_code == 200) is stays, address
    assert aged(as_(cast.member), **ago).get("/me").status_code == 200


def test_a_page_keeps_a_cadre_in_and_what_it_asks_by_itself_does_not(cast: Cast) -> None:
    client = aged(as_(cast.officer), seen=1700)
    client.get(reverse("portal:unread"))
    assert client.session["seen"] < time.time() - 1600
    client.get("/me")
    assert client.session["seen"] > time.time() - 100


def test_an_office_that_ends_ends_what_it_opened_with_the_next_request(cast: Cast) -> None:
    client = as_(cast.officer)
    assert client.get("/workbench/").status_code == 200
    orgs.end_post(Post.objects.get(account=cast.officer), actor=cast.township_officer, reason="换届")
    assert client.get("/workbench/").status_code == 403
    assert client.get("/membership/review").status_code == 403


def test_entering_changes_the_session_that_was_there_before(cast: Cast) -> None:
    """Whoever planted a session cookie does not share in what is entered with it."""
    account_factories.account(phone="13911113333", password="螺城-石雕-2026")
    client = Client()
    client.get("/login")
    client.session.save()
    planted = client.cookies["sid"].value if "sid" in client.cookies else ""
    client.post("/login", {"phone": "13911113333", "password": "螺城-石雕-2026"})
    assert client.cookies["sid"].value != planted
    assert client.cookies["sid"]["httponly"]
    assert client.cookies["sid"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "counted"),
    [
        (0, "1.2.3.4", "9.9.9.9", "9.9.9.9"),
        (1, "6.6.6.6, 1.2.3.4", "10.0.0.1", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "' OR 1=1", "10.0.0.1", "' OR 1=1"),
        (0, "", "2408:8445:1:2:a:b:c:d", "2408:8445:1:2::/64"),
        (0, "", "2408:8445:1:2:ffff:1:2:3", "2408:8445:1:2::/64"),
        (0, "", "::ffff:9.9.9.9", "9.9.9.9"),
    ],
)
def test_no_header_and_no_fresh_address_starts_a_count_anew(
    proxies: int, forwarded: str, remote: str, counted: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert (
        client_ip(RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded}))
        == counted
    )


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
def test_of_accounts_that_claim_one_record_at_once_the_phone_on_the_roll_has_it_and_the_others_wait() -> None:
    cast = make_cast()
    claimants = [account_factories.account() for _ in range(8)]
    person = people.person(name="李小明", phone=claimants[-1].phone)
    people.membership(person, cast.union)
    who = {"name": "李小明", "document_kind": person.document_kind, "id_number": person.id_number}

    both([lambda a=account: membership.claim(a, actor=a, **who) for account in claimants])

    confirmed = Claim.objects.filter(person=person, state=Claim.State.CONFIRMED)
    assert [claim.account_id for claim in confirmed] == [claimants[-1].pk]
    assert Person.objects.get(pk=person.pk).account_id == claimants[-1].pk
    assert Claim.objects.filter(person=person, state=Claim.State.SUBMITTED).count() == len(claimants) - 1
