"""The people of every test: who is in the union, who is next door, who was in office once.

county ── township ── union            (officer, member, retired_officer)
       └─ other township ── neighbour  (neighbour_officer, neighbour_member)
"""

from dataclasses import dataclass

import pytest

from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.tests import factories as membership
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


def make_cast() -> Cast:
    """The tree and everybody in it, in the current database."""
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


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
