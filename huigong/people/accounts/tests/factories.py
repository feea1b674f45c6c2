"""Accounts for tests. Phones are of number ranges that no carrier gives out."""

import itertools

from huigong.people.accounts.models import Account

_numbers = itertools.count(1)


def next_phone() -> str:
    """A phone that no other test of this process has."""
    return f"139{next(_numbers):08d}"


def account(*, name: str = "", phone: str | None = None, password: str | None = None) -> Account:
    """An account; without `password` it can enter by code only."""
    made = Account(display_name=name)
    made.phone = phone or next_phone()
    if password:
        made.set_password(password)
    else:
        made.set_unusable_password()
    made.save()
    return made
