"""The ledger: paid once, never below zero, never rewritten."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.people.membership.tests import factories as people
from huigong.resources.points import operations, queries
from huigong.resources.points.models import Account, Entry, Transaction
from tests import guards


@pytest.fixture
def person_id(db: None) -> int:
    return people.person().pk


def award(person_id: int, points: int, source: str = "1") -> Transaction | None:
    return operations.award(person_id, points=points, rule="test.rule", source=source, memo="测试")


def spend(person_id: int, points: int, source: str = "1") -> Transaction | None:
    return operations.spend(person_id, points=points, rule="test.spend", source=source, memo="兑换")


def broken() -> list[str]:
    return [finding.name for finding in verify.run() if not finding.ok and "points" in finding.name]


def test_award_is_paid_once_for_a_source(person_id: int) -> None:
    assert award(person_id, 30) is not None
    for _ in range(20):
        assert award(person_id, 30) is None
    assert queries.balance(person_id) == 30
    assert broken() == []


def test_spend_beyond_the_balance_is_refused_and_leaves_nothing(person_id: int) -> None:
    award(person_id, 100)
    with pytest.raises(Refused) as refused:
        spend(person_id, 101)
    assert refused.value.code == "too-few-points"
    assert (queries.balance(person_id), Transaction.objects.count()) == (100, 1)


def test_reverse_gives_back_once(person_id: int) -> None:
    award(person_id, 50)
    spent = spend(person_id, 20)
    assert spent is not None
    assert operations.reverse(spent, memo="退回") is not None
    assert operations.reverse(spent, memo="退回") is None
    assert queries.balance(person_id) == 50
    assert broken() == []


def test_reverse_of_points_that_are_spent_is_refused(person_id: int) -> None:
    given = award(person_id, 50)
    spend(person_id, 30)
    assert given is not None
    with pytest.raises(Refused):
        operations.reverse(given, memo="撤销")
    assert queries.balance(person_id) == 20


@pytest.mark.parametrize("sql", ["UPDATE points_entry SET amount = 1000", "DELETE FROM points_entry"])
def test_entries_can_neither_be_changed_nor_deleted(person_id: int, sql: str) -> None:
    award(person_id, 50)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert broken() == []


@transaction.atomic
def post_one_leg_only(person_id: int) -> None:
    lone = Transaction.objects.create(key="lone", rule="test", memo="单边")
    Entry.objects.create(transaction=lone, account=Account.objects.get(person_id=person_id), amount=7)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_transaction_that_does_not_balance_is_refused_at_commit(person_id: int) -> None:
    award(person_id, 50)
    with pytest.raises(IntegrityError, match="does not balance"):
        post_one_leg_only(person_id)
    assert not Transaction.objects.filter(key="lone").exists()


def test_the_database_refuses_a_negative_balance(person_id: int) -> None:
    award(person_id, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(person_id=person_id).update(balance=-1)


def _spend_in_threads(person_id: int, amount: int, threads: int) -> int:
    """How many of `threads` parallel spendings of `amount` went through."""
    done, barrier = [], threading.Barrier(threads)

    def run(number: int) -> None:
        try:
            barrier.wait()
            spend(person_id, amount, source=str(number))
            done.append(number)
        except (Refused, IntegrityError):
            pass
        finally:
            connection.close()

    workers = [threading.Thread(target=run, args=[number]) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return len(done)


@pytest.mark.django_db(transaction=True)
def test_parallel_spending_never_goes_below_zero() -> None:
    person_id = people.person().pk
    award(person_id, 100)
    assert _spend_in_threads(person_id, 60, 20) == 1
    assert queries.balance(person_id) == 40
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_parallel_spending_overdraws_with_the_guards_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the condition in the UPDATE and the CHECK behind it the same run must overdraw."""
    person_id = people.person().pk
    award(person_id, 100)
    Account.objects.create(rule="test.spend")
    looked = threading.Barrier(20, timeout=20)

    def read_then_write(made: Transaction, account: Account, amount: int) -> None:
        Entry.objects.create(transaction=made, account=account, amount=amount)
        if account.person_id is not None:
            fresh = Account.objects.get(pk=account.pk)
            looked.wait()
            if fresh.balance + amount >= 0:
                Account.objects.filter(pk=account.pk).update(balance=fresh.balance + amount)

    monkeypatch.setattr(operations, "_post", read_then_write)
    with guards.without_constraint("points_account", "points_not_negative"):
        assert _spend_in_threads(person_id, 60, 20) > 1
