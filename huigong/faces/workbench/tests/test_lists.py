"""Lists: found, filtered, sorted by what is declared; the same number of queries however long they are."""

import random
import string
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huigong.core.admin import counting
from huigong.core.audit import SYSTEM
from huigong.faces.workbench.tests.conftest import NAMES, Desk, as_, model_admin
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.models import JoinApplication
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.activities.tests import factories as activities
from tests.cast import Cast


def listed(client, name: str, query: str = "") -> list:
    """The rows of a list, in its order."""
    response = client.get(reverse(f"admin:{name.replace('.', '_')}_changelist") + query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


# --- Constant queries


def _one_more(name: str, cast: Cast, number: int) -> None:
    """Another row of every kind, in the reach of the county."""
    if name == "orgs.union":
        unions.grassroots(cast.township)
    elif name == "orgs.post":
        unions.post(accounts.account(name=f"干部{number}"), cast.union, Post.Role.CADRE)
    elif name == "orgs.registration":
        orgs.register_union(
            f"第{number}公司工会",
            kind="joint",
            parent=cast.township,
            chair_name="林秀兰",
            actor=accounts.account(),
        )
    elif name == "membership.person":
        people.membership(people.person(name=f"会员{'甲乙丙丁'[number]}"), cast.union)
    elif name == "membership.joinapplication":
        people.application(accounts.account(), cast.union)
    elif name == "membership.claim":
        people.claim(accounts.account(), cast.union)
    elif name == "membership.transfer":
        people.transfer(people.member_account(cast.union), cast.neighbour)
    elif name == "activities.activity":
        activities.activity(cast.union)
    elif name == "core.auditrow":
        orgs.edit_union(cast.union, actor=SYSTEM, address=f"{number}号")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("core.flag", "core.holiday")])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(name: str, cast: Cast) -> None:
    client = as_(cast.county_officer)
    address = reverse(f"admin:{name.replace('.', '_')}_changelist")
    _one_more(name, cast, 0)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in (1, 2):
        _one_more(name, cast, number)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one), [query["sql"][:120] for query in three][len(one) :]
    assert len(three) <= 24


def test_the_home_page_takes_as_many_queries_for_three_requests_as_for_one(cast: Cast) -> None:
    client = as_(cast.county_officer)
    kinds = ("orgs.registration", "membership.joinapplication", "membership.claim", "membership.transfer")
    counts = []
    for number in range(3):
        for name in kinds:
            _one_more(name, cast, number)
        client.get("/workbench/")
        with CaptureQueriesContext(connection) as taken:
            client.get("/workbench/")
        counts.append(len(taken))
    assert counts[0] == counts[2], counts
    assert counts[0] <= 32


# --- Finding


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("陈海", ["陈海燕"]),
        ("chy", ["陈海燕"]),
        ("CHY", ["陈海燕"]),
        ("zq", ["曾强"]),
        ("5678", ["陈海燕"]),
        ("５６７８", ["陈海燕"]),
        ("9999", []),
        ("13712345678", []),
        ("阿依", ["阿依古丽·买买提"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE", []),
    ],
)
def test_people_are_found_by_name_initials_and_tails(text: str, found: list[str], cast: Cast) -> None:
    for name, phone in (
        ("陈海燕", "13712345678"),
        ("曾强", "13700001111"),
        ("阿依古丽·买买提", "13700002222"),
    ):
        people.membership(people.person(name=name, phone=phone), cast.union)
    rows = listed(as_(cast.officer), "membership.person", f"?q={text}")
    assert [row.name for row in rows] == found


def test_people_are_found_by_the_tail_of_their_document(cast: Cast) -> None:
    person = people.person(name="证件尾号")
    people.membership(person, cast.union)
    rows = listed(as_(cast.officer), "membership.person", f"?q={person.id_number[-4:]}")
    assert person.pk in [row.pk for row in rows]
    assert listed(as_(cast.officer), "membership.person", f"?q={person.id_number}") == []


def test_applications_are_found_by_who_asks(cast: Cast) -> None:
    made = people.application(accounts.account(phone="13799998888"), cast.union, name="林小红")
    assert listed(as_(cast.officer), "membership.joinapplication", "?q=林小") == [made]
    assert listed(as_(cast.officer), "membership.joinapplication", "?q=lxh") == [made]


def test_unions_stand_in_the_order_of_the_tree(cast: Cast) -> None:
    rows = listed(as_(cast.county_officer), "orgs.union")
    assert [row.name for row in rows] == [
        "惠安县总工会",
        "螺城镇总工会",
        "螺城石雕厂工会",
        "崇武镇总工会",
        "崇武海产公司工会",
    ]


def test_the_tree_filter_opens_branch_by_branch(cast: Cast) -> None:
    client = as_(cast.county_officer)
    address = reverse("admin:orgs_union_changelist")
    top = client.get(address).text
    assert ">　螺城镇总工会</option>" in top
    assert "石雕厂工会</option>" not in top
    opened = client.get(f"{address}?within={cast.township.pk}").text
    assert ">　　螺城石雕厂工会</option>" in opened
    rows = listed(client, "orgs.union", f"?within={cast.township.pk}")
    assert [row.name for row in rows] == ["螺城镇总工会", "螺城石雕厂工会"]
    assert listed(client, "orgs.union", "?within=987654321") == []


def test_the_filters_of_people_narrow_the_list(cast: Cast) -> None:
    kept = people.membership(people.person(name="保留会员"), cast.union, state="retained").person
    client = as_(cast.county_officer)
    assert listed(client, "membership.person", "?standing=retained") == [kept]
    everybody = {row.name for row in listed(client, "membership.person", f"?within={cast.township.pk}")}
    assert everybody == {"保留会员", "本会会员"}


def test_what_waits_for_me_leaves_out_my_own_and_what_is_done(cast: Cast) -> None:
    waiting = people.application(accounts.account(), cast.union)
    people.application(cast.officer, cast.union, name="本会主席")
    assert listed(as_(cast.officer), "membership.joinapplication", "?waiting=mine") == [waiting]
    assert listed(as_(cast.officer), "membership.joinapplication", "?waiting=late") == []


def test_offices_are_filtered_by_their_term(cast: Cast) -> None:
    client = as_(cast.county_officer)
    assert [row.account for row in listed(client, "orgs.post", "?term=ended")] == [cast.retired_officer]
    assert cast.retired_officer not in [row.account for row in listed(client, "orgs.post", "?term=running")]


# --- What may not be asked


LOOKUPS = [
    "account__password__startswith",
    "person__account__password",
    "id_number_index__startswith",
    "id_number_sealed__contains",
    "phone_index",
    "phone_sealed__gt",
    "memberships__union__path__within",
    "applications__account__phone_index",
    "union__posts__account__password__regex",
    "pk__in",
    "id__gt",
    "uuid",
    "_state",
    "__class__",
    "name__contains",
    "parent__parent__name",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_list_answers_a_lookup_that_it_does_not_declare(name: str, cast: Cast) -> None:
    client = as_(cast.county_officer)
    address = reverse(f"admin:{name.replace('.', '_')}_changelist")
    for lookup in LOOKUPS:
        assert client.get(address, {lookup: "a"}).status_code == 400, lookup


def test_five_hundred_random_lookups_cause_no_error_and_no_answer(desk: Desk) -> None:
    """All against the guard, every tenth over the wire."""
    rng = random.Random(20261123)
    fields = ["person", "account", "union", "password", "phone", "id", "path", "state", "user", "name"]
    ends = ["startswith", "regex", "in", "gt", "isnull", "exact", "contains", "year", ""]
    client = as_(desk.cast.county_officer)
    address = reverse("admin:membership_joinapplication_changelist")
    request = client.get(address).wsgi_request
    for number in range(500):
        parts = [*rng.choices(fields, k=rng.randint(2, 5)), rng.choice(ends)]
        lookup = "__".join(part for part in parts if part)
        value = "".join(rng.choices(string.printable, k=rng.randint(0, 6)))
        assert not model_admin("membership.joinapplication").lookup_allowed(lookup, value, request)
        if number % 10 == 0:
            assert client.get(address, {lookup: value}).status_code == 400, lookup


@pytest.mark.parametrize("order", ["99", "-99", "1.2.3.-1", "password", "'", "0x1", "1__2", "", "-"])
def test_sorting_takes_only_the_columns_of_the_list(order: str, desk: Desk) -> None:
    response = as_(desk.cast.county_officer).get(
        reverse("admin:membership_person_changelist"), {"o": order, "order_by": "password"}
    )
    assert response.status_code in (200, 302, 400)


@pytest.mark.parametrize(
    "query", ["p=-1", "p=999999", "p=abc", "all=1", "within=abc", "within=1%27", "state__exact=nope"]
)
def test_odd_questions_are_answered_without_an_error(query: str, desk: Desk) -> None:
    response = as_(desk.cast.county_officer).get(
        reverse("admin:membership_joinapplication_changelist") + f"?{query}"
    )
    assert response.status_code in (200, 302, 404)


def test_popup_and_foreign_keys_cannot_be_asked_by_other_fields(desk: Desk) -> None:
    address = reverse("admin:orgs_union_changelist")
    assert as_(desk.cast.county_officer).get(f"{address}?_popup=1&_to_field=uscc").status_code == 400


def test_a_founding_union_is_in_the_tree_for_its_offices_only(desk: Desk) -> None:
    founding = desk.rows["orgs.registration"].union
    assert founding in listed(as_(desk.cast.township_officer), "orgs.union")
    assert founding not in listed(as_(desk.cast.officer), "orgs.union")
    assert founding.state == Union.State.SUBMITTED


# --- Filters and the foot of the list


def test_the_drawer_shows_what_is_filtered_by_and_keeps_order_and_search(desk: Desk) -> None:
    client = as_(desk.cast.county_officer)
    address = reverse("admin:membership_joinapplication_changelist")
    asked = {"o": "3", "q": "本", "p": "2", "state__exact": "submitted", "submitted_at_from": "2026-01-05"}
    page = client.get(address, asked, follow=True).text
    drawer = page[page.index('id="filter-form"') :]
    drawer = drawer[: drawer.index("</form>")]
    assert '<input type="hidden" name="o" value="3">' in drawer
    assert '<input type="hidden" name="q" value="本">' in drawer
    assert 'name="p"' not in drawer
    assert '<option value="submitted" selected>' in drawer
    assert 'type="date" name="submitted_at_from" value="2026-01-05"' in drawer
    assert "清除筛选" in drawer


def test_days_are_filtered_with_the_first_and_the_last_among_them(cast: Cast) -> None:
    for day, name in ((4, "早一天"), (5, "头一天"), (6, "末一天"), (7, "晚一天")):
        made = people.application(accounts.account(), cast.union, name=name)
        moment = datetime(2026, 1, day, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        JoinApplication.objects.filter(pk=made.pk).update(submitted_at=moment)
    client = as_(cast.officer)
    days = "?submitted_at_from=2026-01-05&submitted_at_to=2026-01-06"
    rows = listed(client, "membership.joinapplication", days)
    assert {row.name for row in rows} == {"头一天", "末一天"}
    for odd in ("2026-13-45", "0001-01-01", "9999-12-31", "昨天"):
        unfiltered = f"?submitted_at_from={odd}&submitted_at_to={odd}"
        assert len(listed(client, "membership.joinapplication", unfiltered)) == 4


def test_what_was_typed_into_a_filter_is_text(desk: Desk) -> None:
    address = reverse("admin:membership_joinapplication_changelist")
    page = as_(desk.cast.county_officer).get(address, {"submitted_at_from": '"><script>1</script>'}).text
    assert "<script>1" not in page


@pytest.mark.parametrize(("many", "seen"), [(0, 1), (1_000, 2)])
def test_only_a_large_number_of_rows_is_remembered(
    many: int, seen: int, desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": f"rows-{many}"}
    }
    monkeypatch.setattr(counting, "_MANY", many)
    client = as_(desk.cast.officer)
    address = reverse("admin:membership_joinapplication_changelist")
    assert "共 1 条" in client.get(address).text
    people.application(accounts.account(), desk.cast.union)
    assert f"共 {seen} 条" in client.get(address).text
    assert "共 1 条" not in as_(desk.cast.township_officer).get(address).text
