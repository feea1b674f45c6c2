"""What cadres send about the list."""

from typing import Any

from django import forms

from huigong.core.asking import AsksByName
from huigong.services.activities import queries


class ManyForm(forms.Form):
    """Requests ticked in the list, and what becomes of them."""

    signup = forms.TypedMultipleChoiceField(label="报名", coerce=int)
    accept = forms.TypedChoiceField(
        choices=[("1", "通过"), ("0", "不通过")], coerce=lambda value: value == "1"
    )
    reason = forms.CharField(label="原因", max_length=120, required=False)

    def __init__(self, *args: Any, allowed: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signup"].choices = [(pk, pk) for pk in allowed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("accept") is False and len(data.get("reason", "").strip()) < 2:
            self.add_error("reason", "不通过要写明原因，会员会看到。")
        return data


class AddForm(AsksByName, forms.Form):
    """Who is put on the list by hand, into which session, and why."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    session = forms.ChoiceField(label="场次")
    reason = forms.CharField(
        label="原因",
        min_length=2,
        max_length=120,
        widget=forms.TextInput({"placeholder": "如：现场报名、领导带队"}),
        help_text="会留下记录；名额已满也会加上",
    )

    def __init__(self, activity: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sessions = queries.sessions_of(activity)
        field = self.fields["session"]
        field.choices = [  # type: ignore[attr-defined]
            (session.pk, f"{queries.session_name(session, number)} {queries.when(session)}")
            for number, session in enumerate(sessions, start=1)
        ]
        if len(sessions) == 1:
            field.widget = forms.HiddenInput()
            field.initial = sessions[0].pk
