"""Questions as a cadre writes them: one form for each, in rows that can be added and crossed out."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from huigong.core.asking import AsksByName
from huigong.core.questions.question import Kind

KINDS = [
    ("text", "短文字"),
    ("long_text", "长文字"),
    ("single", "单选"),
    ("multiple", "多选"),
    ("number", "数字"),
    ("date", "日期"),
    ("yes_no", "是或否"),
    ("phone", "手机号（加密）"),
    ("id_number", "身份证号（加密）"),
]


class QuestionForm(AsksByName, forms.Form):
    """One question to whoever signs up, or to whoever came."""

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(label="问题", max_length=60)
    kind = forms.ChoiceField(label="题型", choices=KINDS, initial="text")
    options = forms.CharField(
        label="选项",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text="单选、多选才填，一行一个",
    )
    required = forms.BooleanField(label="必填", required=False)
    why = forms.CharField(
        label="为什么要问", required=False, max_length=200, help_text="会显示给会员；手机号和身份证号必须写明"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, options = data.get("kind"), self.lines_of("options")
        if kind in ("single", "multiple") and len(options) < 2:
            self.add_error("options", "至少写两个选项，一行一个。")
        if kind in ("phone", "id_number") and not data.get("why"):
            self.add_error("why", "请写明为什么要收集，会员会看到。")
        return data

    def lines_of(self, name: str) -> list[str]:
        """What was written in a field, one entry to a line, each once."""
        lines = self.cleaned_data.get(name, "").splitlines()
        return list(dict.fromkeys(line.strip()[:60] for line in lines if line.strip()))

    def question(self) -> dict[str, Any]:
        """As `core.questions` keeps it. One of another kind is another question: its answers differ."""
        data = self.cleaned_data
        same = data["id"] and data["was"] == data["kind"]
        asked = {
            "id": data["id"] if same else f"q{secrets.token_hex(4)}",
            "kind": data["kind"],
            "label": data["label"],
            "required": data["required"],
            "why": data["why"],
        }
        if data["kind"] in ("single", "multiple"):
            asked["options"] = self.lines_of("options")
        return asked


class ReviewedQuestionForm(QuestionForm):
    """One question of a form that is reviewed: with papers, headings, privacy, bounds, and a condition.

    The condition names a question by its place in the list, from 1; `of_rows` knows which there are.
    """

    kind = forms.ChoiceField(label="题型", choices=[*KINDS, ("files", "材料")], initial="text")
    section = forms.CharField(
        label="小标题", required=False, max_length=30, help_text="从这一题起另起一段；不填就接着上一段"
    )
    help = forms.CharField(label="填写提示", required=False, max_length=200)
    private = forms.BooleanField(
        label="保密",
        required=False,
        help_text="健康、收入、家庭等敏感信息：加密保存，查看留痕，到期删除；要写明为什么要问",
    )
    min = forms.IntegerField(label="最小", required=False, help_text="数字题的下限，或多选题至少选几个")
    max = forms.IntegerField(
        label="最大", required=False, help_text="数字题的上限，多选题最多选几个，或材料最多几份"
    )
    only_place = forms.ChoiceField(label="什么时候问", required=False, choices=[("", "总是问")])
    only_answers = forms.CharField(
        label="选了什么才问",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="一行一个，和那一题的选项一字不差；是非题写“是”或“否”",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("private") and not data.get("why"):
            self.add_error("why", "保密的内容，请写明为什么要问。")
        if data.get("only_place") and not data.get("only_answers"):
            self.add_error("only_answers", "请写明选了哪个答案才问这一题。")
        if data.get("only_answers") and not data.get("only_place"):
            self.add_error("only_place", "请选择看前面的哪一题。")
        for name in ("min", "max"):
            if data.get(name) is not None and not _is_bounded(data.get("kind", ""), name):
                data[name] = None
        return data

    def question(self) -> dict[str, Any]:
        data = self.cleaned_data
        named = {name: data[name] for name in ("section", "help", "private", "min", "max")}
        return super().question() | named


def _is_bounded(kind: str, name: str) -> bool:
    return kind in (Kind.NUMBER, Kind.MULTIPLE) or (kind, name) == (Kind.FILES, "max")


_ANSWERED_BY_CHOICE = (Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO)


def row_of(question: Mapping[str, Any], places: Mapping[str, int]) -> dict[str, Any]:
    """What the form shows for a stored question; `places` of the questions by id."""
    condition = question.get("only_if") or {"id": "", "answers": []}
    return {
        **question,
        "options": "\n".join(question.get("options") or []),
        "was": question["kind"],
        "only_place": str(places.get(condition["id"], "")),
        "only_answers": "\n".join(condition["answers"]),
    }


def rows_of_questions(questions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows for a stored list."""
    stored = list(questions)
    places = {question["id"]: place for place, question in enumerate(stored, start=1)}
    return [row_of(question, places) for question in stored]


def offer_conditions(rows: Any) -> None:
    """Let each row of `rows` name one of those before it that are answered by choosing."""
    choices = [("", "总是问")]
    for place, form in enumerate(rows.forms, start=1):
        form.fields["only_place"].choices = list(choices)
        if form["kind"].value() in _ANSWERED_BY_CHOICE:
            choices.append((str(place), f"看第 {place} 题：{form['label'].value() or ''}"[:40]))


def questions_of(rows: Any) -> list[dict[str, Any]]:
    """The questions of checked rows as `core.questions` keeps them, with conditions by id."""
    kept = {rows.forms.index(form) + 1: form for form in rows.kept()}
    asked = {place: form.question() for place, form in kept.items()}
    for place, form in kept.items():
        named = asked.get(int(form.cleaned_data["only_place"] or 0))
        if named is not None:
            answers = form.lines_of("only_answers")
            asked[place]["only_if"] = {"id": named["id"], "answers": answers}
    return list(asked.values())


class Rows(BaseFormSet):
    """Rows that can be crossed out; a crossed-out or untouched new row is not asked to be right."""

    def kept(self) -> list[forms.Form]:
        stored = self.initial_form_count()
        return [
            form
            for place, form in enumerate(self.forms)
            if form not in self.deleted_forms and (place < stored or form.has_changed())
        ]


def rows_of(form: type[forms.Form], *, extra: int, most: int) -> type[BaseFormSet]:
    return formset_factory(
        form, formset=Rows, extra=extra, can_delete=True, max_num=most, absolute_max=most + 5
    )


def as_typed(
    data: QueryDict | None, prefix: str = "", many: Collection[str] = ()
) -> Mapping[str, Any] | None:
    """What was typed into a form, unchecked, to be drawn again; `many` are the fields of several values."""
    if data is None:
        return None
    head = f"{prefix}-" if prefix else ""
    return {
        name.removeprefix(head): data.getlist(name) if name.removeprefix(head) in many else data[name]
        for name in data
        if name.startswith(head)
    }


def rows_as_typed(
    data: QueryDict, prefix: str, *, telling: Collection[str], off: Mapping[str, bool], most: int
) -> list[dict[str, Any]]:
    """The same for the rows of a formset, without those crossed out or not begun: with nothing in `telling`.

    A switch that is off is not sent, so `off` says it here.
    """
    rows = [dict(as_typed(data, f"{prefix}-{place}") or {}) for place in range(most)]
    return [
        {**off, **row, "_place": place}
        for place, row in enumerate(rows, start=1)
        if not row.get("DELETE") and any(row.get(name) for name in telling)
    ]
