"""Every movement of points. Amounts are positive whole points; the direction is the operation's."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.resources.points.models import Account, Entry, Transaction

LIFETIME = timedelta(days=730)
"""Points live at most 24 months."""


@transaction.atomic
def award(
    person_id: int, *, points: int, rule: str, source: str, memo: str, expires_on: date | None = None
) -> Transaction | None:
    """Give `points` to a person under `rule`, once for each `source`; None when that was already done."""
    expires_on = expires_on or timezone.localdate() + LIFETIME
    return _move(person_id, points, rule=rule, source=source, memo=memo, expires_on=expires_on)


@transaction.atomic
def spend(person_id: int, *, points: int, rule: str, source: str, memo: str) -> Transaction | None:
    """Take `points` from a person, once for each `source`. Refuses more than the balance."""
    return _move(person_id, -points, rule=rule, source=source, memo=memo)


@transaction.atomic
def reverse(original: Transaction, *, memo: str) -> Transaction | None:
    """Undo a transaction with its mirror image; None when it already was. Refuses when the points are gone."""
    made = _begin(f"reversal:{original.pk}", rule=original.rule, memo=memo, reversal_of=original)
    if made is None:
        return None
    for entry in original.entries.select_related("account").order_by("account_id"):
        _post(made, entry.account, -entry.amount)
    return made


@transaction.atomic
def take_back(rule: str, source: str, *, memo: str) -> Transaction | None:
    """Reverse what `award` gave under `rule` for `source`; None when it gave nothing or was reversed."""
    original = Transaction.objects.filter(key=f"{rule}:{source}").first()
    return reverse(original, memo=memo) if original else None


def _move(
    person_id: int, amount: int, *, rule: str, source: str, memo: str, expires_on: date | None = None
) -> Transaction | None:
    if amount == 0:
        raise ValueError("a movement of no points is no movement")
    made = _begin(f"{rule}:{source}", rule=rule, memo=memo, expires_on=expires_on)
    if made is None:
        return None
    person_account, _ = Account.objects.get_or_create(person_id=person_id)
    rule_account, _ = Account.objects.get_or_create(rule=rule)
    _post(made, rule_account, -amount)
    _post(made, person_account, amount)
    return made


def _begin(key: str, **fields: object) -> Transaction | None:
    """The transaction's head; None when its key was used before."""
    try:
        with transaction.atomic():
            return Transaction.objects.create(key=key, **fields)
    except IntegrityError:
        return None


def _post(made: Transaction, account: Account, amount: int) -> None:
    """Write one leg and move a person's balance with it, never below zero.

    Accounts of rules keep no balance: theirs would be one hot row for everybody's check-ins, and it is the
    sum of their entries anyway.
    """
    Entry.objects.create(transaction=made, account=account, amount=amount)
    if account.person_id is None:
        return
    enough = Account.objects.filter(pk=account.pk, balance__gte=-amount)
    if not enough.update(balance=F("balance") + amount):
        raise Refused("积分不足。", "too-few-points")
