"""Figures of a period, on the page and in the sheet that leaves the house: no number that names somebody."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huigong.core import calendar
from huigong.core.formats import midnight
from huigong.core.models import AuditRow
from huigong.people.membership.tests import factories as people
from huigong.services.policies import queries
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.queries import Period
from huigong.services.policies.tests import factories
from tests.cast import Cast

LONG = Period(date(2020, 1, 1), date(2099, 12, 31))
DAYS = {"since": "2020-01-01", "until": "2099-12-31"}
PAGE, SHEET = reverse("policies:statistics"), reverse("policies:statistics-export")


def many(scheme: Scheme, union: Any, count: int, **changed: Any) -> None:
    for _ in range(count):
        factories.application(scheme, people.member_account(union), **changed)


def handed_in(*moments: datetime) -> None:
    """The applications there are, in the order of their keys, were handed in at these moments."""
    for application, moment in zip(Application.objects.order_by("pk"), moments, strict=True):
        Application.objects.filter(pk=application.pk).update(submitted_at=moment)


def sheet(response: Any) -> list[list[Any]]:
    """Heading and rows, without what stands above them."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    return rows[2:]


# --- What is counted


def test_statistics_count_what_became_of_it(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.union, 2, state="awarded", verified_at=timezone.now())
    many(scheme, cast.union, 1, state="refused")
    many(scheme, cast.union, 1, state="draft")
    Application.objects.filter(state="awarded").update(submitted_at=timezone.now() - timedelta(days=9))
    [row] = queries.statistics(cast.county_officer, LONG)
    assert (row.applied, row.verified, row.approved, row.refused) == (3, 2, 2, 1)
    assert (row.amount, row.days) == ("6,000 元", "9 天")
    client.force_login(cast.county_officer)
    assert "6,000 元" in client.get(PAGE, DAYS).content.decode()
    assert queries.statistics(cast.neighbour_officer, LONG) == []


def test_the_first_and_the_last_day_belong_to_the_period(cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.union, 4)
    first, after = midnight(date(2026, 3, 1)), midnight(date(2026, 4, 1))
    moment = timedelta(seconds=1)
    handed_in(first - moment, first, after - moment, after)
    period = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert [row.applied for row in queries.statistics(cast.county_officer, period)] == [2]
    assert queries.by_union(scheme, period).whole.applied == 2


def test_a_scheme_is_told_of_when_it_was_open_then_or_somebody_applied(cast: Cast) -> None:
    day = midnight(date(2025, 6, 15))
    window = {"opens_at": day, "closes_at": day + timedelta(days=10)}
    open_ = factories.scheme(cast.county, title="有开放", **window)
    late = factories.scheme(
        cast.county, title="补正的", opens_at=day - timedelta(99), closes_at=day - timedelta(1)
    )
    factories.scheme(cast.county, title="后来的")
    factories.scheme(cast.county, title="草稿", state="draft", **window)
    factories.application(late, cast.member, submitted_at=day)
    found = queries.statistics(cast.county_officer, Period(day.date(), day.date()))
    assert [(row.pk, row.applied) for row in found] == [(late.pk, 1), (open_.pk, 0)]


def test_this_year_is_told_of_when_nothing_is_asked(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.union, 2)
    year = calendar.today().year
    handed_in(midnight(date(year, 1, 1)), midnight(date(year, 1, 1)) - timedelta(seconds=1))
    client.force_login(cast.county_officer)
    page = client.get(PAGE).content.decode()
    assert "<dd>1</dd><dt>申报</dt>" in page
    assert f'value="{year}-01-01"' in page
    assert f'value="{calendar.today()}"' in page
    last = client.get(PAGE, {"since": f"{year - 1}-01-01", "until": f"{year - 1}-12-31"})
    assert "<dd>1</dd><dt>申报</dt>" in last.content.decode()


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2026-05-01", "2026-04-30", "请换过来"),
        ("0001-01-01", "2026-04-30", "2000 年到 2100 年"),
        ("2026-01-01", "9999-12-31", "2000 年到 2100 年"),
        ("昨天", "2026-04-30", "从："),
    ],
)
def test_a_wrong_period_is_refused_in_words(
    client: Client, cast: Cast, since: str, until: str, sentence: str
) -> None:
    factories.scheme(cast.county)
    client.force_login(cast.county_officer)
    sent = {"since": since, "until": until}
    page = client.get(PAGE, sent)
    assert (page.status_code, sentence in page.content.decode()) == (422, True)
    assert "下载 Excel" not in page.content.decode()
    assert client.post(SHEET, sent).status_code == 422
    assert not AuditRow.objects.filter(action="policies:figures:export").exists()


# --- Small numbers


def test_small_unions_are_not_told_of_by_name(cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.neighbour, 4)
    found = queries.by_union(scheme, LONG)
    assert (found.unions, found.hidden) == ([], 1)
    many(scheme, cast.union, 6)
    names = [row.name for row in queries.by_union(scheme, LONG).unions]
    assert names == ["其余 2 家（合计）"]  # six alone would tell of the four
    many(scheme, cast.township, 7)
    found = queries.by_union(scheme, LONG)
    assert [(row.name, row.applied) for row in found.unions] == [
        (cast.township.name, 7),
        ("其余 2 家（合计）", 10),
    ]


def test_what_the_named_unions_leave_of_the_whole_is_not_small_either(cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.neighbour, 1)
    many(scheme, cast.neighbour_township, 1)
    many(scheme, cast.union, 5)
    many(scheme, cast.township, 6)
    found = queries.by_union(scheme, LONG)
    assert [(row.name, row.applied) for row in found.unions] == [
        (cast.township.name, 6),
        ("其余 3 家（合计）", 7),
    ]


@pytest.mark.parametrize(("small", "is_told"), [(4, False), (5, True)])
def test_the_sheet_names_no_small_union_either(client: Client, cast: Cast, small: int, is_told: bool) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.neighbour, small)
    many(scheme, cast.township, 6)
    many(scheme, cast.union, 7, state="awarded")
    client.force_login(cast.county_officer)
    header, *rows = sheet(client.post(SHEET, DAYS | {"scheme": scheme.pk}))
    assert header == ["工会", "申报", "通过", "发放金额（元）"]
    assert rows[:2] == [["合计", 13 + small, 7, 21000], [cast.union.name, 7, 7, 21000]]
    rest = [[cast.township.name, 6, 0, 0], [cast.neighbour.name, 5, 0, 0]]
    assert rows[2:] == (rest if is_told else [["其余 2 家（合计）", 10, 0, 0]])


def test_the_sheet_says_of_how_many_unions_it_is_silent(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.neighbour, 2)
    many(scheme, cast.union, 1)
    client.force_login(cast.county_officer)
    _, whole, silent = sheet(client.post(SHEET, DAYS | {"scheme": scheme.pk}))
    assert whole[:2] == ["合计", 3]
    assert "另有 2 家工会" in silent[0]
    assert silent[1:] == [None, None, None]


def test_a_shorter_period_is_as_silent_about_small_numbers(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.union, 6)
    day = midnight(date(2026, 3, 1))
    handed_in(*[day] * 2, *[day + timedelta(days=3)] * 4)
    client.force_login(cast.county_officer)
    sent = {"scheme": scheme.pk, "since": "2026-03-01", "until": "2026-03-02"}
    assert cast.union.name not in client.get(PAGE, sent).content.decode()
    assert cast.union.name not in str(sheet(client.post(SHEET, sent)))


# --- The sheet


def test_the_sheet_of_all_schemes_is_the_page_and_is_noted(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    many(scheme, cast.union, 1, state="awarded", verified_at=timezone.now())
    many(scheme, cast.union, 1, state="refused")
    client.force_login(cast.county_officer)
    header, *rows = sheet(client.post(SHEET, DAYS))
    assert header[:3] == ["项目", "申报", "已核实"]
    assert rows == [[scheme.title, 2, 1, 1, 1, 3000, 0]]
    noted = AuditRow.objects.get(action="policies:figures:export")
    assert (noted.org_id, noted.after) == (cast.county.pk, {"filter": DAYS})


def test_another_union_s_figures_are_not_there(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.union)
    many(scheme, cast.union, 6)
    client.force_login(cast.neighbour_officer)
    sent = DAYS | {"scheme": scheme.pk}
    assert client.get(PAGE, sent).status_code == 404
    assert client.post(SHEET, sent).status_code == 404
    assert sheet(client.post(SHEET, DAYS))[1:] == []
    client.force_login(cast.member)
    assert client.get(PAGE).status_code == client.post(SHEET, DAYS).status_code == 403
    assert [row.org_id for row in AuditRow.objects.filter(action="policies:figures:export")] == [
        cast.neighbour.pk
    ]


@pytest.mark.parametrize("address", [PAGE, SHEET])
def test_figures_cost_the_same_however_many_there_are(client: Client, cast: Cast, address: str) -> None:
    client.force_login(cast.county_officer)
    ask = client.get if address == PAGE else client.post

    def asked(**more: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            response = ask(address, DAYS | more)
            assert response.status_code == 200
            if address == SHEET:
                sheet(response)
        return len(caught)

    scheme = factories.scheme(cast.county)
    many(scheme, cast.union, 6)
    asked()
    few = asked(), asked(scheme=scheme.pk)
    for union in (cast.union, cast.neighbour, cast.township):
        many(scheme, union, 6)
        many(factories.scheme(cast.county), union, 6)
    assert (asked(), asked(scheme=scheme.pk)) == few
