"""What a member fills in to sign up."""

from collections.abc import Sequence

from django import forms
from django.forms import BaseFormSet, formset_factory

from huigong.core.questions import parse_schema
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Session


class CompanionForm(forms.Form):
    """One person who comes along."""

    name = forms.CharField(label="同行人姓名", max_length=40)
    is_child = forms.BooleanField(label="14 岁以下", required=False)
    consent = forms.BooleanField(label="我是监护人，同意其参加", required=False)

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("is_child") and not data.get("consent"):
            self.add_error("consent", "14 岁以下儿童参加，须监护人勾选同意。")
        return data


class SignupForm:
    """The session, the organiser's questions and the companions, as one form of three parts.

    `fields` are bound fields in page order; `companions` is a formset with as many rows as may come along.
    """

    def __init__(self, activity: Activity, sessions: Sequence[Session], data: object = None) -> None:
        self.choice = _session_form(sessions)(data)
        self.questions = parse_schema(activity.questions).form_class()(data, prefix="q")
        self.companions: BaseFormSet = _companion_formset(activity.max_companions)(data, prefix="c")

    @property
    def parts(self) -> list[forms.Form]:
        return [self.choice, self.questions]

    def is_valid(self) -> bool:
        """All parts are checked, so that every mistake is marked at once."""
        checked = [part.is_valid() for part in (*self.parts, self.companions)]
        return all(checked)

    @property
    def session_id(self) -> int:
        return int(self.choice.cleaned_data["session"])

    @property
    def answers(self) -> dict:
        return self.questions.cleaned_data

    @property
    def party(self) -> list[dict]:
        return [row for row in self.companions.cleaned_data if row.get("name")]


def _session_form(sessions: Sequence[Session]) -> type[forms.Form]:
    choices = [
        (session.pk, f"{session.name} {queries.when(session)}（剩 {session.pool.left}）".strip())
        for session in sessions
    ]
    widget = forms.RadioSelect if len(sessions) > 1 else forms.HiddenInput
    field = forms.ChoiceField(label="选择场次", choices=choices, widget=widget, initial=choices[0][0])
    return type("SessionForm", (forms.Form,), {"session": field})


def _companion_formset(limit: int) -> type[BaseFormSet]:
    return formset_factory(CompanionForm, extra=limit, max_num=limit, validate_max=True)
