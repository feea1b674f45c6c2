"""Points end on their day, and only when their holder was told 30 days before."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox.models import Message
from huigong.people.membership.tests import factories as people
from huigong.resources.points import operations, queries, tasks
from huigong.resources.points.models import Account, Entry, ExpiryNotice, Transaction
from tests import guards


def holding_account() -> int:
    """A person with an account, who can be told things."""
    return people.person(account=accounts.account()).pk


@pytest.fixture
def person_id(db: None) -> int:
    return holding_account()


def award(person_id: int, points: int, *, days: int, source: str = "1") -> Transaction:
    """Points whose last day lies so many days ahead (or back)."""
    expires_on = calendar.today() + timedelta(days=days)
    made = operations.award(
        person_id, points=points, rule="test.rule", source=source, memo="读书会", expires_on=expires_on
    )
    assert made is not None
    return made


def spend(person_id: int, points: int, source: str = "1") -> Transaction:
    made = operations.spend(person_id, points=points, rule="test.spend", source=source, memo="兑换")
    assert made is not None
    return made


def tell_long_ago() -> None:
    """Everybody is told of what ends, and 31 days pass."""
    operations.warn_of_expiry()
    ExpiryNotice.objects.update(created_at=Now() - timedelta(days=31))


def lots_left(person_id: int) -> list[int]:
    return [lot.left for lot in queries.lots(Account.objects.get(person_id=person_id).pk)]


def broken() -> list[str]:
    return [finding.name for finding in verify.run() if not finding.ok and "points" in finding.name]


def test_points_are_good_until_the_end_of_the_next_year() -> None:
    assert operations.last_day(date(2026, 1, 1)) == date(2027, 12, 31)
    assert operations.last_day(date(2026, 12, 31)) == date(2027, 12, 31)


def test_holder_is_told_once_and_thirty_days_before(person_id: int) -> None:
    award(person_id, 40, days=30)
    award(person_id, 9, days=31, source="2")
    assert operations.warn_of_expiry() == 1
    assert operations.warn_of_expiry() == 0
    message = Message.objects.get(kind="points")
    assert message.title.startswith("40 积分将于 ")
    assert message.url == "/me/points"


def test_points_without_notice_do_not_end(person_id: int) -> None:
    award(person_id, 40, days=-1)
    assert operations.expire() == 0
    operations.warn_of_expiry()
    assert operations.expire() == 0  # told, but only just now
    ExpiryNotice.objects.update(created_at=Now() - timedelta(days=31))
    assert operations.expire() == 1
    assert queries.balance(person_id) == 0
    assert broken() == []


def test_the_last_day_itself_still_counts(person_id: int) -> None:
    award(person_id, 40, days=0)
    tell_long_ago()
    assert operations.expire() == 0
    assert queries.balance(person_id) == 40


def test_expiry_takes_what_is_left_of_the_old_points_once(person_id: int) -> None:
    award(person_id, 100, days=-1)
    award(person_id, 50, days=300, source="2")
    spend(person_id, 60)
    assert lots_left(person_id) == [40, 50]
    tell_long_ago()
    tasks.expire(0)
    tasks.expire(0)
    assert queries.balance(person_id) == 50
    assert queries.lines(person_id)[0].memo == "到期清零：读书会"
    assert lots_left(person_id) == [0, 50]
    assert queries.next_ending(person_id) == queries.Ending(calendar.today() + timedelta(days=300), 50)
    assert broken() == []


def test_reversing_an_award_does_not_take_what_had_ended(person_id: int) -> None:
    old = award(person_id, 100, days=-1)
    award(person_id, 200, days=300, source="2")
    spend(person_id, 60)
    tell_long_ago()
    operations.expire()
    assert queries.balance(person_id) == 200
    operations.reverse(old, memo="签到有误")
    assert queries.balance(person_id) == 140  # the 60 that were spent, not the 40 that had ended
    assert sum(lots_left(person_id)) == 140
    assert broken() == []


def test_points_given_back_keep_their_day_and_end_with_a_notice(person_id: int) -> None:
    award(person_id, 100, days=-1)
    spent = spend(person_id, 100)
    operations.warn_of_expiry()
    assert not ExpiryNotice.objects.exists()  # nothing was left to tell of
    operations.reverse(spent, memo="订单取消")
    assert operations.expire() == 0
    tell_long_ago()
    assert operations.expire() == 1
    assert queries.balance(person_id) == 0
    assert broken() == []


def test_a_reversal_is_not_reversed(person_id: int) -> None:
    undone = operations.reverse(award(person_id, 10, days=300), memo="有误")
    assert undone is not None
    with pytest.raises(ValueError, match="a reversal is not reversed"):
        operations.reverse(undone, memo="反悔")


@pytest.mark.parametrize("spend_first", [True, False])
def test_the_statement_and_the_lots_agree(person_id: int, spend_first: bool) -> None:
    """What SQL says is left, by which people are found, and what is then taken under the lock are the same."""
    award(person_id, 30, days=-2)
    award(person_id, 30, days=-1, source="2")
    if spend_first:
        spend(person_id, 45)
    tell_long_ago()
    told = dict(ExpiryNotice.objects.values_list("expires_on", "points"))
    lots = queries.lots(Account.objects.get(person_id=person_id).pk)
    assert told == {lot.expires_on: lot.left for lot in lots if lot.left}


def expire_while_somebody_spends(person_id: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A rival spends 60 between the moment the job has counted what is left and the moment it takes it.

    Returns why the rival was refused, if it was.
    """
    counted, count = threading.Event(), queries.lots
    refusals: list[str] = []

    def count_slowly(account_id: int) -> list[queries.Lot]:
        found = count(account_id)
        counted.set()
        rival.join(1.0)  # with the lock it cannot get through until we are done
        return found

    def run_rival() -> None:
        try:
            counted.wait(5)
            spend(person_id, 60)
        except Refused as refused:
            refusals.append(refused.code)
        finally:
            connection.close()

    rival = threading.Thread(target=run_rival)
    monkeypatch.setattr(queries, "lots", count_slowly)
    rival.start()
    try:
        operations.expire()
    finally:
        rival.join()
    return refusals


@pytest.fixture
def holder() -> int:
    """Somebody whose only 100 points end tonight."""
    person_id = holding_account()
    award(person_id, 100, days=-1)
    tell_long_ago()
    return person_id


@pytest.mark.django_db(transaction=True)
def test_expiry_beside_spending_takes_each_point_once(holder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who spends meanwhile waits, and finds the points gone."""
    assert expire_while_somebody_spends(holder, monkeypatch) == ["too-few-points"]
    assert [line.amount for line in queries.lines(holder)] == [-100, 100]
    assert queries.balance(holder) == 0
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_expiry_beside_spending_fails_without_the_lock(holder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted is spent by the time it is taken: the night's run would end there."""
    monkeypatch.setattr(operations, "_locked", lambda account_id: Account.objects.get(pk=account_id))
    with pytest.raises(Refused):
        expire_while_somebody_spends(holder, monkeypatch)
    assert queries.balance(holder) == 40


@pytest.mark.django_db(transaction=True)
def test_expiry_beside_spending_overdraws_with_every_guard_off(
    holder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock, the condition in the UPDATE and the CHECK behind it more is taken than there was."""

    def post_blindly(made: Transaction, account: Account, amount: int) -> None:
        Entry.objects.create(transaction=made, account=account, amount=amount)
        if account.person_id is not None:
            Account.objects.filter(pk=account.pk).update(balance=F("balance") + amount)

    monkeypatch.setattr(operations, "_locked", lambda account_id: Account.objects.get(pk=account_id))
    monkeypatch.setattr(operations, "_post", post_blindly)
    with guards.without_constraint("points_account", "points_not_negative"):
        assert expire_while_somebody_spends(holder, monkeypatch) == []
        assert queries.balance(holder) == -60
