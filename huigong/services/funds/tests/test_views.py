"""Pages of accounts: members', the desk, and a spreadsheet read into the form."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huigong.core import tables
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.tests import factories as unions
from huigong.services.funds import operations, queries
from huigong.services.funds.models import Report
from huigong.services.funds.tests.factories import YEAR, draft, paper, published, submitted
from tests.cast import Cast

TYPED = {"opening": "100", "closing": "120.00", "dues": "50", "activities": "30", "note": ""}
PERIOD = {"year": str(YEAR), "period": "0"}


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"funds:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def sheet(*rows: list[Any], header: tuple[str, ...] = ("科目", "金额（元）")) -> SimpleUploadedFile:
    file = io.BytesIO()
    tables.write_table(file, header, rows)
    return SimpleUploadedFile("收支.xlsx", file.getvalue())


# --- Members


def test_members_read_their_union_year_by_year_and_neighbours_nothing(client: Client, cast: Cast) -> None:
    both = {"actor": cast.officer, "checker": cast.township_officer}
    report = published(cast.union, period=1, note="买了书架", **both)
    published(cast.union, period=2, **both)
    submitted(cast.union, actor=cast.officer, period=3)
    client.force_login(cast.member)
    html = page(client, "index")
    assert "已公开的 2 个季度合计" in html
    assert "100 元" in html
    assert f"{YEAR}年第三季度" not in html
    detail = page(client, "detail", report.pk)
    for word in ("会费收入", "职工活动支出", "买了书架", "上级工会镇总干部核对"):
        assert word in detail
    assert f"{YEAR}年第二季度" in page_of(client, "portal:my-union")
    client.force_login(cast.neighbour_member)
    assert client.get(reverse("funds:detail", args=[report.pk])).status_code == 404
    assert f"{YEAR}年" not in page(client, "index")


def page_of(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


def test_members_below_read_the_union_above_too(client: Client, cast: Cast) -> None:
    published(cast.county, actor=cast.county_officer, checker=_second(cast))
    client.force_login(cast.member)
    assert cast.county.name in page(client, "index")


def _second(cast: Cast) -> Any:

    auditor = accounts.account(name="经审")
    unions.post(auditor, cast.county, "auditor")
    return auditor


def test_an_old_version_says_so_and_leads_on(client: Client, cast: Cast) -> None:
    first = published(cast.union, actor=cast.officer, checker=cast.township_officer)
    made = operations.correct(first, reason="重复算了", actor=cast.officer)
    client.force_login(cast.member)
    assert client.get(reverse("funds:detail", args=[made.pk])).status_code == 404
    operations.submit(made, actor=cast.officer)
    operations.confirm(made, revision=1, actor=cast.township_officer)
    old = page(client, "detail", first.pk)
    assert "更正前的一版" in old
    assert reverse("funds:detail", args=[made.pk]) in old
    assert "重复算了" in page(client, "detail", made.pk)
    assert page(client, "index").count(f"/funds/{first.pk}/") == 0


def test_a_file_is_for_who_may_read_the_report(client: Client, cast: Cast) -> None:
    upload = paper()
    report = draft(cast.union, actor=cast.officer, upload=upload)
    url = reverse("funds:file", args=[report.pk])
    for who, status in ((cast.member, 404), (cast.neighbour_officer, 404), (cast.officer, 200)):
        client.force_login(who)
        response = client.get(url)
        assert response.status_code == status
    response.close()


# --- The desk


def test_a_cadre_types_and_another_confirms(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    wrong = client.post(reverse("funds:new"), PERIOD | TYPED | {"closing": "1"})
    assert wrong.status_code == 422
    assert "是 120.00 元" in wrong.content.decode()
    assert not Report.objects.exists()
    client.post(reverse("funds:new"), PERIOD | TYPED)
    report = Report.objects.get()
    assert report.closing_fen == 12_000
    assert 'value="50.00"' in page(client, "edit", report.pk)
    client.post(reverse("funds:edit", args=[report.pk]), TYPED | {"note": "改了说明"})
    client.post(reverse("funds:submit", args=[report.pk]))
    confirm = reverse("funds:confirm", args=[report.pk])
    assert client.post(confirm, {"revision": "1"}).status_code == 404
    client.force_login(cast.township_officer)
    assert "核对无误" in page(client, "manage", report.pk)
    client.post(confirm, {"revision": "1"})
    report.refresh_from_db()
    assert (report.state, report.note) == ("published", "改了说明")


def test_a_sheet_is_read_into_the_form_and_nothing_is_kept(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    rows = (
        ["上期结余", 100], ["一、会费收入", "5,000.50"], ["其中：拨缴经费", "￥20元"], ["职工活动支出（含慰问）", 30.1],
        ["支出合计", 30.1], ["招待费", 8], ["会费", 1], ["维权支出", "约五百"], ["业务支出", None],
    )  # fmt: skip
    sent = PERIOD | TYPED | {"read": "1", "sheet": sheet(*rows), "rights": "7"}
    response = client.post(reverse("funds:new"), sent)
    html = response.content.decode()
    assert response.status_code == 422
    for value in ('value="5000.50"', 'value="20.00"', 'value="30.10"', 'value="7"'):
        assert value in html
    for problem in ("“招待费”不是规定的科目", "“会费”前面已经有了", "“维权支出”：这里要填金额"):
        assert problem in html
    assert "已从表里读到 4 项" in html
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken"), "损坏"),
        (SimpleUploadedFile("a.txt", b"hello"), "科目"),
        (None, "先选一个"),
    ],
)
def test_a_file_that_is_no_sheet_is_told(client: Client, cast: Cast, upload: Any, said: str) -> None:
    client.force_login(cast.officer)
    sent = PERIOD | TYPED | {"read": "1"} | ({"sheet": upload} if upload else {})
    response = client.post(reverse("funds:new"), sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert 'value="120.00"' in response.content.decode()


def test_the_empty_sheet_is_read_back(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    content = b"".join(client.get(reverse("funds:empty")))
    reading = queries.read_sheet(io.BytesIO(content))
    assert (reading.amounts, reading.problems) == ({}, [])


def test_nobody_else_reaches_the_desk(client: Client, cast: Cast) -> None:
    report = submitted(cast.union, actor=cast.officer)
    names = ("submit", "call-back", "confirm", "send-back", "correct", "discard")
    for who in (cast.neighbour_officer, cast.member, cast.retired_officer):
        client.force_login(who)
        for name in ("manage", "edit"):
            assert client.get(reverse(f"funds:{name}", args=[report.pk])).status_code == 404
        for name in names:
            sent = {"revision": "1", "reason": "邻居来了"}
            assert client.post(reverse(f"funds:{name}", args=[report.pk]), sent).status_code == 404
    client.force_login(cast.neighbour_officer)
    response = client.post(reverse("funds:new"), PERIOD | TYPED | {"union": cast.union.pk})
    assert response.status_code == 404
    client.force_login(cast.member)
    assert client.get(reverse("funds:manage-index")).status_code == 403
    assert client.get(reverse("funds:new")).status_code == 404
    report.refresh_from_db()
    assert report.state == "confirming"


def test_an_office_above_sees_what_left_the_desk_and_changes_nothing(client: Client, cast: Cast) -> None:
    kept = draft(cast.union, actor=cast.officer, period=1)
    sent = submitted(cast.union, actor=cast.officer, period=2)
    client.force_login(cast.county_officer)
    assert client.get(reverse("funds:manage", args=[kept.pk])).status_code == 404
    assert "核对无误" not in page(client, "manage", sent.pk)
    assert client.post(reverse("funds:confirm", args=[sent.pk]), {"revision": "1"}).status_code == 404
    assert client.get(reverse("funds:edit", args=[sent.pk])).status_code == 404
    client.force_login(cast.township_officer)
    assert "经费核对" in client.get("/workbench/todo/").content.decode()


def test_lists_cost_the_same_for_one_row_and_three(client: Client, cast: Cast) -> None:
    member = people.member_account(cast.union)
    for who, name in ((member, "index"), (cast.officer, "manage-index")):
        client.force_login(who)
        counts = []
        for period in (1, 2, 3):
            if not Report.objects.filter(period=period).exists():
                published(cast.union, actor=cast.officer, checker=cast.township_officer, period=period)
            page(client, name, stage="all")
            with CaptureQueriesContext(connection) as captured:
                page(client, name, stage="all")
            counts.append(len(captured))
        assert counts[0] == counts[2]
