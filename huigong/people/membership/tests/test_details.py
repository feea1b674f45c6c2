"""What people tell of themselves: 民族, 学历 and 政治面貌 come by roll or by the member, and nobody is asked twice."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.core.tables import Summary
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations, queries
from huigong.people.membership.admin import PersonAdmin
from huigong.people.membership.forms import JoinForm
from huigong.people.membership.models import Person
from huigong.people.membership.queries import workbench
from huigong.people.membership.tests import factories
from huigong.people.membership.tests.sheets import HEAD, clean_row, workbook
from tests.cast import Cast

OWN = ("ethnicity", "education", "political_status")


def told(person: Person) -> tuple[str, ...]:
    person.refresh_from_db()
    return tuple(getattr(person, name) for name in OWN)


def of(account: Account) -> Person:
    person = queries.person_of(account)
    assert person is not None
    return person


def import_told(cast: Cast, *rows: tuple[Any, Any, Any], head: tuple[str, ...] = ()) -> Summary:
    head = head or ("民族", "文化程度", "政治面貌")
    sheet = [clean_row(cast.union.name, f"林阿{place}") for place in "一二三四五六七八"[: len(rows)]]
    table = [[*HEAD, *head], *([*line, *row] for line, row in zip(sheet, rows, strict=True))]
    return operations.import_roll(workbook(table), scope=cast.county, actor=cast.county_officer)


# --- By the roll


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (("汉族", "大学本科教育", "中共党员"), ("01", "20", "01")),
        (("汉", "本科", "党员"), ("01", "20", "01")),
        (("01", "21", "13"), ("01", "20", "13")),
        ((22, 70, 3), ("22", "70", "03")),
        ((" 畲 族", "硕士研究生毕业", "群 众"), ("22", "10", "13")),
        (("11满族", "47", "中国共产党预备党员"), ("11", "40", "02")),
        (("３", "大专", "民革会员"), ("03", "30", "04")),
        ((None, None, None), ("", "", "")),
    ],
)
def test_a_roll_may_hold_labels_or_codes_of_the_standards(
    cast: Cast, written: tuple[Any, Any, Any], stored: tuple[str, str, str]
) -> None:
    summary = import_told(cast, written)
    assert (summary.created, summary.rejections) == (1, [])
    assert told(Person.objects.get(name="林阿一")) == stored


def test_the_columns_are_known_under_other_headings(cast: Cast) -> None:
    import_told(cast, ("回族", "初中", "团员"), head=("民族成分", "最高学历", "政治身份"))
    assert told(Person.objects.get(name="林阿一")) == ("03", "70", "03")


def test_a_wrong_value_is_explained_and_its_row_left_out(cast: Cast) -> None:
    summary = import_told(cast, ("汉", "本科", "群众"), ("福建族", "读过书", "五好青年"))
    assert (summary.created, summary.rejected) == (1, 1)
    faults = {fault.field: fault.reason for fault in summary.rejections}
    assert set(faults) == set(OWN)
    assert "“福建族”不在可选范围内，请填：汉族、蒙古族" in faults["ethnicity"]
    assert "“读过书”不在可选范围内，请填：研究生教育" in faults["education"]
    assert "“五好青年”不在可选范围内，请填：中共党员" in faults["political_status"]
    assert not Person.objects.filter(name="林阿二").exists()


def test_a_roll_fills_what_is_empty_and_leaves_what_the_member_said(cast: Cast, tmp_path: Path) -> None:
    person, report = of(cast.member), tmp_path / "结果.xlsx"
    operations.correct_person(person, education="60", actor=cast.member)
    row = [person.name, person.id_number, None, cast.union.name, date(2020, 1, 1), "畲族", "本科", None]
    sheet = workbook([[*HEAD, "民族", "学历", "政治面貌"], row])
    summary = operations.import_roll(sheet, scope=cast.county, actor=cast.county_officer, report=report)
    assert summary.updated == 1
    assert told(person) == ("22", "60", "")
    written = [cell for line in load_workbook(report).active.values for cell in line]
    assert "更新了民族。学历由本人在平台上维护，没有改。" in written


# --- By the member


def test_a_member_fills_in_corrects_and_empties_their_own(cast: Cast, client: Client) -> None:
    person = of(cast.member)
    client.force_login(cast.member)
    page = reverse("membership:details")
    assert person.masked_id_number in client.get(page).content.decode()
    for values in (("01", "30", "03"), ("22", "30", ""), ("", "", "")):
        answer = client.post(page, dict(zip(OWN, values, strict=True)))
        assert (answer.status_code, answer.url) == (302, page)
        assert told(person) == values


def test_what_was_said_stays_out_of_the_trail_of_changes(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    data = {"ethnicity": "22", "education": "30", "political_status": ""}
    for _ in range(2):
        client.post(reverse("membership:details"), data)
    row = AuditRow.objects.get(action="membership:person:correct")
    assert (row.before, row.after) == ({}, {"fields": ["ethnicity", "education"]})
    assert (row.actor_id, row.org_id) == (cast.member.pk, cast.union.pk)


def test_a_code_of_no_standard_is_refused(cast: Cast, client: Client) -> None:
    person = of(cast.member)
    client.force_login(cast.member)
    answer = client.post(reverse("membership:details"), {"ethnicity": "57", "education": "21"})
    assert answer.status_code == 422
    for name, code in zip(OWN, ("57", "21", "14"), strict=True):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(**{name: code})
    assert told(person) == ("", "", "")


def test_who_is_no_member_has_no_details_to_fill_in(cast: Cast, client: Client) -> None:
    client.force_login(cast.applicant)
    page = reverse("membership:details")
    assert client.get(page).status_code == 404
    assert client.post(page, {"ethnicity": "22"}).status_code == 404
    assert not Person.objects.exclude(ethnicity="").exists()


def test_joining_asks_none_of_it() -> None:
    assert not set(OWN) & set(JoinForm.base_fields)


def test_two_corrections_of_different_things_do_not_undo_each_other(cast: Cast) -> None:
    first, second = of(cast.member), of(cast.member)
    operations.correct_person(first, ethnicity="22", actor=cast.member)
    operations.correct_person(second, skill="1", actor=cast.officer)
    second.refresh_from_db()
    assert (second.ethnicity, second.skill) == ("22", "1")


# --- By cadres


def test_cadres_of_the_union_see_it_and_the_neighbour_nothing(cast: Cast, client: Client) -> None:
    person = of(cast.member)
    operations.correct_person(person, ethnicity="22", education="70", political_status="03", actor=SYSTEM)
    pages = [
        reverse("membership:person", args=[person.pk]),
        reverse("admin:membership_person_change", args=[person.pk]),
    ]
    for page in pages:
        client.force_login(cast.officer)
        shown = client.get(page).content.decode()
        assert [word for word in ("畲族", "初级中学教育", "共青团员") if word not in shown] == []
        client.force_login(cast.neighbour_officer)
        assert client.get(page).status_code == 404


def test_a_cadre_corrects_it_and_the_neighbour_does_not(cast: Cast, client: Client) -> None:
    person = of(cast.member)
    page = reverse("admin:membership_person_change", args=[person.pk])
    data = {"name": person.name, "work_form": person.work_form, "education": "30", "ethnicity": "01"}
    client.force_login(cast.neighbour_officer)
    assert client.post(page, data).status_code == 404
    assert told(person) == ("", "", "")
    client.force_login(cast.officer)
    assert client.post(page, data).status_code == 302
    assert told(person) == ("01", "30", "")


def test_the_export_writes_what_the_import_reads(cast: Cast) -> None:
    person = of(cast.member)
    operations.correct_person(person, ethnicity="22", education="70", political_status="03", actor=SYSTEM)
    row = workbench.with_standing(Person.objects.filter(pk=person.pk)).get()
    written = {heading: value(row) for heading, value in PersonAdmin.export_columns}
    words = [written[label] for label in ("民族", "学历", "政治面貌")]
    assert words == ["畲族", "初级中学教育", "共青团员"]
    parses = {column.name: column.parse for column in queries.ROLL.columns}
    assert [parses[name](word) for name, word in zip(OWN, words, strict=True)] == ["22", "70", "03"]


def test_enrolling_keeps_it_too(cast: Cast) -> None:
    fields = operations.PersonFields(
        name="曾小丰", id_number=factories.id_number(), phone=accounts.next_phone(), ethnicity="03"
    )
    enrolled = operations.enrol(cast.union, fields=fields, joined_on=date(2024, 1, 1), actor=SYSTEM)
    assert told(enrolled.person) == ("03", "", "")
