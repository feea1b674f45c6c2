"""Spreadsheets as cadres really have them, with every kind of dirt. Nobody in them exists."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from huigong.core.identity import check_digit

_HEADINGS = [
    "姓  名",
    "性别(男/女)",
    "公民身份号码",
    "联系电话",
    "所属基层工会",
    "入会年月",
    "工种",
    "用的什么工",
    "备注",
]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
UNION = "惠安县磐艺石雕有限公司工会"
COLD = "惠安县福岬海洋冷冻有限公司工会"


@dataclass(frozen=True)
class Somebody:
    name: str
    number: str
    phone: str


def number(born: str, serial: int) -> str:
    """An ID number under a code of region that does not exist, so that it is nobody's; an odd serial is a man's."""
    body = f"350590{born}{serial:03d}"
    return body + check_digit(body)


CLAIMANT = Somebody("邱雅琴", number("19920516", 482), "16400008001")
"""Stands on the roll and will claim the record."""
JOINER = Somebody("许晓燕", number("19950830", 624), "")
"""Stands on no roll and will apply; logs in with the applicant's demo account."""


# 姓名 性别 证件号码 电话 工会 入会年月 工种 用的什么工 备注, grouped by what is wrong or odd about them
def _dirty_rows(elsewhere: Somebody) -> list[tuple[Any, ...]]:
    young = date.today().year - 15  # noqa: DTZ011 the year is enough
    wrong = number("19821015", 451)[:17] + ("1" if number("19821015", 451)[17] != "1" else "2")
    twice = number("19880312", 215)
    spaced = f"+86 {CLAIMANT.phone[:3]} {CLAIMANT.phone[3:7]} {CLAIMANT.phone[7:]}"
    return [
        # fine in the end: spaces in a name, full-width digits, +86, the union's short name
        ("邱 雅 琴", "女", CLAIMANT.number.translate(WIDE), spaced, "磐艺石雕工会", "2019年3月", "雕刻工", "企业职工"),
        # codes for labels and both together, an apostrophe before the number, spaces around the union
        ("苏阿坤", 1, "'" + number("19791102", 337), "164-0000-8002", f" {UNION}　", "2018.7.1", "锯工", "01企业职工"),
        # a real date, a small x
        ("何小芳", "女", number("19930708", 366).lower(), 16400008003, UNION, date(2020, 5, 6), "质检", None, "  "),
        # another middle dot, the phone full-width, the date as the number that Excel makes of it
        ("阿依古丽•买买提", "女性", number("19960421", 528), "１６４００００８００４", UNION, 43525),
        # rare characters, the date run together, the union's committee for the union
        ("𬱖文𬭎", "男", number("19850919", 173), "16400008005", "惠安县磐艺石雕有限公司工会委员会", "20170801"),
        (),  # an empty line in between
        ("蔡建国", "男", float(number("19751230", 199)), "16400008006", UNION, "2015-01-01", None, None, "数字"),
        ("陈 错", "男", wrong, "16400008007", UNION, "2016/3/1"),
        ("林小弟", "男", number(f"{young}0601", 119), "16400008008", UNION, "2026.9.1", "学徒"),
        ("黄水生", "男", twice, "16400008009", UNION, "二〇一八年三月", "搬运工"),
        ("黄水生", "男", twice, "16400008009", UNION, "2018.3", "搬运工"),
        (elsewhere.name, None, elsewhere.number, elsewhere.phone, UNION, "2021.4.1"),
        ("吴美珠", "女", number("19900214", 242), "16400008012", "盘艺石雕厂工会", "2019.6.1", "包装工"),
        ("庄晓东", "女", number("19870525", 315), "16400008013", UNION, "2019.6.1"),
        ("骆金花", "女", number("19911201", 446), "0595-87380000", UNION, "90.6.1"),
        ("张丽", "女", "350590910203123", "16400008015", UNION, "2012", None, "农民工"),
        (None, "男", number("19831111", 237), "16400008016", UNION, "2019.6.1"),
        ("林志伟", "男", number("19860606", 377), "16400008017", UNION, "=DATE(2019,6,1)", "司机"),
        ("FATIMA NOOR", "女", "EB7654321", "16400008018", UNION, "2022.2.2", "翻译", None, "护照"),
        ("康冷冻", "男", number("19890909", 259), "16400008019", COLD, "2023.3.8", "冷冻工"),
    ]  # fmt: skip


def write_roll(path: Path, *, elsewhere: Somebody) -> Path:
    """The roll of a township. `elsewhere` is on another union's roll already."""
    book = Workbook()
    sheet = book.active
    sheet.title = "山霞镇"
    sheet.append(["山霞镇基层工会会员花名册"])
    sheet.append(["填报单位：山霞镇总工会（盖章）", *[None] * 6, "填报日期：2026年11月"])
    sheet.append(["序号", "基本信息", *[None] * 3, "工会信息", *[None] * 2, "其他"])
    sheet.append([None, *_HEADINGS])
    serial = 0
    for row in _dirty_rows(elsewhere):
        serial += bool(row)
        sheet.append([serial, *row] if row else [])
    sheet.append(["合计", f"{serial}人"])
    sheet.append(["填表人：苏文", *[None] * 4, "审核人：何方"])
    for area in ("A1:J1", "A3:A4", "B3:E3", "F3:H3", "I3:J3"):
        sheet.merge_cells(area)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A1"].alignment = Alignment(horizontal="center")
    book.create_sheet("填表说明").append(["本表由乡镇填写，一人一行。"])
    book.save(path)
    return path


def write_long_roll(path: Path, *, people: int = 12_000) -> Path:
    """A clean roll that takes a while."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("全镇")
    sheet.append(["姓名", "身份证号", "所在工会"])
    for index in range(people):
        day = date(1970, 1, 1) + timedelta(days=index // 20)
        name = "林" + "".join("安平远志明海山川文华"[int(digit)] for digit in f"{index:05d}"[1:3])
        sheet.append([name, number(f"{day:%Y%m%d}", 700 + index % 20), UNION])
    book.save(path)
    return path
