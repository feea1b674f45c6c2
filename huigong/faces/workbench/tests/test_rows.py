"""What a row of a list shows: labels, links, ticks, its menu; by the names of its columns on a phone too."""

import re

from django.urls import reverse

from huigong.faces.workbench.tests.conftest import Desk, as_
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations as membership
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from tests.cast import Cast


def table(client, name: str, query: str = "") -> str:
    page = client.get(reverse(f"admin:{name}_changelist") + query).content.decode()
    found = re.search(r'<table id="result_list" class="result-list">.*?</table>', page, re.DOTALL)
    assert found, "没有表格"
    return found[0]


def test_a_row_links_to_its_page_and_names_its_columns_for_the_phone(desk: Desk) -> None:
    rows = table(as_(desk.cast.officer), "membership_joinapplication")
    assert (
        f'<th class="field-who" data-label="申请人"><a href="{desk.url("membership.joinapplication", "change")}'
        in rows
    )
    assert 'class="wb-label wb-label_orange">待审核</span>' in rows
    assert f'value="{desk.rows["membership.joinapplication"].pk}"' in rows


def test_the_menu_of_a_row_has_what_its_state_allows_and_nothing_else(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    approve = f"/{application.pk}/approve"
    client = as_(desk.cast.officer)
    assert approve in table(client, "membership_joinapplication")
    membership.approve_application(application, actor=desk.cast.officer)
    assert approve not in table(client, "membership_joinapplication")


def test_who_may_only_look_gets_no_menu(desk: Desk) -> None:
    auditor = accounts.account(name="经审员")
    unions.post(auditor, desk.cast.union, Post.Role.AUDITOR)
    rows = table(as_(auditor), "membership_joinapplication")
    assert "field-who" in rows
    assert "wb-more" not in rows


def test_a_name_with_markup_in_it_is_text(cast: Cast) -> None:
    orgs.edit_union(cast.union, actor=cast.county_officer, name='<img src=x onerror="1">工会')
    rows = table(as_(cast.county_officer), "orgs_union")
    assert "<img" not in rows
    assert "&lt;img" in rows


def test_a_column_is_sorted_the_other_way_the_second_time(cast: Cast) -> None:
    people.application(accounts.account(), cast.union)
    client = as_(cast.officer)
    once = table(client, "membership_joinapplication", "?o=3")
    assert 'href="?o=-3"' in once
    assert "arrow_upward" in once
    assert "arrow_downward" in table(client, "membership_joinapplication", "?o=-3")


def test_an_empty_list_says_so(cast: Cast) -> None:
    page = as_(cast.officer).get(reverse("admin:membership_claim_changelist") + "?q=谁也不是")
    assert "没有找到符合条件的" in page.content.decode()
