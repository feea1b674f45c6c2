"""Reading accounts from a spreadsheet: into the form, where a person looks at them before anything is kept."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO

from huigong.core.tables import Column, Schema, TableRefused, open_sheet, propose_mapping, read_rows
from huigong.core.tables import cells as sheet_cells
from huigong.services.funds.models import Line

OPENING, CLOSING = "上期结余", "本期结余"
_SAME = {
    "上年结余": "opening",
    "年初结余": "opening",
    "期初结余": "opening",
    "期末结余": "closing",
    "年末结余": "closing",
    "结余": "closing",
    "会费": "dues",
    "拨缴经费": "allocated",
    "上级补助收入": "subsidy",
    "上级工会补助": "subsidy",
    "行政补助": "employer",
    "投资收入": "investment",
    "活动支出": "activities",
    "职工活动费": "activities",
    "维权费": "rights",
    "业务费": "business",
    "资本支出": "capital",
}
_NAMES = (
    {OPENING: "opening", CLOSING: "closing"}
    | {category.label: category.value for category in Line.Category}
    | _SAME
)
_MOST = Decimal(10) ** 11


def _money(cell: sheet_cells.Cell) -> int:
    """Fen, from a number or a text such as ￥1,234.50元. Refuses less than a fen and what is no amount."""
    written = re.sub(r"[,，\s￥¥元]", "", sheet_cells.as_text(cell))
    try:
        amount = Decimal(written)
    except InvalidOperation:
        raise ValueError("这里要填金额，以元为单位，如 12345.60。") from None
    amount = round(amount, 4)
    if not amount.is_finite() or not 0 <= amount < _MOST:
        raise ValueError("金额不能是负数，也不能太大。")
    if amount != round(amount, 2):
        raise ValueError("金额最多两位小数，到分为止。")
    return int(amount * 100)


_SCHEMA = Schema(
    (
        Column("name", "科目", sheet_cells.text(60), ("项目", "收支项目", "收支科目", "名称", "内容")),
        Column("amount", "金额", _money, ("金额（元）", "本期数", "决算数", "实际数", "本年数", "累计数")),
    )
)


@dataclass
class Reading:
    """What a sheet says: fen by name of the field, which of its lines could not be used and why."""

    amounts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_sheet(file: IO[bytes]) -> Reading:
    """Look through a spreadsheet with headings 科目 and 金额; nothing is kept. No table is a problem too."""
    found = Reading()
    try:
        sheet = open_sheet(file, _SCHEMA)
        mapping = propose_mapping(sheet, _SCHEMA)
        if not {"name", "amount"} <= mapping.columns.keys():
            return Reading(problems=["没有找到“科目”和“金额”这两列，请改表头，或下载空表填写。"])
        rows = list(read_rows(sheet, _SCHEMA, mapping))
    except TableRefused as refused:
        return Reading(problems=[str(refused)])
    for row in rows:
        name = _plain(row.values["name"] or "")
        found.problems += [f"第 {row.number} 行“{name}”：{error.reason}" for error in row.errors]
        if row.values["amount"] is not None:
            _take(found, row.number, name, row.values["amount"])
    return found


def _take(found: Reading, number: int, name: str, amount: int) -> None:
    key = _NAMES.get(name)
    if key is None:
        found.problems.append(f"第 {number} 行“{name}”不是规定的科目，请并入最接近的一项。")
    elif key in found.amounts:
        found.problems.append(f"第 {number} 行“{name}”前面已经有了，只用了第一次的。")
    else:
        found.amounts[key] = amount


def _plain(name: str) -> str:
    """一、会费收入（元） is 会费收入."""
    name = re.sub(r"[\s:：]", "", re.sub(r"[（(].*?[)）]", "", name))
    return re.sub(r"^(其中|[一二三四五六七八九十0-9]+[、.．])+", "", name)
