"""Orders of the hotline 12351: what its sheet says, and what became of those that were taken in."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from huigong.core import tables
from huigong.core.formats import day_zh
from huigong.core.tables import Column, Schema, TableRefused, cells
from huigong.core.vault import vault
from huigong.services.complaints.models import Case, Entry
from huigong.services.complaints.permissions import Scope, index_of_order

MOST_ORDERS = 200
_cause = cells.choice(Case.Cause, {"工资": "wages", "欠薪": "wages", "加班": "overtime", "社保": "insurance"})


def _cause_or_other(cell: cells.Cell) -> str:
    """The hotline has kinds of its own: what does not fit ours is for the handler to sort."""
    try:
        return _cause(cell)
    except ValueError:
        return Case.Cause.OTHER


def _yuan(cell: cells.Cell) -> int:
    """Fen."""
    written = cells.as_text(cell).replace(",", "").removesuffix("元")
    try:
        amount = Decimal(written)
    except InvalidOperation:
        raise ValueError("请填金额（元）。") from None
    if not 0 <= amount < 10**8:
        raise ValueError("金额应在 0 至 1 亿元之间。")
    return int(amount * 100)


ORDERS = Schema(
    columns=(
        Column("order", "工单编号", cells.text(40), ("工单号", "工单编码", "受理编号"), required=True),
        Column(
            "employer",
            "用人单位",
            cells.text(60),
            ("单位名称", "被诉单位", "涉及单位", "企业名称"),
            required=True,
        ),
        Column("employer_code", "信用代码", cells.credit_code, ("统一社会信用代码",)),
        Column(
            "narrative",
            "诉求内容",
            cells.text(5000),
            ("反映内容", "工单内容", "问题描述"),
            required=True,
        ),
        Column("wanted", "希望怎样解决", cells.text(500), ("期望结果", "诉求目的")),
        Column("cause", "事由", _cause_or_other, ("问题类型", "诉求事由", "问题分类")),
        Column("people_affected", "涉及人数", cells.whole(1, 100_000), ("人数",)),
        Column("amount_fen", "涉及金额（元）", _yuan, ("涉及金额", "金额")),
        Column("name", "诉求人", cells.text(40), ("来电人", "诉求人姓名", "职工姓名")),
        Column("phone", "联系电话", cells.text(30), ("来电号码", "电话", "手机号")),
    ),
    unique=("order",),
)


@dataclass(frozen=True)
class OrderLine:
    """One row of the sheet: what it says, or what is wrong with it."""

    row: int
    values: dict[str, Any]
    wrong: str
    is_known: bool = False


def read_orders(file: IO[bytes]) -> list[OrderLine]:
    """The orders of a sheet. Raises `TableRefused` for one that is none, lacks a column or is too long."""
    sheet = tables.open_sheet(file, ORDERS)
    mapping = tables.propose_mapping(sheet, ORDERS)
    if missing := "、".join(column.label for column in ORDERS.missing(mapping)):
        raise TableRefused(f"表里找不到这些列：{missing}。请核对表头。")
    rows = list(tables.read_rows(sheet, ORDERS, mapping))
    if len(rows) > MOST_ORDERS:
        raise TableRefused(f"一次最多 {MOST_ORDERS} 条工单，这份有 {len(rows)} 条，请分开上传。")
    labels = {column.name: column.label for column in ORDERS.columns}
    lines = [
        OrderLine(
            row.number,
            {key: value for key, value in row.values.items() if value is not None},
            "；".join(_fault(labels[error.field], error.reason) for error in row.errors),
        )
        for row in rows
    ]
    return _with_known(lines)


def _fault(label: str, reason: str) -> str:
    words = reason.rstrip("。")
    return words if words.startswith(label) else f"{label}：{words}"


def _with_known(lines: list[OrderLine]) -> list[OrderLine]:
    indexes = {line.row: index_of_order(line.values["order"]) for line in lines if not line.wrong}
    with vault():
        found = Case.objects.filter(token_index__in=indexes.values())
        known = set(found.values_list("token_index", flat=True))
    return [
        OrderLine(line.row, line.values, line.wrong, is_known=indexes.get(line.row) in known)
        for line in lines
    ]


_SAYS = {
    Case.State.DECLINED: Entry.Kind.DECLINED,
    Case.State.TRANSFERRED: Entry.Kind.TRANSFERRED,
}
TOLD = (Case.State.REPLIED, Case.State.VISITED, Case.State.CLOSED, *_SAYS)
RESULT_HEADER = ("工单编号", "提交日期", "状态", "办结日期", "办理结果")


def told_orders(scope: Scope) -> list[Case]:
    """Orders within `scope` about which there is something to tell the hotline. Inside the vault."""
    return list(scope.cases().filter(source=Case.Source.HOTLINE, state__in=TOLD).order_by("pk"))


def result_rows(cases: Iterable[Case]) -> list[tuple[str, ...]]:
    """What to tell the hotline about each. Inside the vault, by an operation that notes the reading."""
    return [_result(case) for case in cases]


def _result(case: Case) -> tuple[str, ...]:
    kind = _SAYS.get(Case.State(case.state), Entry.Kind.REPLIED)
    entry = Entry.objects.filter(case=case, kind=kind).order_by("-pk").first()
    words = case.unseal("entry", entry.words_sealed) if entry else {}
    said = " ".join(words[name] for name in ("body", "text") if name in words)
    return (
        case.unseal("content", case.content_sealed)["order"],
        day_zh(case.lodged_on),
        case.get_state_display(),
        day_zh(case.closed_on) if case.closed_on else "",
        said,
    )
