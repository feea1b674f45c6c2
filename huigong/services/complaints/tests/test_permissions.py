"""The firewall: whoever is too close to the accused meets a case as one that there is not."""

import uuid
from unittest.mock import patch

import pytest
from django.http import Http404

from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Case
from huigong.services.complaints.permissions import Conflicts
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CODE = "91350521MA0000001K"


def sees(actor: Account, case: Case) -> bool:
    try:
        factories.desk(actor, case)
    except Http404:
        return False
    return True


def count(actor: Account) -> int:
    return queries.awaiting(permissions.desk_scope(factories.fresh(actor))).count


def close_registrar(cast: Cast, how: str) -> Account:
    """A registrar of the county who is close to the union of the cast, in one way or another."""
    account = factories.registrar(cast)
    if how == "member":
        people.membership(people.person(name="维权登记员", account=account), cast.union)
    elif how == "chair":
        unions.post(account, cast.union)
    elif how == "group leader":
        unions.post(account, cast.union, Post.Role.GROUP_LEADER)
    elif how == "township":
        unions.post(account, cast.township, Post.Role.CADRE)
    elif how == "below":
        unions.post(account, unions.grassroots(cast.union, "石雕厂二分会"))
    return account


@pytest.mark.parametrize("how", ["member", "chair", "group leader", "township", "below"])
def test_who_is_close_to_the_accused_does_not_hear_of_it(cast: Cast, how: str) -> None:
    Union.objects.filter(pk=cast.union.pk).update(unit_name="螺城石雕厂", unit_uscc=CODE)
    close, free = close_registrar(cast, how), factories.registrar(cast)
    about = factories.lodged(cast.neighbour_member, employer="螺城石雕厂（惠安）", employer_code=CODE)
    other = factories.lodged(cast.neighbour_member, employer="别处的厂")
    assert (sees(close, about), sees(free, about)) == (False, True)
    assert (sees(close, other), sees(free, other)) == (True, True)
    assert (count(close), count(free)) == (1, 2)
    assert queries.readings_page(permissions.conflicts(close)).rows == []


def test_the_wall_holds_by_name_alone_and_by_code_alone(cast: Cast) -> None:
    Union.objects.filter(pk=cast.union.pk).update(unit_name="螺城石雕厂有限公司", unit_uscc=CODE)
    close = close_registrar(cast, "chair")
    for told in ({"employer": "螺城石雕厂"}, {"employer": "某厂", "employer_code": CODE}):
        assert not sees(close, factories.lodged(cast.neighbour_member, **told))
        assert not sees(close, factories.anonymous(**told).case)


def test_a_unit_that_a_joint_union_covers_counts_too(cast: Cast) -> None:
    orgs.set_covered_units(cast.union, [("海沧包装厂", "")], actor=cast.county_officer)
    assert not sees(close_registrar(cast, "chair"), factories.anonymous(employer="海沧包装厂").case)


def test_the_own_union_of_the_author_hears_nothing_whoever_is_accused(cast: Cast) -> None:
    case = factories.lodged(cast.member, employer="写错了名字的厂")
    assert not sees(close_registrar(cast, "chair"), case)


def test_a_handler_who_becomes_close_loses_sight_at_once(cast: Cast) -> None:
    handler = factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, factories.registrar(cast))
    assert sees(handler, case)
    unions.post(handler, cast.union)
    assert not sees(handler, case)
    assert count(handler) == 0


def test_the_close_are_not_on_the_list_of_who_may_be_given_it(cast: Cast) -> None:
    close, free = factories.officer(cast, name="近"), factories.officer(cast, name="远")
    unions.post(close, cast.union)
    case = factories.lodged(cast.member)
    assert permissions.handlers_for(case) == [free.pk]


def test_without_the_wall_the_close_would_see_it(cast: Cast) -> None:
    """Guard off: the tests above prove something."""
    close = close_registrar(cast, "chair")
    case = factories.lodged(cast.member)
    with patch.object(permissions, "conflicts", lambda actor: Conflicts()):
        assert sees(close, case)


@pytest.mark.parametrize(
    "who",
    [
        "county_officer",
        "township_officer",
        "officer",
        "neighbour_officer",
        "retired_officer",
        "member",
        "applicant",
    ],
)
def test_nobody_else_meets_a_case_and_it_is_like_one_that_is_not(cast: Cast, who: str) -> None:
    case = factories.lodged(cast.neighbour_member)
    actor = getattr(cast, who)
    for wanted in (case.uuid, uuid.uuid4()):
        with pytest.raises(Http404):
            permissions.get_desk(factories.fresh(actor), wanted)
        with pytest.raises(Http404):
            permissions.get_own(actor, wanted)


def test_a_handler_sees_what_was_given_to_them_and_nothing_more(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    mine = factories.given(factories.lodged(cast.member), handler, registrar)
    others = factories.lodged(cast.neighbour_member, employer="崇武海产公司")
    assert (sees(handler, mine), sees(handler, others), count(handler)) == (True, False, 1)


def test_a_post_further_down_opens_no_desk(cast: Cast) -> None:
    account = accounts.account(name="镇维权员")
    unions.post(account, cast.township, Post.Role.RIGHTS_HANDLER)
    assert not permissions.works_here(factories.fresh(account))


def test_what_an_officer_may_do_follows_part_and_state(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    helper, checker = factories.officer(cast, name="协办"), factories.officer(cast, name="质检")
    case = factories.lodged(cast.member)

    def acts(actor: Account) -> set[str]:
        desk = factories.desk(actor, case)
        asked = operations.open_case(desk, actor=actor).extension
        return permissions.acts(desk, actor=actor, asked_by=asked.asked_by if asked else None)

    assert acts(registrar) == {"assign", "accept", "decline", "transfer", "merge"}
    factories.given(case, handler, registrar, helpers=[helper.pk], checker=checker.pk)
    assert acts(registrar) == {"assign", "urge", "merge"}
    assert acts(handler) == {"note", "ask", "pause", "extend", "reply", "transfer"}
    assert acts(helper) == {"note", "ask"}
    assert acts(checker) == {"note"}
    operations.ask_extension(case, working_days=5, reason="外调", actor=handler)
    assert "decide" in acts(registrar)
    assert not {"decide", "extend"} & acts(handler)
    operations.reply(case, text="答复", actor=handler)
    assert acts(handler) == {"note", "ask", "visit"}
    operations.visit(case, satisfied=True, text="好", actor=handler)
    assert acts(checker) == {"note", "check"}
