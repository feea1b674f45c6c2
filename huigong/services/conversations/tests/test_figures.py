"""Figures of letters: every number for who reads the letters, none that points at somebody for who does not."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from huigong.core.models import AuditRow
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.models import Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.conversations import operations, queries
from huigong.services.conversations.models import Thread
from huigong.services.conversations.queries.figures import FEWEST
from huigong.services.conversations.tests.factories import answered, letter, thread
from tests.cast import Cast


def letters(union: Union, count: int, **fields: str) -> list[Thread]:
    """So many letters of members of `union`."""
    return [thread(people.member_account(union), **fields) for _ in range(count)]


def written(made: Thread, *, days_ago: int) -> None:
    Thread.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days_ago))


def test_the_own_office_is_told_every_number(cast: Cast) -> None:
    quick = answered(cast.member, cast.union, cast.officer, kind="help")
    operations.rate(quick, stars=4, words="", actor=cast.member)
    slow = answered(cast.member, cast.union, cast.officer, kind="praise")
    written(slow, days_ago=40)
    forgotten = thread(cast.member, kind="help")
    written(forgotten, days_ago=40)
    thread(cast.member, kind="help")
    found = queries.figures(cast.officer, period="all")
    assert dict(found.kinds) == {"求助": 3, "表扬": 1}
    assert (found.whole.total, found.whole.waiting) == (4, 2)
    assert found.whole.in_time == 33, "one of the three whose term is over"
    assert found.whole.days is not None
    assert found.whole.days > 5
    assert found.whole.rating is None, "one rating is no average"
    assert [row.name for row in found.unions] == [cast.union.name]


def test_the_union_above_is_told_no_small_number(cast: Cast) -> None:
    letters(cast.union, FEWEST + 2, kind="help")
    small = unions.grassroots(cast.township, "小厂工会")
    letters(small, 2, kind="praise")
    middle = unions.grassroots(cast.township, "中厂工会")
    letters(middle, FEWEST, kind="question")
    found = queries.figures(cast.township_officer, below=True)
    assert found.whole.total == 2 * FEWEST + 4
    assert dict(found.kinds) == {"求助": FEWEST + 2, "表扬": None, "咨询": None}, (
        "one alone could be told apart"
    )
    assert [row.name for row in found.unions] == [cast.union.name]
    assert found.hidden == 2
    _, rows = queries.figures_sheet(found)
    assert small.name not in str(rows)
    assert 2 not in [row[1] for row in rows]


def test_so_few_below_that_all_of_them_are_not_told(cast: Cast) -> None:
    letters(cast.union, FEWEST - 1)
    found = queries.figures(cast.township_officer, below=True)
    assert (found.whole.total, found.kinds, found.unions) == (0, [], [])


def test_figures_reach_down_and_never_sideways(client: Client, cast: Cast) -> None:
    letters(cast.union, FEWEST)
    letters(cast.neighbour, FEWEST)
    assert queries.figures(cast.county_officer, below=True).whole.total == 2 * FEWEST
    assert queries.figures(cast.township_officer, below=True).whole.total == FEWEST
    assert queries.figures(cast.neighbour_officer).whole.total == FEWEST
    assert queries.figures(cast.neighbour_officer, below=True).whole.total == 0
    for who in (cast.member, cast.retired_officer):
        client.force_login(who)
        assert client.get(reverse("conversations:figures")).status_code == 403
        assert client.post(reverse("conversations:export-figures")).status_code == 403
    assert not AuditRow.objects.filter(action="conversations:figures:export").exists()


def test_letters_between_unions_and_of_other_years_are_not_counted(cast: Cast) -> None:
    operations.write_to_union(
        cast.union, to=cast.township.pk, title="请示", letter=letter(), actor=cast.officer
    )
    old = thread(cast.member)
    Thread.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=366))
    assert queries.figures(cast.officer).whole.total == 0
    assert queries.figures(cast.officer, period="last").whole.total == 1


def test_the_export_is_what_the_page_tells_and_is_noted(client: Client, cast: Cast) -> None:
    letters(cast.union, 2, kind="help")
    client.force_login(cast.officer)
    html = client.get(reverse("conversations:figures"), {"period": "all"}).content.decode()
    assert "2 件" in html
    assert "下级工会" not in html
    response = client.post(reverse("conversations:export-figures"), {"period": "all"})
    rows = list(load_workbook(io.BytesIO(b"".join(response))).active.values)
    assert ("合计", 2, 2, 0) in [row[:4] for row in rows]
    assert ("类别：求助", 2) in [row[:2] for row in rows]
    row = AuditRow.objects.get(action="conversations:figures:export")
    assert (row.org_id, row.after["filter"]["period"]) == (cast.union.pk, "all")


@pytest.mark.parametrize("text", ["互助金", "本会会员", "咨询", "发票"])
def test_a_letter_is_found_by_title_name_kind_and_what_was_said(cast: Cast, text: str) -> None:
    made = answered(cast.member, cast.union, cast.officer)
    found = queries.desk_page(cast.officer, show="all", text=text).rows
    assert [row.href for row in found] == [f"/conversations/manage/{made.pk}/"]
    assert queries.desk_page(cast.township_officer, show="all", text=text).rows == []


def test_a_note_is_found_by_the_union_that_wrote_it_alone(cast: Cast) -> None:
    made = thread(cast.member)
    operations.note(made, union=cast.union, letter=letter("家里困难"), actor=cast.officer)
    Thread.objects.filter(pk=made.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    operations.escalate_overdue()
    assert len(queries.desk_page(cast.officer, show="all", text="家里困难").rows) == 1
    assert len(queries.desk_page(cast.township_officer, show="all", text="互助金").rows) == 1
    assert queries.desk_page(cast.township_officer, show="all", text="家里困难").rows == []
