"""What the applicant fills in: a scheme's own questions, consent and signature; and objections of others."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from huigong.core import identity
from huigong.core.controls import ManyFilesField, SignatureField
from huigong.core.questions import Kind, Questions
from huigong.core.questions.forms import AnswersForm

PREFIX = "a"
"""Before the names of a scheme's questions, which may be any."""


class ApplyForm(AnswersForm):
    """The questions in their order, then consent and signature, under names that no question can have."""

    prefix = PREFIX

    def __init__(self, *args: Any, name: str, consented: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = name
        for question in self.questions:
            if question.kind == Kind.FILES:
                self.fields[question.id] = ManyFilesField(
                    label=question.label, required=False, help_text=question.help
                )
        self.order_fields([question.id for question in self.questions])
        if not consented:
            self.fields["sign-consent"] = forms.BooleanField(
                label="单独同意",
                error_messages={"required": "请先勾选单独同意。不同意也可以到工会用纸质材料办理。"},
            )
        self.fields["sign-drawn"] = SignatureField(label="签名", required=False, max_length=1_000_000)
        self.fields["sign-name"] = forms.CharField(label="或输入姓名", max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        """Only answers; the rest is in `signing`."""
        data = dict(self.cleaned_data)
        self.signing = {
            "consents": bool(data.get("sign-consent")),
            "signature": data.get("sign-drawn"),
            "pledge": data.get("sign-name", ""),
        }
        typed = identity.normalise_name(self.signing["pledge"])
        if self.signing["signature"] is None and "sign-drawn" in data and typed != self._name:
            self.add_error(
                "sign-name", "输入的签名要与姓名一致。" if typed else "请手写签名，或输入姓名代替。"
            )
        files = {question.id for question in self.questions if question.kind == Kind.FILES}
        return {name: answer for name, answer in super().clean().items() if name not in files}

    def put(self, errors: Mapping[str, str]) -> None:
        """Mark what an operation found wrong with single answers."""
        for name, sentence in errors.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, sentence)


def apply_form(questions: Questions) -> type[ApplyForm]:
    """The form of one scheme."""
    return type("SchemeForm", (ApplyForm,), {"questions": questions})


def written(questions: Questions, data: QueryDict) -> dict[str, Any]:
    """What stands in the form as it was sent, right or wrong, to be kept as a draft."""
    return {
        question.id: data.getlist(name) if question.kind == Kind.MULTIPLE else data.get(name, "")
        for question in questions
        if (name := f"{PREFIX}-{question.id}")
    }


def says_yes(data: QueryDict) -> bool:
    """Is the box of the consent ticked?"""
    return data.get(f"{PREFIX}-sign-consent") == "on"


class ObjectionForm(forms.Form):
    """Why somebody doubts what is on notice."""

    text = forms.CharField(
        label="理由",
        min_length=5,
        max_length=500,
        widget=forms.Textarea(
            {"rows": 5, "maxlength": 500, "placeholder": "写清楚哪里与事实不符、您怎么知道的，便于核查。"}
        ),
        error_messages={"required": "请写明理由。", "min_length": "请写清楚理由，至少 5 个字。"},
    )
