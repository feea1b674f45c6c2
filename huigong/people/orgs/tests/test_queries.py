"""Finding unions and offices."""

import pytest

from huigong.core.audit import SYSTEM
from huigong.people.accounts.queries import access_token
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as orgs
from huigong.people.orgs.tests.test_operations_founding import credit_code, register
from tests.cast import Cast


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("石雕", ["螺城石雕厂工会"]),
        ("螺城 石雕厂", ["螺城石雕厂工会"]),
        ("lcsdc", ["螺城石雕厂工会"]),
        ("LCSDC", ["螺城石雕厂工会"]),
        ("惠艺", ["螺城石雕厂工会"]),
        ("hysd", ["螺城石雕厂工会"]),
        (credit_code(7), ["螺城石雕厂工会"]),
        (credit_code(7).lower(), ["螺城石雕厂工会"]),
        (credit_code(8), ["螺城石雕厂工会"]),
        ("总工会", ["崇武镇总工会", "惠安县总工会", "螺城镇总工会"]),
        ("", []),
        ("  ", []),
        ("没有的", []),
        ("%", []),
    ],
)
def test_find_knows_names_units_initials_and_codes(text: str, found: list[str], cast: Cast) -> None:
    operations.edit_union(cast.union, actor=SYSTEM, unit_uscc=credit_code(7))
    operations.set_covered_units(cast.union, [("惠艺石雕社", credit_code(8))], actor=SYSTEM)
    assert [union.name for union in queries.find(text)] == found


def test_find_names_no_union_that_is_being_founded_or_gone(cast: Cast) -> None:
    founding = register(cast).union
    gone = orgs.grassroots(cast.township, "螺城旧厂工会")
    operations.dissolve_union(gone, actor=SYSTEM, reason="撤")
    assert list(queries.find(founding.name)) == []
    assert list(queries.find(gone.name)) == []


def test_the_api_names_established_unions_and_no_inner_affairs(cast: Cast, client) -> None:
    token = access_token(cast.member)
    found = client.get("/api/v1/unions?q=石雕", headers={"Authorization": f"Bearer {token}"}).json()
    assert found == [
        {
            "id": cast.union.pk,
            "name": "螺城石雕厂工会",
            "kind": "independent",
            "parent": "螺城镇总工会",
            "address": "",
        }
    ]
    assert client.get("/api/v1/unions?q=石雕").status_code == 401


def test_a_request_to_an_empty_office_goes_to_the_one_above(cast: Cast) -> None:
    lonely = orgs.grassroots(cast.neighbour_township)
    assert queries.officer_accounts(cast.union, Post.Role.CHAIR) == [cast.officer.pk]
    assert queries.officer_accounts(lonely, *permissions.LEADERS) == [cast.county_officer.pk]


def test_branches_show_the_way_up_and_the_next_step_down(cast: Cast) -> None:
    def shown(actor, chosen: Union | None) -> list[str]:
        places = queries.branches(actor, chosen.pk if chosen else None, permission=permissions.UNION_VIEW)
        return [label for _, label, _ in places]

    assert shown(cast.county_officer, None) == ["惠安县总工会", "　螺城镇总工会", "　崇武镇总工会"]
    assert shown(cast.county_officer, cast.township) == [
        "惠安县总工会",
        "　螺城镇总工会",
        "　　螺城石雕厂工会",
    ]
    assert shown(cast.township_officer, None) == ["螺城镇总工会", "　螺城石雕厂工会"]
    assert shown(cast.township_officer, cast.neighbour) == shown(cast.township_officer, None)
    assert shown(cast.member, None) == []


def test_a_union_may_be_moved_above_and_outside_itself(cast: Cast) -> None:
    places = {union.name for union in queries.places_for(cast.union)}
    assert places == {"惠安县总工会", "螺城镇总工会", "崇武镇总工会"}
    assert cast.union not in queries.places_for(cast.township)


def test_the_seat_is_the_highest_office(cast: Cast) -> None:
    assert queries.seat(cast.county_officer, permissions.UNION_VIEW) == cast.county
    assert queries.seat(cast.officer, permissions.UNION_VIEW) == cast.union
    assert queries.seat(cast.member, permissions.UNION_VIEW) is None
