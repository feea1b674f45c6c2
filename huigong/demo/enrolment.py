"""Many members at once, past the operations: for the county scale and for load tests.

What `membership.operations.enrol` would write one by one, written in bulk; `huigong verify` must not see a
difference. Only demo databases are ever touched by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from huigong.core import pinyin
from huigong.demo.bulk import copy
from huigong.demo.crowd import BLOCK, Crowd, Somebody, details
from huigong.people.accounts.models import Account
from huigong.people.membership.models import Employment, Membership, Person, Skill

_LOCK = 0x48554947
"""Two commands that invent people at the same time would invent the same ones."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is put: a union, the unit and job there, and since when."""

    union_id: int
    unit_name: str
    job_title: str
    work_form: str
    joined_on: date


def enrol(places: Sequence[Place], rng: Random) -> Sequence[Person]:
    """One invented member with an account for every place. Call it inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    crowd = Crowd(rng)
    first = BLOCK + (Person.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    somebodies = [crowd.somebody(first + index) for index in range(len(places))]
    accounts = copy([_account(*row) for row in zip(somebodies, places, strict=True)])
    people = copy([_person(*row, rng) for row in zip(somebodies, accounts, places, strict=True)])
    rows = list(zip(people, places, strict=True))
    copy([_membership(*row) for row in rows])
    copy([_employment(*row) for row in rows])
    return people


def _account(somebody: Somebody, place: Place) -> Account:
    account = Account(
        display_name=somebody.name,
        level=Account.Level.VERIFIED,
        created_at=_morning(place.joined_on),
    )
    account.phone = somebody.phone
    account.set_unusable_password()
    return account


def _person(somebody: Somebody, account: Account, place: Place, rng: Random) -> Person:
    sort_key, initials = _spelling(somebody.name)
    person = Person(
        account=account,
        name=somebody.name,
        sort_key=sort_key,
        initials=initials,
        sex=somebody.sex,
        born_on=somebody.born_on,
        document_kind=somebody.document_kind,
        work_form=place.work_form,
        skill=rng.choice(Skill.values) if rng.random() < 0.12 else "",
        **details(somebody.id_number),
        is_migrant=rng.random() < 0.35,
        is_model_worker=rng.random() < 0.002,
        created_at=_morning(place.joined_on),
    )
    person.id_number = somebody.id_number
    person.phone = somebody.phone
    return person


@lru_cache(maxsize=50_000)
def _spelling(name: str) -> tuple[str, str]:
    """Sort key and initials; many have the same name."""
    return pinyin.sort_key(name, person=True), pinyin.initials(name, person=True)


def _membership(person: Person, place: Place) -> Membership:
    return Membership(
        person=person,
        union_id=place.union_id,
        member_no=f"350521{person.pk:08d}",
        joined_on=place.joined_on,
        started_on=place.joined_on,
        created_at=_morning(place.joined_on),
    )


def _employment(person: Person, place: Place) -> Employment:
    return Employment(
        person=person,
        unit_name=place.unit_name,
        job_title=place.job_title,
        since=place.joined_on - timedelta(days=30),
        created_at=_morning(place.joined_on),
    )


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
