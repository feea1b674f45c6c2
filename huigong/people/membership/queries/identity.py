"""Who somebody says they are, read from their document, and whom the roll knows by it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from huigong.core import identity
from huigong.core.errors import Refused
from huigong.people.membership.models import Membership, Person

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

MIN_AGE = 16
"""工会法 sets no age; the labour law allows work from 16 (16–17 as protected young workers)."""


@dataclass(frozen=True)
class Credentials:
    """A name and a document number as they are stored."""

    name: str
    document_kind: str
    id_number: str

    @property
    def index(self) -> str:
        """The blind index under which the roll keeps the number."""
        return Person.id_number.index_of("id_number_index", self.id_number)


@dataclass(frozen=True)
class Identity(Credentials):
    """Credentials with the sex and birthday that belong to them."""

    sex: str
    born_on: date


def credentials(*, name: str, document_kind: str, id_number: str) -> Credentials:
    """Read a name and a document number as people type them.

    Refuses, with status 422, what cannot be a name ("bad-name") or a number of that kind ("bad-id-number").
    """
    document = _document(document_kind, id_number)
    return Credentials(_name(name), document.kind.value, document.number)


def identify(
    *, name: str, document_kind: str, id_number: str, sex: str = "", born_on: date | None = None
) -> Identity:
    """The same, with sex and birthday: from the number where it tells them, else `sex` and `born_on`.

    Refuses also a missing sex ("no-sex") or birthday ("no-birthday").
    """
    document = _document(document_kind, id_number)
    sex, born_on = document.sex or sex, document.born_on or born_on
    if sex not in identity.Sex.values:
        raise Refused("请选择性别。", "no-sex", status=422)
    if born_on is None:
        raise Refused("请填写出生日期。", "no-birthday", status=422)
    return Identity(_name(name), document.kind.value, document.number, str(sex), born_on)


def _name(text: str) -> str:
    try:
        return identity.parse_name(text)
    except ValueError as error:
        raise Refused(str(error), "bad-name", status=422) from None


def _document(kind: str, number: str) -> identity.Document:
    try:
        return identity.parse_document(kind, number)
    except ValueError as error:
        raise Refused(str(error), "bad-id-number", status=422) from None


def person_by(who: Credentials) -> Person | None:
    """The person with that document number, whatever their name."""
    return Person.objects.filter(id_number_index=who.index).first()


def on_roll(who: Credentials) -> Membership | None:
    """The live membership of whoever has this number *and* this name.

    A right number under a wrong name finds nothing, like an unknown number: nobody learns from us that
    somebody is a member.
    """
    live = Membership.objects.filter(
        person__id_number_index=who.index, person__name=who.name, state__in=Membership.LIVE
    )
    return live.select_related("person", "union").first()


def is_plain_claim(account: "Account", person: Person) -> bool:
    """May the record become the account's without a cadre? Only while nobody has it, and to the phone on the roll.

    Name and number prove nothing alone: colleagues and copies of identity cards know them.
    """
    own_phone = Person.phone.index_of("phone_index", account.phone)
    return person.account_id is None and person.phone_index == own_phone
