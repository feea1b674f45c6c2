"""Questions as a cadre writes them: one form for each, in rows that can be added and crossed out."""

import secrets
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from huigong.core.asking import AsksByName

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
