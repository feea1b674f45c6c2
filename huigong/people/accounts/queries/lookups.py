"""Finding accounts."""

import uuid as uuid_module

from huigong.people.accounts.models import Account


def account_by_phone(phone: str) -> Account | None:
    """The account of a normalised phone number, whatever its state."""
    return Account.objects.filter(phone_index=Account.phone.index_of("phone_index", phone)).first()


def account_by_uuid(uuid: uuid_module.UUID) -> Account | None:
    """The account behind a member code, if it is in use."""
    return Account.objects.filter(uuid=uuid, state=Account.State.ACTIVE).first()
