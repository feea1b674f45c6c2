"""Reads of points."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models.functions import Now

from huigong.core import verify
from huigong.core.prepared import Prepared, Slot
from huigong.resources.points.models import Account, Entry, ExpiryNotice, Transaction

NOTICE = timedelta(days=30)
"""So long before points end their holder is told."""

EXPIRED = "points.expired"
"""The rule under which they end."""

LEFT = """
WITH live AS (
    SELECT e.account_id, t.expires_on, e.amount
    FROM points_entry e
    JOIN points_transaction t ON t.id = e.transaction_id
    JOIN points_account a ON a.id = e.account_id
    WHERE a.person_id IS NOT NULL AND a.balance > 0 AND t.reversal_of_id IS NULL
      AND NOT EXISTS (SELECT FROM points_transaction r WHERE r.reversal_of_id = t.id)
), earned AS (
    SELECT account_id, expires_on, sum(amount) AS points,
           sum(sum(amount)) OVER (PARTITION BY account_id ORDER BY expires_on) AS so_far
    FROM live WHERE amount > 0 GROUP BY 1, 2
), spent AS (
    SELECT account_id, -sum(amount) AS points FROM live WHERE amount < 0 GROUP BY 1
), lot AS (
    SELECT earned.account_id, earned.expires_on,
           least(earned.points, earned.so_far - coalesce(spent.points, 0)) AS points
    FROM earned LEFT JOIN spent USING (account_id)
)
"""
"""What is left of everybody's points, by the day on which they end: those that end first are spent first."""

_DUE = f"""
{LEFT}
SELECT DISTINCT lot.account_id
FROM lot JOIN points_expirynotice n ON n.account_id = lot.account_id AND n.expires_on = lot.expires_on
WHERE lot.points > 0 AND lot.expires_on < %s AND n.created_at <= now() - %s::interval
ORDER BY 1 LIMIT %s
"""  # noqa: S608 two constants


@dataclass(frozen=True)
class Line:
    """One line of a person's points, newest first in lists."""

    entry_id: int
    at: datetime
    memo: str
    amount: int


_balance_of = Prepared(
    lambda: Account.objects.filter(person=Slot("person")).values_list("balance", flat=True)
)


def balance(person_id: int) -> int:
    """A person's points now."""
    return _balance_of.first(person=person_id) or 0


def lines(person_id: int, *, before: int | None = None, limit: int = 20) -> list[Line]:
    """A person's movements, newest first, from below entry id `before`."""
    entries = Entry.objects.filter(account__person_id=person_id)
    if before:
        entries = entries.filter(pk__lt=before)
    rows = entries.order_by("-id").values_list("id", "transaction__at", "transaction__memo", "amount")
    return [Line(*row) for row in rows[:limit]]


@dataclass(frozen=True)
class Lot:
    """What one award still holds: points that end first are spent first. `expires_on` None: they never end."""

    transaction_id: int
    memo: str
    expires_on: date | None
    left: int


def lots(account_id: int) -> list[Lot]:
    """The awards of one account and what is left of each, in the order in which they are spent."""
    entries = Entry.objects.filter(
        account_id=account_id, transaction__reversal_of=None, transaction__reversed_by=None
    ).select_related("transaction")
    spent = -sum(entry.amount for entry in entries if entry.amount < 0)
    found = []
    for entry in sorted((entry for entry in entries if entry.amount > 0), key=_end):
        taken = min(spent, entry.amount)
        spent -= taken
        award = entry.transaction
        found.append(Lot(award.pk, award.memo, award.expires_on, entry.amount - taken))
    return found


def _end(entry: Entry) -> tuple[date, int]:
    return entry.transaction.expires_on or date.max, entry.pk


@dataclass(frozen=True)
class Ending:
    """So many points end after this day."""

    expires_on: date
    points: int


def next_ending(person_id: int) -> Ending | None:
    """Which of the person's points end next; None when there are none."""
    account_id = Account.objects.filter(person_id=person_id).values_list("pk", flat=True).first()
    live = [lot for lot in lots(account_id) if lot.left and lot.expires_on] if account_id else []
    if not live:
        return None
    day = live[0].expires_on
    assert day is not None
    return Ending(day, sum(lot.left for lot in live if lot.expires_on == day))


def accounts_to_expire(today: date, *, at_most: int) -> list[int]:
    """Accounts that hold points whose day has passed and whose holder was told in time."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [today, f"{NOTICE.days} days", at_most])
        return [account_id for (account_id,) in cursor.fetchall()]


def days_told(account_id: int, today: date) -> set[date]:
    """The past days of which the holder was told in time."""
    told = ExpiryNotice.objects.filter(
        account_id=account_id, expires_on__lt=today, created_at__lte=Now() - NOTICE
    )
    return set(told.values_list("expires_on", flat=True))


def expiries(award: Transaction) -> list[Transaction]:
    """What has ended of an award and was not given back."""
    key = f"{EXPIRED}:{award.pk}:"
    return list(Transaction.objects.filter(key__startswith=key, reversed_by=None).order_by("pk"))


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
