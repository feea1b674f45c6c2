"""The people of every test: who is in the union, who is next door, who was in office once.

county ── township ── union            (officer, member, retired_officer)
       └─ other township ── neighbour  (neighbour_officer, neighbour_member)
"""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.queries import tokens
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.models import Membership, Person
from huigong.people.membership.tests import factories as membership
from huigong.people.orgs import queries as unions
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as orgs


@dataclass
class Cast:
    """Fixed roles; every account has a name that says who it is."""

    county: Union
    township: Union
    union: Union
    neighbour_township: Union
    neighbour: Union
    county_officer: Account
    township_officer: Account
    officer: Account
    member: Account
    neighbour_officer: Account
    neighbour_member: Account
    retired_officer: Account
    applicant: Account


def perform() -> Cast:
    """The tree and everybody in it, as operations make them, in the current database."""
    county = orgs.root()
    township = orgs.township(county, "螺城镇总工会")
    union = orgs.grassroots(township, "螺城石雕厂工会")
    neighbour_township = orgs.township(county, "崇武镇总工会")
    neighbour = orgs.grassroots(neighbour_township, "崇武海产公司工会")
    cast = Cast(
        county=county,
        township=township,
        union=union,
        neighbour_township=neighbour_township,
        neighbour=neighbour,
        county_officer=accounts.account(name="县总干部"),
        township_officer=accounts.account(name="镇总干部"),
        officer=accounts.account(name="本会主席"),
        member=membership.member_account(union, name="本会会员"),
        neighbour_officer=accounts.account(name="邻会主席"),
        neighbour_member=membership.member_account(neighbour, name="邻会会员"),
        retired_officer=accounts.account(name="前任主席"),
        applicant=accounts.account(name="未入会职工"),
    )
    orgs.post(cast.county_officer, county, Post.Role.ADMIN)
    orgs.post(cast.township_officer, township)
    orgs.post(cast.officer, union)
    orgs.post(cast.neighbour_officer, neighbour)
    orgs.post(cast.retired_officer, union, ended=True)
    return cast


WRITTEN = (Account, Union, Post, Person, Membership, AuditRow)
"""Whatever operations write for the cast; they are empty before."""


@dataclass(frozen=True)
class Play:
    """A cast that was performed once, on a day, and the statement that puts its rows down again."""

    day: date
    cast: Cast
    rows: str


_kept: Play | None = None


def rehearse() -> None:
    """Perform the cast once and keep what that wrote: two thousand tests begin with it.

    Nothing is left of it but the ids, which no sequence gives out again.
    """
    global _kept
    with transaction.atomic():
        cast = perform()
        _kept = Play(timezone.localdate(), cast, _rows())
        transaction.set_rollback(True)


def _rows() -> str:
    """Statements that write all rows of the cast's tables as they are now."""
    with connection.cursor() as cursor:
        statements = []
        for model in WRITTEN:
            columns = [field.column for field in model._meta.local_concrete_fields]
            cursor.execute(
                sql.SQL("SELECT concat_ws(',', {}) FROM {}").format(
                    sql.SQL(", ").join(
                        sql.SQL("quote_nullable({}::text)").format(sql.Identifier(column))
                        for column in columns
                    ),
                    sql.Identifier(model._meta.db_table),
                )
            )
            values = ",".join(f"({row})" for (row,) in cursor.fetchall())
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            head = sql.SQL("INSERT INTO {} ({})").format(sql.Identifier(model._meta.db_table), names)
            statements.append(f"{head.as_string()} VALUES {values}")
    return ";".join(statements)


def make_cast() -> Cast:
    """The tree and everybody in it, in the current database.

    As it was performed at the beginning of the run; anew where it was not, or when a test has moved the clock.
    """
    if _kept is None or _kept.day != timezone.localdate():
        return perform()
    unions.root_id.cache_clear()
    tokens._known.clear()  # those of the test before were for the same ids
    with connection.cursor() as cursor:
        cursor.execute(_kept.rows)
    return deepcopy(_kept.cast)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
