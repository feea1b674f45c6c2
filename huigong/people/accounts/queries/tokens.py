"""Bearer tokens of the API."""

import time

from django.core import signing

from huigong.core.prepared import Prepared, Slot
from huigong.people.accounts.models import Account

ACCESS_SECONDS = 1800
_CACHE_SECONDS = 30.0
_CACHE_SIZE = 20_000
_access_salt = "huigong.accounts.access"
_account = Prepared(
    lambda: Account.objects.filter(
        pk=Slot("account"), session_epoch=Slot("epoch"), state=Account.State.ACTIVE
    )
)
_known: dict[str, tuple[float, dict[str, object]]] = {}


def access_token(account: Account) -> str:
    """A signed bearer token, good for `ACCESS_SECONDS`; "log out everywhere" ends it within 30 seconds."""
    return signing.TimestampSigner(salt=_access_salt).sign(f"{account.pk}.{account.session_epoch}")


def account_by_access_token(token: str) -> Account | None:
    """The account that a bearer token speaks for, or None.

    A token seen in the last 30 seconds costs no query; each call returns an object of its own.
    """
    try:
        value = signing.TimestampSigner(salt=_access_salt).unsign(token, max_age=ACCESS_SECONDS)
    except signing.BadSignature:
        return None
    account_id, epoch = (int(part) for part in value.split("."))
    cached = _known.get(token)
    if cached and time.monotonic() - cached[0] < _CACHE_SECONDS:
        return Account(**cached[1])
    account = _account.first(account=account_id, epoch=epoch)
    if account is None:
        _known.pop(token, None)
        return None
    if len(_known) >= _CACHE_SIZE:
        _known.clear()
    fields = {field.attname: getattr(account, field.attname) for field in Account._meta.concrete_fields}
    _known[token] = (time.monotonic(), fields)
    return account
