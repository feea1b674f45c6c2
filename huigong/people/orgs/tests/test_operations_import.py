"""Lists of unions as federations have them: what is taken in, and why each other row is not."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from huigong.core import verify
from huigong.core.audit import SYSTEM
from huigong.core.identity import credit_check_character
from huigong.core.models import AuditRow
from huigong.core.tables import Summary, TableRefused
from huigong.people.orgs import operations
from huigong.people.orgs.models import Union
from tests.cast import Cast

HEAD = [
    "工会名称",
    "上级工会",
    "工会类型",
    "工会统一社会信用代码",
    "统一社会信用代码",
    "职工人数",
    "建会时间",
    "电话",
]


def code(serial: int) -> str:
    body = f"8135059000000{serial:04d}"
    return body + credit_check_character(body)


@pytest.fixture
def take_in(cast: Cast, tmp_path: Path) -> Any:
    def run(rows: list[list[Any]], **options: Any) -> Summary:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / "unions.xlsx")
        return operations.import_unions(
            tmp_path / "unions.xlsx", **{"scope": cast.county, "actor": SYSTEM} | options
        )

    return run


def told(summary: Summary) -> dict[tuple[int, str], str]:
    return {(fault.row, fault.field): fault.reason for fault in summary.rejections}


def dirty(cast: Cast) -> list[list[Any]]:
    return [
        ["惠安县基层工会花名册"],
        ["填报单位：县总工会", None, None, None, None, None, "2026年11月"],
        HEAD,
        # a child above its parent, a code with its label, full-width digits
        ["紫山镇甲厂工会", "紫山镇总工会", "01 独立", code(1), None, "１２０", "2019年3月", "0595-87380001"],
        ["紫山镇总工会", None, None, None, None, None, None, None],
        ["螺城石雕厂 工会", "螺城镇总工会", None, None, code(2), 300, "2018.5.1", None],
        ["崇武海产公司工会", "螺城镇总工会", None, None, None, None, None, None],
        ["黄塘镇乙厂工会", "黄塘镇总工会", None, None, None, None, None, None],
        ["丙厂工会", "紫山镇总工会", "俱乐部", None, None, "三百", "去年", "无"],
        ["丁厂工会", None, None, code(1)[:17] + "0", None, None, None, "打错了"],
        ["紫山镇甲厂工会委员会", "紫山镇总工会", None, None, None, None, None, None],
        ["戊厂", None, None, None, None, None, None, None],
        ["庚厂工会", "辛厂工会", None, None, None, None, None, None],
        ["辛厂工会", "庚厂工会", None, None, None, None, None, None],
        ["壬厂工会", "丙厂工会", None, None, None, None, None, None],
        ["癸厂工会", None, "独立", None, code(2), None, None, None],
        [None, "紫山镇总工会", None, None, None, 5, None, None],
        ["子镇总工会", "紫山镇总工会", None, None, None, None, None, None],
        ["合计", "15个"],
    ]


def test_a_dirty_list_is_taken_in_and_every_bad_row_explained(cast: Cast, take_in: Any) -> None:
    summary = take_in(dirty(cast))
    assert (summary.rows, summary.created, summary.updated, summary.rejected) == (15, 2, 1, 12)
    expected = {
        (7, "parent"): "它在平台上的上级是崇武镇总工会",
        (8, "parent"): "没有找到“黄塘镇总工会”",
        (9, "kind"): "“俱乐部”不在可选范围内",
        (9, "worker_count"): "请填整数",
        (9, "founded_on"): "不是日期",
        (10, "uscc"): "最后一位对不上",
        (10, "contact_phone"): "不是电话号码",
        (11, "name"): "与第 4 行是同一个工会",
        (12, "name"): "请写工会全称",
        (13, "parent"): "绕了一圈",
        (14, "parent"): "第 13 行，那一行没有导入",
        (15, "parent"): "第 9 行，那一行没有导入",
        (16, "unit_uscc"): "这个单位已有“螺城石雕厂工会”",
        (17, "name"): "工会名称没有填",
        (18, "parent"): "级别要高于它",
    }
    found = told(summary)
    assert len(summary.rejections) == len(expected)
    assert found.keys() == expected.keys()
    for where, words in expected.items():
        assert words in found[where], where
    made = Union.objects.get(name="紫山镇甲厂工会")
    assert made.parent.name == "紫山镇总工会"
    assert (made.parent.kind, made.parent.level) == ("township", Union.Level.TOWNSHIP)
    assert (made.uscc, made.worker_count, made.founded_on.isoformat()) == (code(1), 120, "2019-03-01")
    assert made.is_established
    assert Union.objects.get(pk=cast.union.pk).unit_uscc == code(2)
    assert all(finding.ok for finding in verify.run())


def test_a_second_run_changes_nothing(cast: Cast, take_in: Any) -> None:
    take_in(dirty(cast))
    before = list(Union.objects.order_by("pk").values())
    again = take_in(dirty(cast))
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 12)
    assert list(Union.objects.order_by("pk").values()) == before


def test_a_trial_says_the_same_and_writes_nothing(cast: Cast, take_in: Any) -> None:
    before, audited = list(Union.objects.order_by("pk").values()), AuditRow.objects.count()
    tried = take_in(dirty(cast), dry_run=True)
    assert list(Union.objects.order_by("pk").values()) == before
    assert AuditRow.objects.count() == audited
    assert asdict(tried) == asdict(take_in(dirty(cast)))


def test_the_report_is_the_sheet_with_an_outcome_beside_each_row(
    cast: Cast, take_in: Any, tmp_path: Path
) -> None:
    take_in(dirty(cast), report=tmp_path / "report.xlsx")
    rows = list(load_workbook(tmp_path / "report.xlsx").active.iter_rows(values_only=True))
    assert rows[2][-2:] == ("结果", "原因")
    assert rows[3][0] == "紫山镇甲厂工会"
    assert [row[-2] for row in rows[3:7]] == ["新增", "新增", "更新", "未导入"]
    assert rows[4][-1] == "工会类型没有填，按名称登记为“乡镇（街道）工会”。"
    assert rows[5][-1] == "更新了单位信用代码、职工人数、建会日期。"
    assert rows[18][-2:] == ("跳过", "合计行")


def test_only_what_lies_below_is_found_or_named(cast: Cast, take_in: Any) -> None:
    summary = take_in([HEAD, ["新厂工会", "崇武镇总工会"], ["本镇新厂工会", None]], scope=cast.township)
    assert told(summary) == {
        (2, "parent"): "在螺城镇总工会范围内没有找到“崇武镇总工会”，请填全称或信用代码。"
    }
    assert Union.objects.get(name="本镇新厂工会").parent == cast.township


def test_a_credit_code_of_another_union_is_refused_and_the_rest_goes_on(cast: Cast, take_in: Any) -> None:
    Union.objects.filter(pk=cast.neighbour.pk).update(uscc=code(7))
    rows = [HEAD, ["甲厂工会", None, None, code(7)], ["乙厂工会"]]
    assert told(take_in(rows, scope=cast.township))[2, "uscc"].startswith(
        "这个工会信用代码已登记在另一个工会"
    )
    assert "与名称不是同一个工会" in told(take_in([HEAD, [cast.union.name, None, None, code(7)]]))[2, "uscc"]
    assert Union.objects.filter(name="乙厂工会", parent=cast.township).count() == 1


@pytest.mark.parametrize(("state", "says"), [("recruiting", "正在建会"), ("dissolved", "已撤销")])
def test_unions_that_do_not_stand_are_left_alone(cast: Cast, take_in: Any, state: str, says: str) -> None:
    Union.objects.filter(pk=cast.union.pk).update(state=state)
    assert says in told(take_in([HEAD, [cast.union.name, None, None, None, None, 9]]))[2, "name"]
    assert Union.objects.get(pk=cast.union.pk).worker_count == 0


def test_a_file_without_names_of_unions_is_refused_as_a_whole(take_in: Any) -> None:
    with pytest.raises(TableRefused, match="没有找到“工会名称”"):
        take_in([["电话", "职工人数"], ["1", 5]])
