"""A list of questions, and everything made from it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from huigong.core import crypto
from huigong.core.questions.forms import AnswersForm
from huigong.core.questions.question import Kind, Question, SchemaInvalid, parse_question

MOST_QUESTIONS = 30


class AnswersInvalid(ValueError):
    """`errors` has a sentence for every question at fault, by id; the text of the exception is the first."""

    def __init__(self, errors: dict[str, str], first: str) -> None:
        super().__init__(first)
        self.errors = errors


class AnswerColumn(NamedTuple):
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Questions:
    items: tuple[Question, ...]

    def __iter__(self) -> Iterator[Question]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def clean(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers as they are stored, only those given; cleaning them again gives the same.

        Raises `AnswersInvalid` with every fault at once, also for answers to questions that there are not. What is
        not asked, because an earlier answer says so, is dropped.
        """
        cleaned: dict[str, Any] = {}
        errors = {
            name: "没有这个问题。" for name in map(str, answers) if name not in {item.id for item in self}
        }
        first = "填写了没有问到的内容，请刷新页面后重填。" if errors else ""
        for question in self:
            if not question.is_asked(cleaned):
                continue
            try:
                answer = question.clean(answers.get(question.id))
            except ValueError as refused:
                errors[question.id] = str(refused)
                first = first or f"{question.label}：{refused}"
                continue
            if answer is not None:
                cleaned[question.id] = answer
        if errors:
            raise AnswersInvalid(errors, first)
        return cleaned

    def form_class(self, prefix: str | None = None) -> type[AnswersForm]:
        """A form with one field per question, named by its id; `cleaned_data` is as `clean` gives it."""
        return type("QuestionsForm", (AnswersForm,), {"questions": self, "prefix": prefix})

    def excel_columns(self) -> list[AnswerColumn]:
        return [AnswerColumn(question.id, question.label) for question in self]

    def excel_values(self, answers: Mapping[str, Any], *, masked: bool = True) -> list[Any]:
        """One typed value for each of `excel_columns`. Phones and ID numbers are masked unless asked for."""
        return [question.shown(answers.get(question.id), masked=masked) for question in self]

    def seal(self, answers: Mapping[str, Any], *, context: str) -> dict[str, Any]:
        """The answers with phones and ID numbers encrypted; `context` names the row they are stored in."""
        closed = self._sensitive()
        return {
            name: crypto.seal(closed[name].write(answer), context=f"{context}.{name}")
            if name in closed
            else answer
            for name, answer in answers.items()
        }

    def unseal(self, answers: Mapping[str, Any], *, context: str) -> dict[str, Any]:
        """What was given to `seal`. Raises `crypto.CannotOpen` for another context."""
        closed = self._sensitive()
        return {
            name: closed[name].read(crypto.unseal(answer, context=f"{context}.{name}"))
            if name in closed
            else answer
            for name, answer in answers.items()
        }

    def as_json(self) -> list[dict[str, Any]]:
        """What `parse_schema` reads, with every setting spelt out."""
        return json.loads(
            json.dumps([asdict(question) for question in self])
        )  # lists for tuples, as read back

    def _sensitive(self) -> dict[str, "_Script"]:
        """How the answer to each question that is kept encrypted is written as text."""
        return {
            question.id: _AS_JSON if question.private else _PLAIN
            for question in self
            if question.is_sensitive
        }


class _Script(NamedTuple):
    write: Callable[[Any], str]
    read: Callable[[str], Any]


_PLAIN = _Script(str, str)
_AS_JSON = _Script(json.dumps, json.loads)


def parse_schema(data: Any) -> Questions:
    """The questions in a list as stored in JSON; `SchemaInvalid` with a sentence for the cadre otherwise."""
    if not isinstance(data, list):
        raise SchemaInvalid("问题清单格式不对。")
    if len(data) > MOST_QUESTIONS:
        raise SchemaInvalid(f"最多 {MOST_QUESTIONS} 个问题。")
    items = tuple(parse_question(question, place) for place, question in enumerate(data, start=1))
    ids = [question.id for question in items]
    if repeated := sorted({name for name in ids if ids.count(name) > 1}):
        raise SchemaInvalid(f"问题编号重复：{'、'.join(repeated)}。")
    for place, question in enumerate(items):
        _check_condition(question, items[:place], place + 1)
    return Questions(items)


def _check_condition(question: Question, before: tuple[Question, ...], place: int) -> None:
    if question.only_if is None:
        return
    asked = next((each for each in before if each.id == question.only_if.id), None)
    if asked is None or asked.kind not in (Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO):
        raise SchemaInvalid(f"第 {place} 题：显示条件只能看前面的选择题或是非题。")
    known = asked.options or ("是", "否")
    if not set(question.only_if.answers) <= set(known):
        raise SchemaInvalid(f"第 {place} 题：显示条件里的答案要与“{asked.label}”的选项一致。")
