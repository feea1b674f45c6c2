"""Who gets in, and what the neighbours get: nothing, by whatever way they ask."""

import json
import re

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from huigong.core.models import AuditRow
from huigong.faces.workbench.tests.conftest import CANARY, NAMES, Desk, actions, as_
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from tests.cast import Cast

PLATFORM = ("core.flag", "core.holiday")
"""For administrators of the whole county."""


def addresses(desk: Desk) -> list[str]:
    """Every page of every model, of the desk's own rows."""
    found = [reverse("admin:index"), reverse("workbench:todo"), reverse("admin:jsi18n")]
    for name in NAMES:
        found.append(desk.url(name, "changelist"))
        found += [desk.url(name, page) for page in ("change", "history", "delete")]
        found.append(reverse(f"admin:{name.replace('.', '_')}_add"))
        found.append(reverse(f"admin:{name.replace('.', '_')}_download"))
        found += _action_addresses(desk, name)
    return found


def _action_addresses(desk: Desk, name: str) -> list[str]:
    base = f"admin:{name.replace('.', '_')}"
    return [
        reverse(f"{base}_{action}", args=() if action in ("export", "throw") else (desk.rows[name].pk,))
        for action in actions(name)
    ]


def test_the_list_of_models_is_complete() -> None:
    assert {model._meta.label_lower for model in admin.site._registry} == set(NAMES)


def test_anonymous_is_asked_to_log_in_everywhere(desk: Desk, client: Client) -> None:
    for address in addresses(desk):
        way = client.get(address, follow=True).redirect_chain
        assert way[-1][0].startswith("/login?next=/workbench/"), address


@pytest.mark.parametrize("who", ["member", "retired_officer"])
def test_without_an_office_every_address_is_refused(who: str, desk: Desk) -> None:
    client = as_(getattr(desk.cast, who))
    for address in addresses(desk):
        assert client.get(address).status_code == 403, address
        assert client.post(address).status_code == 403, address


def test_an_office_that_ends_closes_the_door_with_the_next_request(desk: Desk) -> None:
    client = as_(desk.cast.officer)
    assert client.get(reverse("admin:index")).status_code == 200
    post = Post.objects.get(account=desk.cast.officer)
    orgs.end_post(post, actor=desk.cast.township_officer, reason="换届")
    assert client.get(reverse("admin:index")).status_code == 403


def test_the_own_officer_sees_what_is_the_unions(desk: Desk) -> None:
    """The other side of the tests below: the canary is really there."""
    client = as_(desk.cast.county_officer)
    for name in NAMES:
        assert CANARY in client.get(desk.url(name, "changelist")).text, name
        page = client.get(desk.url(name, "change"), follow=name != "activities.activity")
        assert page.status_code in (200, 302), name


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PLATFORM])
def test_a_neighbours_list_holds_nothing_of_it(name: str, desk: Desk) -> None:
    client = as_(desk.cast.neighbour_officer)
    listed = desk.url(name, "changelist")
    for query in ("", f"?q={CANARY}", "?q=5678", f"?within={desk.cast.union.pk}"):
        response = client.get(listed + query)
        if response.status_code != 400:  # no such filter on this list
            assert response.status_code == 200, query
            assert CANARY not in response.text.replace(f'value="{CANARY}"', "").replace(f"q={CANARY}", ""), (
                query
            )


@pytest.mark.parametrize("name", NAMES)
def test_a_neighbour_gets_404_for_every_page_and_action_and_changes_nothing(name: str, desk: Desk) -> None:
    client = as_(desk.cast.neighbour_officer)
    before = AuditRow.objects.count()
    hidden = [desk.url(name, page) for page in ("change", "history", "delete")]
    hidden += [address for address in _action_addresses(desk, name) if str(desk.rows[name].pk) in address]
    for address in hidden:
        for response in (
            client.get(address),
            client.post(address, {"reason": "越权", "_form_submitted": "on"}),
        ):
            expected = {403} if name in PLATFORM or address.endswith("/delete/") else {404}
            assert response.status_code in expected | {404}, address
            assert CANARY not in response.text, address
    assert AuditRow.objects.count() == before


def test_a_hidden_row_looks_like_one_that_does_not_exist(desk: Desk) -> None:
    client = as_(desk.cast.neighbour_officer)
    hidden = client.get(desk.url("membership.person", "change"))
    missing = client.get(reverse("admin:membership_person_change", args=[987654321]))
    assert (hidden.status_code, missing.status_code) == (404, 404)

    assert _without_chance(hidden) == _without_chance(missing)


def _without_chance(response: HttpResponse) -> str:
    """The page without its request id and its CSRF tokens."""
    return re.sub(r"[A-Za-z0-9]{64}|[0-9a-f-]{36}", "", response.text)


@pytest.mark.parametrize("key", ["abc", "0", "-1", "99999999999999999999", "1;drop", "１", "../1"])
def test_an_id_that_is_none_is_not_found(key: str, desk: Desk) -> None:
    client = as_(desk.cast.county_officer)
    for page in ("change", "history", "reveal"):
        address = reverse(f"admin:membership_person_{page}", args=[key])
        assert client.get(address).status_code == 404, address


def test_autocomplete_gives_only_what_is_within_reach(desk: Desk) -> None:
    """Django's own address for type-ahead fields goes through the same queryset."""
    query = {"app_label": "orgs", "model_name": "union", "field_name": "parent", "term": CANARY}
    url = reverse("admin:autocomplete")
    seen = as_(desk.cast.township_officer).get(url, query)
    hidden = as_(desk.cast.neighbour_officer).get(url, query)
    assert [row["text"] for row in json.loads(seen.content)["results"]] != []
    assert json.loads(hidden.content)["results"] == []


def test_search_in_the_sidebar_finds_only_what_is_within_reach(desk: Desk) -> None:
    for text in (CANARY, "5678"):
        address = reverse("admin:search") + f"?s={text}&extended=1"
        assert CANARY in as_(desk.cast.officer).get(address).text
        assert CANARY not in as_(desk.cast.neighbour_officer).get(address).text


def test_search_remembers_nothing_between_people_or_offices(desk: Desk) -> None:
    client = as_(desk.cast.officer)
    address = reverse("admin:search") + f"?s={CANARY}&extended=1"
    assert CANARY in client.get(address).text
    orgs.end_post(
        Post.objects.get(account=desk.cast.officer), actor=desk.cast.township_officer, reason="换届"
    )
    unions.post(desk.cast.officer, desk.cast.neighbour, Post.Role.CADRE)
    assert CANARY not in client.get(address).text


def test_the_home_page_counts_and_lists_only_what_is_within_reach(desk: Desk) -> None:
    assert CANARY in as_(desk.cast.officer).get(reverse("admin:index")).text
    home = as_(desk.cast.neighbour_officer).get(reverse("admin:index"))
    assert CANARY not in home.text
    assert home.context["board"].waiting == 0
    assert CANARY not in as_(desk.cast.neighbour_officer).get(reverse("workbench:todo")).text


@pytest.mark.parametrize(
    ("role", "may_see", "may_not"),
    [
        (
            Post.Role.AUDITOR,
            ["orgs.union", "membership.person", "core.auditrow"],
            ["core.flag", "core.holiday"],
        ),
        (
            Post.Role.GROUP_LEADER,
            ["orgs.union", "membership.person"],
            ["orgs.post", "core.auditrow", "core.flag"],
        ),
        (Post.Role.EDITOR, ["orgs.union", "activities.activity"], ["membership.person", "core.auditrow"]),
        (Post.Role.MALL_OPERATOR, [], NAMES),
    ],
)
def test_a_role_opens_what_it_needs_and_no_more(
    role: str, may_see: list[str], may_not: list[str], desk: Desk
) -> None:
    account = Account.objects.get(pk=desk.cast.applicant.pk)
    unions.post(account, desk.cast.union, role)
    client = as_(account)
    assert client.get(reverse("admin:index")).status_code == 200
    for name in may_see:
        assert client.get(desk.url(name, "changelist")).status_code == 200, name
    for name in may_not:
        assert client.get(desk.url(name, "changelist")).status_code == 403, name


def test_an_auditor_reads_and_decides_nothing(desk: Desk) -> None:
    unions.post(desk.cast.applicant, desk.cast.union, Post.Role.AUDITOR)
    client = as_(Account.objects.get(pk=desk.cast.applicant.pk))
    for name in ("membership.person", "membership.joinapplication", "membership.claim"):
        page = client.get(desk.url(name, "change"))
        assert page.status_code == 200
        assert 'name="_save"' not in page.text
        for action in actions(name):
            if action != "export":
                assert client.post(desk.url(name, action)).status_code == 403, action


def test_a_cadre_of_a_union_that_somebody_left_reads_but_reveals_nothing(cast: Cast) -> None:
    from huigong.people.membership.models import Membership
    from huigong.people.membership.tests import factories as people

    person = people.person(name="转走的会员")
    people.membership(person, cast.union, state=Membership.State.TRANSFERRED)
    people.membership(person, cast.neighbour)
    client = as_(cast.officer)
    address = reverse("admin:membership_person_reveal", args=[person.pk])
    assert client.get(reverse("admin:membership_person_change", args=[person.pk])).status_code == 200
    assert (
        client.post(address, {"which": "phone", "reason": "想看", "_form_submitted": "on"}).status_code == 403
    )
    assert not AuditRow.objects.filter(action="membership:person:reveal").exists()
