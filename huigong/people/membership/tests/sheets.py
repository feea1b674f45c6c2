"""Rolls as Excel files for tests, clean and dirty."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.tests import factories

HEAD = ["姓名", "证件号码", "手机号", "所在工会", "入会日期"]


def workbook(rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = ()) -> io.BytesIO:
    """An .xlsx with these rows from A1 on."""
    book = Workbook()
    for down, row in enumerate(rows, start=1):
        for right, value in enumerate(row, start=1):
            book.active.cell(down, right).value = value
    for area in merged:
        book.active.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "花名册.xlsx"
    return file


def roll(union: str, count: int, *, name: str = "林阿{}") -> io.BytesIO:
    """A clean roll of `count` invented people of one union."""
    return workbook([HEAD, *(clean_row(union, name.format(han(index))) for index in range(count))])


def clean_row(union: str, name: str) -> list[Any]:
    """Somebody whom nobody knows."""
    return [name, factories.id_number(), accounts.next_phone(), union, date(2020, 5, 1)]


def han(index: int) -> str:
    """A number as a name may hold it: 207 → 二零七."""
    return "".join("零一二三四五六七八九"[int(digit)] for digit in str(index))
