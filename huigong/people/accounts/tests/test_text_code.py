"""Codes through a gateway on another machine: by a job, after the transaction, at most while they are good."""

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from huigong.core import sms
from huigong.core.errors import Refused
from huigong.people.accounts import operations, tasks
from huigong.people.accounts.models import SmsCode

PHONE = "13900990055"
pytestmark = pytest.mark.django_db


class RemoteGateway:
    """Takes what it is given, or fails as told."""

    is_remote = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.failure: sms.NotSent | None = None

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        if self.failure:
            raise self.failure
        self.sent.append((phone, values["code"]))


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> RemoteGateway:
    gateway = RemoteGateway()
    monkeypatch.setattr(sms, "gateway", lambda: gateway)
    return gateway


def ask() -> int:
    """Ask for a code; returns its row."""
    operations.send_code(PHONE, purpose="login", ip="10.0.0.1", budget=100)
    return SmsCode.objects.latest("id").pk


def waiting_jobs() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'accounts.text_code'")
        return [json.loads(args) for (args,) in cursor.fetchall()]


def test_request_only_leaves_a_job_that_knows_the_row(remote: RemoteGateway) -> None:
    code_id = ask()
    assert remote.sent == []
    assert waiting_jobs() == [{"code_id": code_id}]


def test_no_job_is_left_when_the_transaction_fails(remote: RemoteGateway) -> None:
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)
    assert waiting_jobs() == []


def test_code_that_arrived_enters(remote: RemoteGateway) -> None:
    tasks.text_code(ask())
    [(phone, code)] = remote.sent
    assert phone == PHONE
    assert operations.enter_with_code(PHONE, code).phone == PHONE


def test_before_it_was_sent_nothing_enters(remote: RemoteGateway) -> None:
    ask()
    for guess in ("", "000000"):
        with pytest.raises(Refused):
            operations.enter_with_code(PHONE, guess)


def test_job_that_runs_twice_sends_another_code_and_the_last_one_counts(remote: RemoteGateway) -> None:
    code_id = ask()
    tasks.text_code(code_id)
    tasks.text_code(code_id)
    (_, first), (_, second) = remote.sent
    if first != second:
        with pytest.raises(Refused):
            operations.use_code(PHONE, first, purpose="login")
    operations.use_code(PHONE, second, purpose="login")


def test_nothing_is_sent_for_a_code_that_is_spent_or_too_old(remote: RemoteGateway) -> None:
    code_id = ask()
    SmsCode.objects.update(used_at=Now())
    tasks.text_code(code_id)
    SmsCode.objects.update(used_at=None, expires_at=Now())
    tasks.text_code(code_id)
    assert remote.sent == []


@pytest.mark.parametrize("may_retry", [True, False])
def test_only_what_may_go_through_later_fails_the_job(remote: RemoteGateway, may_retry: bool) -> None:
    code_id = ask()
    remote.failure = sms.NotSent(
        "Throttling.User" if may_retry else "isv.OUT_OF_SERVICE", may_retry=may_retry
    )
    if may_retry:
        with pytest.raises(sms.NotSent):
            tasks.text_code(code_id)
    else:
        tasks.text_code(code_id)


def test_sweep_forgets_codes_after_two_days(remote: RemoteGateway) -> None:
    ask()
    operations.sweep()
    assert SmsCode.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_smscode SET created_at = now() - interval '3 days'")
    operations.sweep()
    assert SmsCode.objects.count() == 0
