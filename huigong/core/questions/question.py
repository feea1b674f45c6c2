"""One question: what a cadre may ask, and what counts as an answer."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from huigong.core import identity
from huigong.core.questions import answers


class SchemaInvalid(ValueError):
    """The list of questions cannot be used. The sentence is for the cadre who wrote it."""


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    FILES = "files"


_CHECKS: dict[Kind, Callable[["Question", Any], Any]] = {
    Kind.TEXT: lambda question, value: answers.text(value, max_length=100),
    Kind.LONG_TEXT: lambda question, value: answers.long_text(value, max_length=1000),
    Kind.SINGLE: lambda question, value: answers.one_of(value, question.options),
    Kind.MULTIPLE: lambda question, value: answers.some_of(
        value, question.options, question.min, question.max
    ),
    Kind.NUMBER: lambda question, value: answers.number(value, question.min, question.max),
    Kind.DATE: lambda question, value: answers.day(value),
    Kind.YES_NO: lambda question, value: answers.yes_no(value),
    Kind.PHONE: lambda question, value: answers.phone(value),
    Kind.ID_NUMBER: lambda question, value: answers.id_number(value),
    Kind.FILES: lambda question, value: answers.files(value, question.max or MOST_FILES),
}
_MASKS = {Kind.PHONE: identity.mask_phone, Kind.ID_NUMBER: identity.mask_id}
_CHOICES = (Kind.SINGLE, Kind.MULTIPLE)
MOST_FILES = 5
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Condition:
    """The question is asked only of who gave the question `id` one of `answers`; yes and no are 是 and 否."""

    id: str
    answers: tuple[str, ...]

    def holds(self, given: Mapping[str, Any]) -> bool:
        answer = given.get(self.id)
        if isinstance(answer, bool):
            return ("是" if answer else "否") in self.answers
        chosen = answer if isinstance(answer, list) else [answer]
        return any(each in self.answers for each in chosen)


@dataclass(frozen=True, slots=True)
class Question:
    """`id` stays when the label is reworded: answers are kept by it. `why` is shown as the reason for asking.

    `min` and `max` bound a number, or how many options may be ticked. `section` is the heading that begins with
    this question. The answer to a `private` one (health, income) is kept encrypted, whatever its kind.
    """

    id: str
    kind: Kind
    label: str
    required: bool = False
    help: str = ""
    why: str = ""
    options: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    section: str = ""
    private: bool = False
    only_if: Condition | None = None

    @property
    def is_sensitive(self) -> bool:
        """Kept encrypted, masked in lists and exports."""
        return self.private or self.kind in _MASKS

    def is_asked(self, given: Mapping[str, Any]) -> bool:
        """Is it asked of who gave the answers `given` to what stands before it?"""
        return self.only_if is None or self.only_if.holds(given)

    def clean(self, value: Any) -> Any:
        """The answer as it is stored (text, number, bool or list), or None for none.

        Raises `ValueError` with a sentence when it is required and missing, or does not fit.
        """
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise ValueError("请选择。" if self.options or self.kind == Kind.YES_NO else "请填写。")
            return None
        return _CHECKS[self.kind](self, value)

    def shown(self, answer: Any, *, masked: bool = True) -> Any:
        """A stored answer for a spreadsheet or page: dates as dates, 是 and 否, several choices in one text.

        Never fails: the question may have been of another kind when the answer was given.
        """
        if answer is None:
            return ""
        if masked and self.private:
            return "（已填写，保密）"
        if isinstance(answer, bool):
            return "是" if answer else "否"
        if isinstance(answer, list):
            return "、".join(map(str, answer))
        if self.kind == Kind.DATE:
            with suppress(ValueError, TypeError):
                return date.fromisoformat(answer)
        return _MASKS[self.kind](str(answer)) if masked and self.is_sensitive else answer


# --- From JSON


def parse_question(data: Any, place: int) -> Question:
    """The question that stands at `place`, from 1; `SchemaInvalid` names the place and the fault."""
    try:
        return _parse(data)
    except SchemaInvalid as fault:
        raise SchemaInvalid(f"第 {place} 题：{fault}") from None


def _parse(data: Any) -> Question:
    if not isinstance(data, Mapping):
        raise SchemaInvalid("格式不对。")
    if unknown := data.keys() - {field.name for field in fields(Question)}:
        raise SchemaInvalid(f"有不认识的设置：{'、'.join(sorted(map(str, unknown)))}。")
    try:
        kind = Kind(data["kind"])
    except (KeyError, ValueError):
        raise SchemaInvalid("请选择题型。") from None
    question = Question(
        id=_slug(data.get("id")),
        kind=kind,
        label=_words(data, "label", 60) or _fault("请填写题目。"),
        required=_flag(data, "required"),
        help=_words(data, "help", 200),
        why=_words(data, "why", 200),
        options=_options(data, kind),
        min=_bound(data, "min", kind),
        max=_bound(data, "max", kind),
        section=_words(data, "section", 30),
        private=_flag(data, "private"),
        only_if=_condition(data),
    )
    if question.is_sensitive and not question.why:
        raise SchemaInvalid(
            "收集手机号或身份证号，请写明为什么要填。"
            if not question.private
            else "收集健康、收入等敏感信息，请写明为什么要填。"
        )
    _check_bounds(question)
    return question


def _fault(sentence: str) -> Any:
    raise SchemaInvalid(sentence)


def _slug(value: Any) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        raise SchemaInvalid("编号应以小写字母开头，只含小写字母、数字和下划线，最多 40 个。")
    return value


def _words(data: Mapping[str, Any], name: str, max_length: int) -> str:
    value = data.get(name, "")
    called = {"label": "题目", "help": "提示", "why": "填写原因", "section": "小标题"}[name]
    if not isinstance(value, str):
        raise SchemaInvalid(f"{called}应是文字。")
    if len(value.strip()) > max_length:
        raise SchemaInvalid(f"{called}最多 {max_length} 个字。")
    return value.strip()


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    return value if isinstance(value, bool) else _fault("是否必填、是否保密只能是“是”或“否”。")


def _condition(data: Mapping[str, Any]) -> Condition | None:
    given = data.get("only_if")
    if given is None:
        return None
    if not isinstance(given, Mapping) or given.keys() != {"id", "answers"}:
        raise SchemaInvalid("显示条件的格式不对。")
    answers = given["answers"]
    if (
        not isinstance(answers, list | tuple)
        or not answers
        or not all(isinstance(each, str) for each in answers)
    ):
        raise SchemaInvalid("显示条件要写明选了哪个答案。")
    return Condition(_slug(given["id"]), tuple(answers))


def _options(data: Mapping[str, Any], kind: Kind) -> tuple[str, ...]:
    given = data.get("options", [])
    if kind not in _CHOICES:
        return () if not given else _fault("只有选择题才有选项。")
    if not isinstance(given, list | tuple) or not all(isinstance(option, str) for option in given):
        raise SchemaInvalid("选项应是文字。")
    options = tuple(option.strip() for option in given)
    if not 2 <= len(options) <= 50:
        raise SchemaInvalid("选项应有 2 至 50 个。")
    if not all(0 < len(option) <= 60 for option in options):
        raise SchemaInvalid("每个选项应有 1 至 60 个字。")
    if len(set(options)) < len(options):
        raise SchemaInvalid("选项不能重复。")
    return options


def _bound(data: Mapping[str, Any], name: str, kind: Kind) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if kind not in (Kind.NUMBER, Kind.MULTIPLE) and (kind, name) != (Kind.FILES, "max"):
        raise SchemaInvalid("只有数字题和多选题才有上下限。")
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**9:
        raise SchemaInvalid("上下限应是整数。")
    return value


def _check_bounds(question: Question) -> None:
    low, high = question.min, question.max
    if low is not None and high is not None and low > high:
        raise SchemaInvalid("下限不能大于上限。")
    if question.kind == Kind.MULTIPLE and not all(
        bound is None or 0 < bound <= len(question.options) for bound in (low, high)
    ):
        raise SchemaInvalid("可选的个数应在 1 与选项数之间。")
