"""What may stand in an answer of each kind. Values come from a form as text, or from the API typed.

Each check gives the stored form, plain JSON, and raises `ValueError` with a sentence for the member.
Checking a stored answer again gives the same answer.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from huigong.core import identity
from huigong.core.tables import cells

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,2})?")


def long_text(value: Any, *, max_length: int) -> str:
    if not isinstance(value, str):
        raise ValueError("请填写文字。")
    written = _CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(written) > max_length:
        raise ValueError(f"最多 {max_length} 个字，现在有 {len(written)} 个。")
    return written


def text(value: Any, *, max_length: int) -> str:
    """One line: line ends become spaces."""
    return " ".join(long_text(value, max_length=max_length).split("\n"))


def one_of(value: Any, options: Sequence[str]) -> str:
    if value not in options:
        raise ValueError("请从选项里选一个。")
    return str(value)


def some_of(value: Any, options: Sequence[str], low: int | None, high: int | None) -> list[str]:
    """Some of the options, in the order in which they are asked."""
    if not isinstance(value, list | tuple) or any(chosen not in options for chosen in value):
        raise ValueError("请从选项里选择。")
    chosen = [option for option in options if option in value]
    if low is not None and len(chosen) < low:
        raise ValueError(f"至少选 {low} 个。")
    if high is not None and len(chosen) > high:
        raise ValueError(f"最多选 {high} 个。")
    return chosen


def number(value: Any, low: int | None, high: int | None) -> int | float:
    """A number with at most two decimals."""
    written = "" if isinstance(value, bool) else unicodedata.normalize("NFKC", str(value)).strip()
    if not _NUMBER.fullmatch(written):
        raise ValueError("请填数字，小数最多两位。")
    given = float(written)
    if (low is not None and given < low) or (high is not None and given > high):
        raise ValueError(_range_sentence(low, high))
    return int(given) if given == int(given) else given


def _range_sentence(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"请填 {low} 至 {high} 之间的数。"
    return f"不能小于 {low}。" if low is not None else f"不能大于 {high}。"


def files(value: Any, most: int) -> list[str]:
    """Names of files that were taken in beforehand by whoever asks."""
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ValueError("请上传文件。")
    if len(value) > most:
        raise ValueError(f"最多上传 {most} 个。")
    return list(value)


def day(value: Any) -> str:
    """A date in any common writing, stored as 2026-01-31."""
    if not isinstance(value, str | date):
        raise ValueError(cells.NO_DATE)
    return cells.day(value).isoformat()


def yes_no(value: Any) -> bool:
    if not isinstance(value, bool | str):
        raise ValueError("请选择“是”或“否”。")
    try:
        return bool(cells.yes_no(value))
    except ValueError:
        raise ValueError("请选择“是”或“否”。") from None


def phone(value: Any) -> str:
    return identity.normalise_phone(_written(value))


def id_number(value: Any) -> str:
    return identity.parse_id_number(_written(value)).number


def _written(value: Any) -> str:
    """Numbers must come as text: as JSON numbers they may already have lost digits."""
    if not isinstance(value, str):
        raise ValueError("请按文字填写号码。")
    return value
