"""People and members for tests. Names and numbers are invented; the numbers pass the check of GB 11643."""

import itertools
from datetime import date
from typing import Any

from django.utils import timezone

from huigong.core import identity, pinyin
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations, permissions
from huigong.people.membership.models import (
    Claim,
    JoinApplication,
    Membership,
    Person,
    Transfer,
    WorkForm,
)
from huigong.people.orgs.models import Union

_numbers = itertools.count(1)


def id_number(*, born_on: date = date(1990, 5, 1), sex: str = "1", number: int | None = None) -> str:
    """A resident ID number that nobody has: the order code counts up, odd for men."""
    count = next(_numbers) if number is None else number
    region = 350500 + count // 450 % 90
    order = (count % 450) * 2 + (1 if sex == "1" else 2)
    body = f"{region}{born_on:%Y%m%d}{order % 1000:03d}"
    return body + identity.check_digit(body)


def person(
    *,
    name: str = "陈海燕",
    account: Account | None = None,
    sex: str = "1",
    born_on: date = date(1990, 5, 1),
    **fields: Any,
) -> Person:
    """Somebody known to the platform, on no roll yet."""
    made = Person(
        name=name,
        sort_key=pinyin.sort_key(name, person=True),
        initials=pinyin.initials(name, person=True),
        sex=sex,
        born_on=born_on,
        document_kind=identity.DocumentKind.RESIDENT_ID,
        account=account,
        **{key: value for key, value in fields.items() if key not in ("id_number", "phone")},
    )
    made.id_number = fields.get("id_number") or id_number(born_on=born_on, sex=sex)
    made.phone = fields.get("phone") or (account.phone if account else accounts.next_phone())
    made.save()
    return made


def membership(of: Person, union: Union, *, state: str = Membership.State.ACTIVE) -> Membership:
    """A live membership of `of` in `union`."""
    return Membership.objects.create(
        person=of,
        union=union,
        state=state,
        member_no=f"350521{of.pk:08d}",
        joined_on=date(2020, 1, 1),
        started_on=date(2020, 1, 1),
        ended_on=None if state in Membership.LIVE else timezone.localdate(),
    )


def member_account(union: Union, *, name: str = "陈海燕", **fields: Any) -> Account:
    """An account behind which a member of `union` stands."""
    made = accounts.account(name=name)
    membership(person(name=name, account=made, **fields), union)
    return made


def application(account: Account, union: Union, *, name: str = "李小明", **fields: Any) -> JoinApplication:
    """An application of `account` to `union` that waits, made as a worker makes it."""
    values: dict[str, Any] = {
        "document_kind": identity.DocumentKind.RESIDENT_ID.value,
        "id_number": fields.pop("id_number", None) or id_number(),
        "work_form": WorkForm.ENTERPRISE.value,
        "unit_name": "螺城石雕厂",
        "job_title": "雕刻工",
        "pledge": name,
    }
    return operations.apply_to_join(
        account, union=union, name=name, actor=account, **values | fields
    ).application


def claim(account: Account, union: Union, *, name: str = "吴海生") -> Claim:
    """A claim of `account` that waits: the roll of `union` has another phone for that person."""
    known = person(name=name)
    membership(known, union)
    return operations.claim(
        account,
        name=name,
        document_kind=known.document_kind,
        id_number=known.id_number,
        actor=account,
    )


def transfer(account: Account, to_union: Union) -> Transfer:
    """The request of a member to move to `to_union`; their present union has not decided yet."""
    held = permissions.get_own_membership(account)
    return operations.request_transfer(held, to_union=to_union, actor=account)
