"""Lists as Excel: who took what, masked, harmless, and only for the one who asked."""

import io
import re
from zipfile import ZipFile

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from huigong.core.admin import exports
from huigong.core.models import AuditRow
from huigong.faces.workbench.tests.conftest import CANARY, NAMES, Desk, as_, model_admin
from huigong.people.membership.tests import factories as people
from tests.cast import Cast

EXPORTED = [name for name in NAMES if name not in ("core.flag", "core.holiday", "orgs.registration")]


def prepare(client, name: str, query: str = "", reason: str = "年度统计"):
    """Ask for the export of a list as it is filtered by `query`."""
    base = f"admin:{name.replace('.', '_')}"
    return client.post(
        reverse(f"{base}_export"),
        {"reason": reason, "_form_submitted": "on"},
        headers={"HX-Current-URL": f"http://testserver{reverse(f'{base}_changelist')}{query}"},
    )


def link(response) -> str:
    return re.search(r'href="([^"]*download/\?token=[^"]*)"', response.text)[1]


def table(client, name: str, query: str = "") -> list[list]:
    """The rows of the sheet: title, watermark, heading, data."""
    response = client.get(link(prepare(client, name, query)))
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    return [
        list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    ]


def test_an_export_says_who_took_it_and_when_on_the_sheet_and_in_the_audit_trail(cast: Cast) -> None:
    people.membership(people.person(name="陈海燕"), cast.union)
    with time_machine.travel("2026-11-23T10:20:00+08:00", tick=False):
        rows = table(as_(cast.officer), "membership.person", "?standing=active&q=陈")
    assert rows[0][0] == "职工"
    assert rows[1][0] == "本会主席 于 2026-11-23 10:20 从惠工导出，仅供工作使用，请勿外传"
    assert [row[0] for row in rows[3:]] == ["陈海燕"]
    row = AuditRow.objects.get(action="membership:person:export")
    assert (row.actor_id, row.org_id) == (cast.officer.pk, cast.union.pk)
    assert row.after == {"rows": 1, "filter": {"standing": ["active"], "search": True}, "reason": "年度统计"}


def test_an_export_from_an_address_that_is_none_takes_the_whole_list(cast: Cast) -> None:
    people.membership(people.person(name="陈海燕"), cast.union)
    response = as_(cast.officer).post(
        reverse("admin:membership_person_export"),
        {"reason": "年度统计", "_form_submitted": "on"},
        headers={"HX-Current-URL": "http://["},
    )
    assert response.status_code == 200
    assert link(response)


def test_an_export_without_a_reason_is_not_made(cast: Cast) -> None:
    response = prepare(as_(cast.officer), "membership.person", reason=" ")
    assert "请写明原因。" in response.text
    assert not AuditRow.objects.filter(action__endswith=":export").exists()


@pytest.mark.parametrize("name", EXPORTED)
def test_every_export_holds_the_unions_rows_for_its_officers_and_nothing_for_neighbours(
    name: str, desk: Desk
) -> None:
    own = str(table(as_(desk.cast.county_officer), name))
    foreign = str(table(as_(desk.cast.neighbour_officer), name, f"?q={CANARY}"))
    assert CANARY in own
    assert CANARY not in foreign


@pytest.mark.parametrize("name", EXPORTED)
def test_no_export_holds_a_whole_number(name: str, desk: Desk) -> None:
    text = str(table(as_(desk.cast.county_officer), name))
    assert re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", text) == []
    assert re.findall(r"(?<!\d)\d{17}[\dX]", text) == []


def test_an_export_makes_a_formula_harmless(cast: Cast) -> None:
    for name in ('=HYPERLINK("http://evil.example")', "＝1+1", "@SUM(A1)", "+1", "-1"):
        people.membership(people.person(name=name), cast.union)
    client = as_(cast.officer)
    response = client.get(link(prepare(client, "membership.person")))
    content = b"".join(response.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    names = [row[0] for row in sheet.iter_rows(min_row=4)]
    assert {cell.data_type for cell in names} == {"s"}
    hostile = [cell.value for cell in names if cell.value != "本会会员"]
    assert len(hostile) == 5
    assert all(value.startswith("'") for value in hostile)
    assert b"<f>" not in ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_a_link_works_for_nobody_else_and_not_for_long(cast: Cast) -> None:
    client = as_(cast.officer)
    address = link(prepare(client, "membership.person"))
    assert as_(cast.township_officer).get(address).status_code == 403
    assert as_(cast.member).get(address).status_code == 403
    assert client.get(address).status_code == 200
    assert client.get(address + "x").status_code == 403
    assert client.get(address.split("?")[0]).status_code == 403
    with time_machine.travel(timezone.now() + exports.LINK_SECONDS * 2):
        assert client.get(address).status_code == 403


def test_a_link_of_one_list_opens_no_other(cast: Cast) -> None:
    client = as_(cast.officer)
    token = link(prepare(client, "orgs.union")).split("token=")[1]
    assert client.get(reverse("admin:membership_person_download") + f"?token={token}").status_code == 403


def test_more_rows_than_the_limit_are_refused_with_the_number(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    people.membership(people.person(), cast.union)
    response = prepare(as_(cast.officer), "membership.person")
    assert "请先缩小筛选范围" in response.text
    assert not AuditRow.objects.filter(action__endswith=":export").exists()


def test_a_forged_filter_reaches_no_further(desk: Desk) -> None:
    client = as_(desk.cast.neighbour_officer)
    forged = prepare(client, "membership.person", "?account__password__startswith=a")
    assert forged.status_code == 400
    assert not AuditRow.objects.filter(action__endswith=":export").exists()


@pytest.mark.parametrize("name", EXPORTED)
def test_exports_name_their_permission_and_columns(name: str) -> None:
    found = model_admin(name)
    assert found.export_permission
    assert len(found.export_columns) >= 5
