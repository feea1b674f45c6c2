"""What an account's row shows, and to whom it belongs."""

import pytest

from huigong.core import crypto
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories


@pytest.mark.django_db
def test_no_column_of_an_account_shows_its_phone() -> None:
    account = factories.account(phone="13800138000")
    row = Account.objects.filter(pk=account.pk).values().get()
    assert not any("13800138000" in str(value) for value in row.values())
    assert Account.objects.get(pk=account.pk).phone == "13800138000"


@pytest.mark.django_db
def test_a_phone_copied_to_another_row_does_not_open() -> None:
    one, two = factories.account(), factories.account()
    two.phone_sealed = one.phone_sealed
    with pytest.raises(crypto.CannotOpen):
        two.phone  # noqa: B018
