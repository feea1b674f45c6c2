"""Short forms for a cadre's decisions."""

from typing import Any

from django import forms

from huigong.core.asking import AsksByName
from huigong.core.controls import MomentInput


class ReasonForm(AsksByName, forms.Form):
    """Why. What was decided about people always says why."""

    reason = forms.CharField(label="原因", min_length=2, max_length=120, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required


class CopyForm(AsksByName, forms.Form):
    """When the copy starts."""

    starts_at = forms.DateTimeField(label="这次开始时间", widget=MomentInput)
