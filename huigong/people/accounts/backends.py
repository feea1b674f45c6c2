"""Finding the account behind a phone and a password."""

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from huigong.core.prepared import Prepared, Slot
from huigong.people.accounts.models import Account


class PhoneBackend(BaseBackend):
    """Phone and password. An unknown phone costs as much time as a wrong password."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, phone: str | None = None, password: str | None = None
    ) -> Account | None:
        if not phone or not password:
            return None
        index = Account.phone.index_of("phone_index", phone)
        account = Account.objects.filter(phone_index=index).first()
        if account is None or not account.has_usable_password():
            make_password(password)
            return None
        return account if check_password(password, account.password) and account.is_active else None

    def get_user(self, user_id: int) -> Account | None:
        account = _account.first(id=user_id)
        return account if account and account.is_active else None


_account = Prepared(lambda: Account.objects.filter(pk=Slot("id")))
