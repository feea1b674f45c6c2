"""Entering by page and API."""

import pytest
from django.test import Client

from huigong.core import sms
from huigong.people.accounts.tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "huigong-2026"


@pytest.fixture
def account():
    return factories.account(name="陈海燕", password=PASSWORD)


def test_login_with_the_right_password_leads_on(client: Client, account) -> None:
    response = client.post("/login", {"phone": account.phone, "password": PASSWORD, "next": "/me"})
    assert (response.status_code, response["Location"]) == (302, "/me")
    assert client.session["_auth_user_id"] == str(account.pk)


def test_login_takes_a_phone_as_people_write_it(client: Client, account) -> None:
    written = f"+86 {account.phone[:3]} {account.phone[3:7]} {account.phone[7:]}"
    assert client.post("/login", {"phone": written, "password": PASSWORD}).status_code == 302


def test_login_answers_an_unknown_phone_and_a_wrong_password_alike(client: Client, account) -> None:
    unknown = client.post("/login", {"phone": "13812345678", "password": PASSWORD})
    wrong = client.post("/login", {"phone": account.phone, "password": "something-else"})
    assert unknown.status_code == wrong.status_code == 422
    sentence = "手机号或密码不正确"
    assert sentence in unknown.content.decode()
    assert sentence in wrong.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
    ],
)
def test_login_never_leads_to_another_site(client: Client, account, target: str) -> None:
    response = client.post("/login", {"phone": account.phone, "password": PASSWORD, "next": target})
    assert response["Location"] == "/"


def test_login_is_limited(client: Client, account) -> None:
    for _ in range(10):
        client.post("/login", {"phone": account.phone, "password": "wrong-one"})
    response = client.post("/login", {"phone": account.phone, "password": PASSWORD})
    assert "尝试次数太多" in response.content.decode()


def test_login_by_code_makes_a_session(client: Client) -> None:
    client.post("/login/code", {"phone": "13900990001"})
    code = sms.gateway().sent[-1][2]["code"]
    response = client.post("/login", {"phone": "13900990001", "code": code})
    assert response.status_code == 302
    assert "_auth_user_id" in client.session


def test_the_session_key_changes_at_login(client: Client, account) -> None:
    client.get("/login")
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.post("/login", {"phone": account.phone, "password": PASSWORD})
    assert client.session.session_key != before


def test_a_new_password_ends_other_sessions_but_not_this_one(account) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(account)
    new = {"proof": PASSWORD, "password": "another-pass-9", "again": "another-pass-9"}
    response = here.post("/account/password", new)
    assert response.status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_a_new_password_wants_the_old_one(account) -> None:
    client = Client()
    client.force_login(account)
    for proof in ("", "wrong-one"):
        new = {"proof": proof, "password": "another-pass-9", "again": "another-pass-9"}
        assert client.post("/account/password", new).status_code == 422
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_by_a_code_to_ones_own_phone(account) -> None:
    client = Client()
    client.force_login(account)
    client.post("/account/password/code")
    to, _, values = sms.gateway().sent[-1]
    assert to == account.phone
    new = {"by": "code", "proof": values["code"], "password": "another-pass-9", "again": "another-pass-9"}
    assert client.post("/account/password", new).status_code == 302
    account.refresh_from_db()
    assert account.check_password("another-pass-9")


def test_log_out_everywhere_ends_all_sessions(account) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(account)
    here.post("/account/logout-everywhere")
    assert here.get("/account").status_code == 302
    assert there.get("/account").status_code == 302


def test_writes_without_a_csrf_token_are_refused(account) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account)
    assert strict.post("/account/logout-everywhere").status_code == 403
    assert strict.get("/account").status_code == 200


def test_tokens_by_password_open_the_api(client: Client, account) -> None:
    body = {"phone": account.phone, "password": PASSWORD}
    tokens = client.post("/api/v1/auth/tokens", body, content_type="application/json").json()
    assert set(tokens) == {"access", "refresh", "expires_in"}
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access']}"}).json()
    assert (me["id"], me["name"]) == (account.pk, "陈海燕")
    assert account.phone not in str(me)


def test_tokens_with_a_wrong_password_are_refused(client: Client, account) -> None:
    body = {"phone": account.phone, "password": "wrong-one"}
    response = client.post("/api/v1/auth/tokens", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (401, "wrong-password")


def test_the_api_without_a_token_is_refused(client: Client) -> None:
    assert client.get("/api/v1/me").status_code == 401
