"""What is filled in after an activity: its report, and what participants say."""

from decimal import Decimal

from django import forms
from django.urls import reverse

from huigong.core.asking import AsksByName
from huigong.core.questions import parse_schema
from huigong.core.questions.forms import AnswersForm
from huigong.core.richforms import RichTextarea, RichTextField, settle
from huigong.services.activities.models import Activity

FEN = Decimal(100)


class ReportForm(AsksByName, forms.Form):
    """How it went and what it cost."""

    text = RichTextField(
        label="活动总结",
        max_length=5000,
        widget=RichTextarea({"rows": 8, "placeholder": "活动怎么样、谁得了奖、有什么收获。会员能看到。"}),
    )
    spent_yuan = forms.DecimalField(
        label="实际支出（元）", min_value=0, max_value=10_000_000, decimal_places=2, help_text="没有花钱填 0"
    )

    @classmethod
    def of(cls, activity: Activity, data: object = None) -> "ReportForm":
        """The form with what was reported before."""
        spent = activity.spent_fen
        form = cls(
            data,
            initial={
                "text": activity.report,
                "spent_yuan": Decimal(spent) / FEN if spent is not None else None,
            },
        )
        form.fields["text"].widget.pictures = reverse("activities:pictures")  # type: ignore[attr-defined]
        return form

    @property
    def html(self) -> str:
        return settle(self.cleaned_data["text"], self.initial["text"])

    @property
    def spent_fen(self) -> int:
        return int(self.cleaned_data["spent_yuan"] * FEN)


def survey_form(activity: Activity) -> type[AnswersForm]:
    """The activity's survey as a form."""
    return parse_schema(activity.survey).form_class()
