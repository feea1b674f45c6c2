"""Counting how often somebody tries document numbers, so that nobody can find out who is a member."""

from datetime import timedelta
from typing import TYPE_CHECKING

from huigong.core import limits
from huigong.core.identity import normalise_name, normalise_number

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

TRIES = 3
_DAY = timedelta(days=1)


def count_identity_try(account: "Account", *, name: str, id_number: str) -> None:
    """Count one more document that `account` tries today; refuses the fourth ("too-often", 429).

    Entry points call this before they claim or apply, outside the transaction, so that a refused try counts.
    The same name and number again tell nothing new and count once: a double tap harms nobody.
    """
    tried = f"{account.pk}:{normalise_name(name)}:{normalise_number(id_number)}"
    if limits.hit("identity-document", tried, per=_DAY) > 1:
        return
    limits.require(
        "identity",
        str(account.pk),
        at_most=TRIES,
        per=_DAY,
        sentence=f"今天已经核对了 {TRIES} 个证件，请明天再试，或联系您单位的工会。",
    )
