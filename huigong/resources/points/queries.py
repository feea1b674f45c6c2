"""Reads of points."""

from dataclasses import dataclass
from datetime import datetime

from huigong.core import verify
from huigong.resources.points.models import Account, Entry


@dataclass(frozen=True)
class Line:
    """One line of a person's points, newest first in lists."""

    entry_id: int
    at: datetime
    memo: str
    amount: int


def balance(person_id: int) -> int:
    """A person's points now."""
    return Account.objects.filter(person_id=person_id).values_list("balance", flat=True).first() or 0


def lines(person_id: int, *, before: int | None = None, limit: int = 20) -> list[Line]:
    """A person's movements, newest first, from below entry id `before`."""
    entries = Entry.objects.filter(account__person_id=person_id)
    if before:
        entries = entries.filter(pk__lt=before)
    rows = entries.order_by("-id").values_list("id", "transaction__at", "transaction__memo", "amount")
    return [Line(*row) for row in rows[:limit]]


@verify.invariant("I1 points: every transaction sums to zero")
def _balanced() -> list[str]:
    return verify.rows(
        "SELECT transaction_id, sum(amount) FROM points_entry GROUP BY 1 HAVING sum(amount) <> 0"
    )


@verify.invariant("I1 points: every transaction has entries")
def _whole() -> list[str]:
    return verify.rows(
        "SELECT t.id FROM points_transaction t LEFT JOIN points_entry e ON e.transaction_id = t.id WHERE e.id IS NULL"
    )


@verify.invariant("I2 points: the whole ledger sums to zero")
def _ledger() -> list[str]:
    return verify.rows("SELECT sum(amount) FROM points_entry HAVING sum(amount) <> 0")


@verify.invariant("I3 I4 points: a person's balance is the sum of its entries and not negative")
def _balances() -> list[str]:
    return verify.rows(
        "SELECT a.id, a.balance FROM points_account a LEFT JOIN ("
        " SELECT account_id, sum(amount) AS total FROM points_entry GROUP BY 1"
        ") e ON e.account_id = a.id WHERE a.person_id IS NOT NULL"
        " AND (a.balance <> coalesce(e.total, 0) OR a.balance < 0)"
    )
