"""Every movement of points. Amounts are positive whole points; the direction is the operation's."""

from datetime import date

from django import urls
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from huigong.core import calendar
from huigong.core.errors import Refused
from huigong.core.prepared import Prepared, Slot, insert
from huigong.people.inbox import operations as inbox
from huigong.people.membership import queries as membership
from huigong.resources.points import queries
from huigong.resources.points.models import Account, Entry, Transaction
from huigong.resources.points.queries import EXPIRED, NOTICE


@transaction.atomic
def award(
    person_id: int, *, points: int, rule: str, source: str, memo: str, expires_on: date | None = None
) -> Transaction | None:
    """Give `points` to a person under `rule`, once for each `source`; None when that was already done.

    They are good until `expires_on`: unless told, the end of next year, so that a holder is warned once a year.
    """
    expires_on = expires_on or last_day(timezone.localdate())
    return _move(person_id, points, rule=rule, source=source, memo=memo, expires_on=expires_on)


@transaction.atomic
def spend(person_id: int, *, points: int, rule: str, source: str, memo: str) -> Transaction | None:
    """Take `points` from a person, once for each `source`. Refuses more than the balance."""
    return _move(person_id, -points, rule=rule, source=source, memo=memo)


def last_day(awarded_on: date) -> date:
    """Until when points of that day are good: the end of the next year, at most 24 months."""
    return date(awarded_on.year + 1, 12, 31)


@transaction.atomic
def reverse(original: Transaction, *, memo: str) -> Transaction | None:
    """Undo a transaction with its mirror image; None when it already was. Refuses when the points are gone.

    What expired of an award is not taken a second time. Points given back keep the day on which they end.
    """
    if original.reversal_of_id is not None:
        raise ValueError("a reversal is not reversed")
    for expiry in queries.expiries(original):
        _mirror(expiry, memo=memo)
    return _mirror(original, memo=memo)


def _mirror(original: Transaction, *, memo: str) -> Transaction | None:
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


_NOTE = f"""
{queries.LEFT}, noted AS (
    INSERT INTO points_expirynotice (created_at, account_id, expires_on, points)
    SELECT now(), account_id, expires_on, points FROM lot WHERE points > 0 AND expires_on <= %s
    ON CONFLICT DO NOTHING
    RETURNING account_id, expires_on, points
)
SELECT expires_on, points, array_agg(a.person_id)
FROM noted JOIN points_account a ON a.id = noted.account_id
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 two constants


@transaction.atomic
def warn_of_expiry() -> int:
    """Tell everybody whose points end within 30 days, once for each last day. Returns how many were told.

    One statement looks and notes, so a run beside another tells nobody twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [calendar.today() + NOTICE])
        groups = cursor.fetchall()
    return sum(
        inbox.send(
            membership.accounts_of(person_ids),
            kind=inbox.Kind.POINTS,
            title=f"{points} 积分将于 {expires_on:%Y年%-m月%-d日}到期",
            body="到期前可以照常使用，到期后自动清零。",
            url=urls.reverse("portal:points"),
        )
        for expires_on, points, person_ids in groups
    )


def expire(*, at_most: int = 500) -> int:
    """End the points whose day has passed, of at most so many people. Returns how many lost some.

    Only points whose holder was told 30 days before end; until then they live on and can be spent. Each
    person is a transaction of its own, and running it again takes nothing twice.
    """
    due = queries.accounts_to_expire(calendar.today(), at_most=at_most)
    return sum(_expire_account(account_id) for account_id in due)


@transaction.atomic
def _expire_account(account_id: int) -> bool:
    """Whoever spends waits for us or we for them: what is left is counted under the lock, never before."""
    account = _locked(account_id)
    assert account.person_id is not None
    today = calendar.today()
    told = queries.days_told(account_id, today)
    ended = [lot for lot in queries.lots(account_id) if lot.left and lot.expires_on in told]
    for lot in ended:
        _move(
            account.person_id,
            -lot.left,
            rule=EXPIRED,
            source=f"{lot.transaction_id}:{today}",
            memo=f"到期清零：{lot.memo}"[:120],
        )
    return bool(ended)


def _locked(account_id: int) -> Account:
    return Account.objects.select_for_update(no_key=True).get(pk=account_id)


_person_account = Prepared(lambda: Account.objects.filter(person_id=Slot("person")))
_rule_account = Prepared(lambda: Account.objects.filter(rule=Slot("rule")))


def _move(
    person_id: int, amount: int, *, rule: str, source: str, memo: str, expires_on: date | None = None
) -> Transaction | None:
    if amount == 0:
        raise ValueError("a movement of no points is no movement")
    made = _begin(f"{rule}:{source}", rule=rule, memo=memo, expires_on=expires_on)
    if made is None:
        return None
    person_account = _person_account.first(person=person_id)
    if person_account is None:
        person_account, _ = Account.objects.get_or_create(person_id=person_id)
    rule_account = _rule_account.first(rule=rule)
    if rule_account is None:
        rule_account, _ = Account.objects.get_or_create(rule=rule)
    _post(made, rule_account, -amount)
    _post(made, person_account, amount)
    return made


def _begin(key: str, **fields: object) -> Transaction | None:
    """The transaction's head; None when its key was used before."""
    try:
        with transaction.atomic():
            return insert(Transaction(key=key, **fields))
    except IntegrityError:
        return None


def _post(made: Transaction, account: Account, amount: int) -> None:
    """Write one leg and move a person's balance with it, never below zero.

    Accounts of rules keep no balance: theirs would be one hot row for everybody's check-ins, and it is the
    sum of their entries anyway.
    """
    insert(Entry(transaction=made, account=account, amount=amount))
    if account.person_id is None:
        return
    enough = Account.objects.filter(pk=account.pk, balance__gte=-amount)
    if not enough.update(balance=F("balance") + amount):
        raise Refused("积分不足。", "too-few-points")
