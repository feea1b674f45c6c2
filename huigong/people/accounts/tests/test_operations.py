"""Codes, passwords and tokens: tries counted, uses single, ends final."""

import threading

import pytest
from django.db import connection

from huigong.core import sms
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import RateCount
from huigong.people.accounts import operations, queries
from huigong.people.accounts.models import Account, SmsCode
from huigong.people.accounts.tests import factories

PHONE = "13900990099"


def send(phone: str = PHONE, *, purpose: str = "login", ip: str = "10.0.0.1", budget: int = 100) -> str:
    """Send a code and read it where the demo gateway keeps it."""
    operations.send_code(phone, purpose=purpose, ip=ip, budget=budget)
    return sms.gateway().sent[-1][2]["code"]


def forget_limits() -> None:
    RateCount.objects.all().delete()


@pytest.mark.django_db
def test_the_right_code_enters_and_makes_the_account_the_first_time() -> None:
    account = operations.enter_with_code(PHONE, send())
    assert account.phone == PHONE
    forget_limits()
    assert operations.enter_with_code(PHONE, send()).pk == account.pk


@pytest.mark.django_db
def test_a_code_works_once() -> None:
    code = send()
    operations.enter_with_code(PHONE, code)
    with pytest.raises(Refused, match="验证码不正确"):
        operations.enter_with_code(PHONE, code)


@pytest.mark.django_db
def test_a_newer_code_voids_the_older() -> None:
    old = send()
    forget_limits()
    new = send()
    if old != new:
        with pytest.raises(Refused):
            operations.use_code(PHONE, old, purpose="login")
    operations.use_code(PHONE, new, purpose="login")


@pytest.mark.django_db
def test_a_code_for_one_purpose_does_not_serve_another() -> None:
    code = send(purpose="login")
    with pytest.raises(Refused):
        operations.use_code(PHONE, code, purpose="phone")


@pytest.mark.django_db(transaction=True)
def test_two_hundred_parallel_guesses_count_five_and_void_the_code() -> None:
    code = send()
    wrong = "000000" if code != "000000" else "111111"

    def guess() -> None:
        for _ in range(20):
            with pytest.raises(Refused):
                operations.use_code(PHONE, wrong, purpose="login")
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SmsCode.objects.get().tries == 5
    with pytest.raises(Refused):
        operations.use_code(PHONE, code, purpose="login")


@pytest.mark.django_db
def test_a_code_is_not_stored_in_the_clear() -> None:
    code = send()
    row = SmsCode.objects.values().get()
    assert not any(code in str(value) for key, value in row.items() if key in ("code_hash", "phone_index"))


@pytest.mark.django_db
def test_sending_is_limited_by_number() -> None:
    send()
    with pytest.raises(Refused, match="太频繁"):
        send()
    assert SmsCode.objects.count() == 1


@pytest.mark.django_db
def test_sending_is_limited_by_address_and_in_all() -> None:
    for number in range(20):
        send(f"139009900{number:02d}", ip="10.0.0.9")
    with pytest.raises(Refused):
        send("13900990050", ip="10.0.0.9")
    with pytest.raises(Refused):
        send("13900990051", ip="10.0.0.10", budget=5)


@pytest.mark.django_db
def test_a_weak_password_is_refused_and_changes_nothing() -> None:
    account = factories.account(password="huigong-2026")
    with pytest.raises(Refused) as refused:
        operations.set_password(account, password="12345678", actor=account)
    assert refused.value.code == "weak-password"
    assert Account.objects.get(pk=account.pk).check_password("huigong-2026")


@pytest.mark.django_db
def test_a_refresh_token_used_twice_revokes_its_family() -> None:
    account = factories.account()
    first = operations.issue_tokens(account)
    second = operations.refresh_tokens(str(first["refresh"]))
    with pytest.raises(Refused):
        operations.refresh_tokens(str(first["refresh"]))
    with pytest.raises(Refused):
        operations.refresh_tokens(str(second["refresh"]))


@pytest.mark.django_db
def test_logging_out_everywhere_ends_refresh_tokens_and_fresh_access_checks(monkeypatch) -> None:
    account = factories.account()
    tokens = operations.issue_tokens(account)
    assert queries.account_by_access_token(str(tokens["access"])) == account
    operations.log_out_everywhere(account, actor=account)
    with pytest.raises(Refused):
        operations.refresh_tokens(str(tokens["refresh"]))
    monkeypatch.setattr("huigong.people.accounts.queries.tokens._CACHE_SECONDS", 0.0)
    assert queries.account_by_access_token(str(tokens["access"])) is None


@pytest.mark.django_db
def test_register_of_a_known_phone_gives_the_account_there_is() -> None:
    account = factories.account(phone=PHONE)
    assert operations.register(PHONE, actor=SYSTEM).pk == account.pk
    assert Account.objects.count() == 1
