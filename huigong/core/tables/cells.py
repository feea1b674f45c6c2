"""What a cell means: each parser takes a cell as it was typed and gives one clean value.

A parser raises `ValueError` with a sentence for the cadre who has to correct the sheet. Cells are what
Excel keeps: the same date may come as a date, a text or a number, and a long number may have lost its last
digits before we ever see it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Choices

from huigong.core import identity

Cell = str | int | float | bool | date | datetime | time | None
Parse = Callable[[Cell], Any]

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PLACEHOLDERS = frozenset({"", "/", "\\", "-", "--", "—", "——", "———", "…", "……"})
_DITTO = frozenset({"同上", "〃", "″", '"', "''", "“", "”", "ˮ"})
_NOTHING = frozenset({"无", "暂无", "没有", "不详", "未知", "空", "n/a", "null", "none"})
_GUARDED = re.compile(r"^'(?=[=+\-@\t\r\n＝＋－＠])")
_EXPORTED = re.compile(r'="([^"]*)"')
"""How some programs keep a number in a CSV as text."""
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]{2}")

DIGITS_LOST = (
    "这个数字太长，Excel 已把后几位变成 0（如 3.50524E+17），找不回来。"
    "请先把这一列的格式设成“文本”，再重新填写。"
)
_FORMULAS = {
    "#公式没有结果": "这一格是公式，还没有算出结果。请用 Excel 或 WPS 打开，保存一次再传，或直接填写内容。",
    "#公式出错": "这一格的公式出错了（如 #N/A、#REF!）。请改成直接填写的内容。",
}
"""What the reader puts into cells whose formula gave nothing."""


def is_blank(cell: Cell) -> bool:
    """Nothing in it, or a stroke that stands for nothing."""
    if not isinstance(cell, str):
        return cell is None
    if cell.isalnum():
        return False
    return cell.isspace() or (len(cell) < 10 and _tidy(cell) in _PLACEHOLDERS)


def says_nothing(cell: Cell) -> bool:
    """A word for nothing (无, 不详 …). It leaves an optional column empty and is no answer in another."""
    return isinstance(cell, str) and _tidy(cell).lower() in _NOTHING


def is_ditto(cell: Cell) -> bool:
    """Means what stands above."""
    return isinstance(cell, str) and len(cell) < 5 and _tidy(cell) in _DITTO


def as_text(cell: Cell) -> str:
    """The cell as the cadre reads it, without stray spaces; refuses numbers that lost their last digits."""
    if isinstance(cell, str):
        if cell.isalnum():  # nothing to tidy; most cells are so, and a roll has a million of them
            return cell
        text = _EXPORTED.sub(r"\1", _GUARDED.sub("", _tidy(cell)))
        if text in _FORMULAS:
            raise ValueError(_FORMULAS[text])
        if _SCIENTIFIC.fullmatch(text):
            raise ValueError(DIGITS_LOST)
        return text
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number_as_text(cell)
    return "" if cell is None else str(cell)


def _tidy(text: str) -> str:
    return _INVISIBLE.sub("", text).strip()


def _number_as_text(number: float) -> str:
    """Excel keeps 15 significant digits; a longer whole number is no longer what was typed."""
    if not abs(number) < 1e15:
        raise ValueError(DIGITS_LOST)
    return str(int(number)) if number == int(number) else repr(number)


# --- Text, people, units


def text(max_length: int = 200) -> Parse:
    def parse(cell: Cell) -> str:
        value = as_text(cell)
        if len(value) > max_length:
            raise ValueError(f"最多 {max_length} 个字，现在有 {len(value)} 个。")
        return value

    return parse


def name(cell: Cell) -> str:
    if says_nothing(cell):
        raise ValueError("请填写姓名。")
    return identity.parse_name(as_text(cell))


def id_number(cell: Cell) -> identity.IdNumber:
    """A resident ID number; says so when Excel, not the cadre, spoilt it."""
    number = identity.normalise_number(as_text(cell))
    try:
        return identity.parse_id_number(number)
    except ValueError:
        if re.fullmatch(r"[0-9]{15}000", number):
            raise ValueError(DIGITS_LOST) from None
        raise


def document_number(cell: Cell) -> str:
    """A number of any document; which kind it must be, another column says (`identity.parse_document`)."""
    number = identity.normalise_number(as_text(cell))
    if not 5 <= len(number) <= 20:
        raise ValueError("证件号码应为 5 至 20 位，请核对。")
    return number


def phone(cell: Cell) -> str:
    written = re.sub(r"\.0+$", "", as_text(cell))  # a number that was made text by another program
    if len(re.findall(r"1[3-9][0-9]{9}", written)) > 1:
        raise ValueError("这里有不止一个手机号，请只留一个。")
    return identity.normalise_phone(written)


def credit_code(cell: Cell) -> str:
    return identity.normalise_credit_code(as_text(cell))


# --- Numbers and choices


def whole(minimum: int = 0, maximum: int = 10**9) -> Parse:
    """A whole number; 1,200 and １２ and 12.0 and 12人 are fine."""

    def parse(cell: Cell) -> int:
        written = unicodedata.normalize("NFKC", as_text(cell)).replace(",", "").replace(" ", "")
        written = re.sub(r"(?<=[0-9])[人名个]$", "", written)
        if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.0+)?", written):
            raise ValueError("请填整数。")
        value = int(float(written))
        if not minimum <= value <= maximum:
            raise ValueError(f"应在 {minimum} 至 {maximum} 之间。")
        return value

    return parse


def choice(options: type[Choices] | Mapping[Any, str], also: Mapping[str, Any] | None = None) -> Parse:
    """One of a code list, written as its label, its code, or both (``01 独立``, ``在岗(1)``).

    `also` maps further wordings to codes.
    """
    labels: dict[Any, str]
    labels = {member: str(member.label) for member in options} if isinstance(options, type) else dict(options)
    known: dict[str, Any] = {}
    for code, label in labels.items():
        known.update(
            {_loose(form): code for form in (str(code), str(label), f"{code}{label}", f"{label}{code}")}
        )
        known.setdefault(_loose(str(code)).lstrip("0") or "0", code)
    known.update({_loose(wording): code for wording, code in (also or {}).items()})
    refusal = f"不在可选范围内，请填：{_listed(labels.values())}。"

    def parse(cell: Cell) -> Any:
        written = as_text(cell)
        code = known.get(_loose(written), known.get(_unnumbered(written)))
        if code is None:
            raise ValueError(f"“{written[:20]}”{refusal}")
        return code

    return parse


def _loose(written: str) -> str:
    """Compared without case, spaces and the signs that part a code from its label."""
    return re.sub(r"[\s.、:：,\-_()\[\]【】]+", "", unicodedata.normalize("NFKC", written)).casefold()


def _unnumbered(written: str) -> str:
    """Without a number of somebody's own code list before or behind the words: 01 企业职工, 企业职工(1)."""
    words = re.sub(r"^[0-9]{1,2}(?=[^0-9])|(?<=[^0-9])[0-9]{1,2}$", "", _loose(written))
    return "" if words.isdecimal() else words


def _listed(labels: Iterable[str]) -> str:
    every = list(labels)
    return "、".join(every[:8]) + (" 等" if len(every) > 8 else "")


sex = choice(identity.Sex, also={"男性": "1", "女性": "2", "m": "1", "f": "2", "male": "1", "female": "2"})

yes_no = choice(
    {True: "是", False: "否"},
    also={
        **dict.fromkeys(["有", "√", "✓", "✔", "对", "y", "yes", "1", "t"], True),
        **dict.fromkeys(["无", "没有", "×", "✗", "错", "n", "no", "0", "f", "不是"], False),
    },
)


# --- Dates

_SERIALS = range(10_000, 73_051)
"""Excel counts days from 1900; these are 1927-05-18 to 2099-12-31."""
_EPOCH = date(1899, 12, 30)
_PARTED = re.compile(
    r"([0-9]{4})\s*[-/.,。、·\\_年\s]\s*([0-9]{1,2})\s*(?:[-/.,。、·\\_月\s]\s*([0-9]{1,2})\s*[日号]?|月份?)?[.。]?"
)
_RUN_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})|((?:19|20)(?:00|1[3-9]|[2-9][0-9]))([0-9]{2})")
"""YYYYMMDD, and YYYYMM where the year's last digits cannot be a month: 201105 may also be 5 November 2020."""
_CLOCK = re.compile(r"[\sT]+[0-9]{1,2}(:[0-9]{1,2}){1,2}(\.[0-9]+)?$")
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_SHORT_YEAR = re.compile(r"'?[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*([-/.月]\s*([0-9]{1,2}\s*[日号]?)?)?|[0-9]{6}")
_YEAR_LAST = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}")

NO_DATE = "不是日期，请写成 1990-01-01 这样。"


def day(cell: Cell) -> date:
    """A date in any common writing. A month alone means its first day.

    Refused, because they can be read in two ways: two-digit years, the year at the end, and the number
    1990.1, which Excel also shows for 1990.10.
    """
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _day_from_number(cell)
    return _day_from_text(as_text(cell))


def _day_from_number(number: float) -> date:
    written = _number_as_text(number)
    if re.fullmatch(r"(19|20)[0-9]{2}\.1", written):
        raise ValueError("分不清是 1 月还是 10 月，请写成 1990-01-01 这样。")
    if int(number) in _SERIALS:
        return _EPOCH + timedelta(days=int(number))
    return _day_from_text(written)


def _day_from_text(written: str) -> date:
    written = _arabic(unicodedata.normalize("NFKC", written).strip("' "))
    written = _CLOCK.sub("", re.sub(r"[\u2010-\u2015\u2212~]", "-", written))
    if match := _PARTED.fullmatch(written) or _RUN_TOGETHER.fullmatch(written):
        year, month, *number = (int(part) for part in match.groups() if part)
        return _calendar_day(year, month, *number)
    if re.fullmatch(r"[0-9]{5}", written) and int(written) in _SERIALS:
        return _EPOCH + timedelta(days=int(written))
    if re.fullmatch(r"(19|20)[0-9]{2}年?", written):
        raise ValueError("只有年份，请补上月和日。")
    if _SHORT_YEAR.fullmatch(written):
        raise ValueError("年份要写四位，请写成 1990-01-01 这样。")
    if _YEAR_LAST.fullmatch(written):
        raise ValueError("分不清哪个是月、哪个是日，请写成 1990-01-01 这样。")
    raise ValueError(NO_DATE)


def _arabic(written: str) -> str:
    """一九九〇年十二月三日 → 1990年12月3日."""
    written = re.sub(
        r"([二三]?)十([一二三四五六七八九]?)", lambda ten: f"{ten[1] or '一'}{ten[2] or '〇'}", written
    )
    return written.translate(_HAN_DIGITS)


def _calendar_day(year: int, month: int, number: int = 1) -> date:
    try:
        value = date(year, month, number)
    except ValueError:
        raise ValueError("没有这一天，请核对年月日。") from None
    return _plausible(value)


def _plausible(value: date) -> date:
    if not 1900 <= value.year <= 2100:
        raise ValueError("年份应在 1900 至 2100 之间，请核对。")
    return value
