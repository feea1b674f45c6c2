"""Orders of the hotline: looked through, taken in once, handled like any other case, answered by a table."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from huigong.core import tables
from huigong.core.models import AuditRow, StoredFile
from huigong.core.vault import vault
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.orgs.models import Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Case, Reading
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HEADER = ["序号", "工单编号", "来电人", "联系电话", "单位名称", "诉求内容", "问题类型", "涉及金额", "人数"]
ROWS: list[list[Any]] = [
    [1, "GD2026110001", "陈阿明", "13700001111", "螺城石雕厂", "三个月没有发工资。", "欠薪", "18500.50", 3],
    [2, "GD2026110002", "", "", "崇武海产公司", "冷库里没有防寒服。", "劳动保护", "", ""],
]


def sheet(*rows: list[Any], header: list[str] = HEADER) -> SimpleUploadedFile:
    file = io.BytesIO()
    tables.write_table(file, header, rows or ROWS)
    return SimpleUploadedFile("工单.xlsx", file.getvalue())


def orders(*rows: list[Any]) -> list[dict[str, Any]]:
    return [line.values for line in queries.read_orders(sheet(*rows))]


def cases() -> list[Case]:
    with vault():
        return list(Case.objects.order_by("pk"))


def test_orders_become_cases_once_and_nobody_is_told(cast: Cast) -> None:
    before = (AuditRow.objects.count(), Message.objects.count(), StoredFile.objects.count())
    assert operations.take_orders(orders()) == (2, 0, [])
    assert operations.take_orders(orders()) == (0, 2, [])
    named, nameless = cases()
    assert (named.naming, nameless.naming) == ("withheld", "anonymous")
    assert (named.cause, nameless.cause) == ("wages", "other")
    assert (named.amount_fen, named.people_affected, named.state) == (1_850_050, 3, "received")
    assert queries.identity_of(named).name == "陈阿明"
    assert "GD2026110001" not in repr(vars(named))
    assert (AuditRow.objects.count(), Message.objects.count(), StoredFile.objects.count()) == before
    assert [check() for check in (queries.invariants._readers, queries.invariants._deadlines)] == [[], []]


def test_an_order_about_the_county_is_refused_and_stops_no_other(cast: Cast) -> None:
    about = [3, "GD2026110003", "", "", "惠安县总工会", "没有答复我。", "", "", ""]
    taken = operations.take_orders(orders(about, *ROWS))
    assert (taken.made, len(taken.refused)) == (2, 1)
    assert taken.refused[0].startswith("工单 GD2026110003：")


def test_no_form_can_take_the_place_of_an_order(cast: Cast) -> None:
    operations.lodge_anonymously(factories.draft(), token="GD2026110001")
    assert operations.take_orders(orders()).made == 2


def test_a_case_of_the_hotline_has_neither_account_nor_receipt(cast: Cast) -> None:
    operations.take_orders(orders())
    for values in ({"author_index": "x"}, {"receipt_index": "x"}, {"source": "platform"}):
        with pytest.raises(IntegrityError), transaction.atomic(), vault():
            Case.objects.filter(naming="withheld").update(**values)


def test_the_firewall_stands_before_orders_too(cast: Cast) -> None:
    Union.objects.filter(pk=cast.union.pk).update(unit_name="螺城石雕厂")
    close, free = factories.registrar(cast), factories.registrar(cast)
    unions.post(close, cast.union)
    operations.take_orders(orders())
    counts = [queries.awaiting(permissions.desk_scope(factories.fresh(who))).count for who in (close, free)]
    assert counts == [1, 2]


def test_results_go_back_and_each_reading_is_noted(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    operations.take_orders(orders())
    first, second = cases()
    factories.lodged(cast.member)  # not the hotline's
    factories.given(first, handler, registrar)
    assert "ask" not in permissions.acts(factories.desk(handler, first), actor=handler)
    operations.reply(first, text="=已补发三个月工资。", actor=handler)
    operations.transfer(second, body="县应急管理局", reason="属于其职权。", actor=registrar)
    assert Message.objects.count() == 0
    answer = as_(registrar).get(reverse("complaints:order-results"))
    words = answer.content.decode("utf-8-sig")
    assert "GD2026110001" in words
    assert "已答复" in words
    assert "'=已补发三个月工资。" in words
    assert "县应急管理局 属于其职权。" in words
    assert "陈阿明" not in words
    assert words.count("\n") == 3
    assert "attachment" in answer["Content-Disposition"]
    with vault():
        assert Reading.objects.filter(what="result", reader_id=registrar.pk).count() == 2
    assert queries.invariants._readers() == []


# --- The page


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def sealed_in(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_sheet_is_looked_through_and_then_taken_in(cast: Cast) -> None:
    registrar, other = factories.registrar(cast), factories.registrar(cast)
    client, page = as_(registrar), reverse("complaints:orders")
    assert "12351 工单" in client.get(reverse("complaints:desk")).content.decode()
    assert "工单编号（必填）" in client.get(page).content.decode()
    wrong = [3, "GD2026110003", "", "", "", "没有写单位。", "", "很多", ""]
    seen = client.post(page, {"file": sheet(*ROWS, wrong)}).content.decode()
    assert "可以导入 2 条" in seen
    assert "用人单位没有填；涉及金额（元）：请填金额（元）" in seen
    assert cases() == []
    assert "陈阿明" not in sealed_in(seen)
    assert as_(other).post(page, {"sealed": sealed_in(seen)}).status_code == 422
    assert "建立 2 件，原来就有 0 件" in client.post(page, {"sealed": sealed_in(seen)}).content.decode()
    again = client.post(page, {"file": sheet()}).content.decode()
    assert "已导入过" in again
    assert "建立 0 件，原来就有 2 件" in client.post(page, {"sealed": sealed_in(seen)}).content.decode()
    [first, _] = cases()
    desk = client.get(reverse("complaints:desk-case", args=[first.uuid])).content.decode()
    assert "12351 热线，工单 GD2026110001" in desk


@pytest.mark.parametrize("bad", [b"not a sheet", b"PK\x03\x04", b""])
def test_what_is_no_sheet_is_refused_on_the_page(cast: Cast, bad: bytes) -> None:
    upload = SimpleUploadedFile("a.xlsx", bad)
    answer = as_(factories.registrar(cast)).post(reverse("complaints:orders"), {"file": upload})
    assert answer.status_code == 422


def test_a_sheet_without_its_columns_says_which(cast: Cast) -> None:
    upload = sheet(["a", "b"], header=["姓名", "备注"])
    answer = as_(factories.registrar(cast)).post(reverse("complaints:orders"), {"file": upload})
    assert "工单编号、用人单位、诉求内容" in answer.content.decode()


def test_orders_are_the_registrars_alone(cast: Cast) -> None:
    for stranger in (cast.member, cast.officer, cast.county_officer, factories.officer(cast)):
        client = as_(stranger)
        for name in ("orders", "order-results"):
            assert client.get(reverse(f"complaints:{name}")).status_code == 403
        assert client.post(reverse("complaints:orders"), {"sealed": "x"}).status_code == 403
    assert cases() == []
