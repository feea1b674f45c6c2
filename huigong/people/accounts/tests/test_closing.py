"""The end of an account, and consents taken back, by page."""

import pytest
from django.http import HttpResponse
from django.test import Client

from huigong.core import audit, calendar, sms
from huigong.core.errors import Refused
from huigong.core.models import RateCount
from huigong.people.accounts import operations, queries
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Account:
    """Somebody with a password, logged in."""
    made = factories.account(name="柯注销", password="lvdao-2026-ke")
    client.force_login(made)
    return made


def close(client: Client, **values: str) -> HttpResponse:
    return client.post("/account/close", {"proof": "lvdao-2026-ke", "understood": "on"} | values)


def test_closing_says_plainly_what_it_means(client: Client, owner: Account) -> None:
    page = client.get("/account/close").content.decode()
    for words in ("不等于退会", "积分", "转会申请全部撤回", "依法保存", owner.masked_phone):
        assert words in page


def test_closed_account_is_gone_and_its_phone_is_free(client: Client, owner: Account) -> None:
    phone = owner.phone
    tokens = operations.issue_tokens(owner)
    assert close(client).status_code == 302
    owner.refresh_from_db()
    assert (owner.state, owner.phone, owner.display_name) == ("closed", "", "已注销用户")
    assert not owner.has_usable_password()
    assert client.get("/me").status_code == 302
    assert queries.account_by_phone(phone) is None
    with pytest.raises(Refused):
        operations.refresh_tokens(str(tokens["refresh"]))
    assert operations.register(phone, actor=audit.SYSTEM).pk != owner.pk


@pytest.mark.parametrize("values", [{"proof": "wrong"}, {"proof": ""}, {"understood": ""}])
def test_nothing_closes_without_proof_and_understanding(
    client: Client, owner: Account, values: dict[str, str]
) -> None:
    assert close(client, **values).status_code == 422
    owner.refresh_from_db()
    assert owner.is_active


def test_closing_by_code_takes_the_code_for_closing_only(client: Client, owner: Account) -> None:
    client.post("/account/password/code")
    wrong = sms.gateway().sent[-1][2]["code"]
    assert close(client, by="code", proof=wrong).status_code == 422
    RateCount.objects.all().delete()
    client.post("/account/close/code")
    assert close(client, by="code", proof=sms.gateway().sent[-1][2]["code"]).status_code == 302


def test_cadre_in_office_may_not_close(client: Client, owner: Account) -> None:
    operations.set_staff_until(owner, calendar.today())
    page = close(client)
    assert page.status_code == 422
    assert "现任工会职务" in page.content.decode()


def test_consents_are_shown_and_taken_back(client: Client, owner: Account) -> None:
    assert "我同意过的" not in client.get("/account").content.decode()
    operations.give_consent(owner, purpose="membership", actor=owner)
    assert "入会审核和会籍管理" in client.get("/account").content.decode()
    client.post("/account/consent/withdraw", {"purpose": "membership"})
    page = client.get("/account").content.decode()
    assert "撤回</" in page
    assert "consent/withdraw" in page
    assert "撤回同意</a>" not in page
