"""What a reviewer fills in: words, marks beside answers, and what is given."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from huigong.core import calendar
from huigong.core.asking import AsksByName
from huigong.core.controls import DayInput
from huigong.services.policies import queries

FEN = Decimal(100)
MOST_YUAN = 10_000_000
MARK = "mark_"
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _words(label: str, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea({"rows": rows}), **more)


class VerifyForm(AsksByName, forms.Form):
    """The unit's word: right, or not and why."""

    agrees = forms.TypedChoiceField(
        label="核实结果",
        choices=[("1", "情况属实"), ("0", "有不同意见")],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )
    remark = _words(
        "核实意见", required=False, help_text="有不同意见的必须写明原因，申报人和审定单位都会看到"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("agrees") is False and not data.get("remark"):
            self.add_error("remark", "请写明原因，供审定时参考。")
        return data


class ReturnForm(forms.Form):
    """What is to be corrected: as a whole, and beside single answers in fields named `mark_` and the question."""

    reason = _words("总的意见", required=False, help_text="各项旁边已写了批注的，这里可以不填")

    @property
    def marks(self) -> dict[str, str]:
        """By question id, as typed."""
        return {name.removeprefix(MARK): self.data[name] for name in self.data if name.startswith(MARK)}

    def typed(self, question: str) -> str:
        """What was typed beside a question."""
        return self.data.get(f"{MARK}{question}", "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("reason") and not any(words.strip() for words in self.marks.values()):
            raise forms.ValidationError("请写明哪里要补正：点某一项旁边的“批注”，或写总的意见。")
        return data


class GivenForm(AsksByName, forms.Form):
    """What is given: an amount, words, or both."""

    amount_yuan = forms.DecimalField(
        label="金额（元）",
        required=False,
        min_value=Decimal("0.01"),
        max_value=MOST_YUAN,
        decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "0.01"}),
    )
    award = forms.CharField(
        label="给予帮助",
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": "例如：困难帮扶金"}),
        help_text="金额和内容至少填一项；公示、通知里会写",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("amount_yuan") or data.get("award")):
            raise forms.ValidationError("请填写金额，或写明给予什么帮助。")
        return data

    @property
    def given(self) -> dict[str, Any]:
        """Keyword arguments for the operations."""
        amount = self.cleaned_data["amount_yuan"]
        return {"amount_fen": int(amount * FEN) if amount else None, "award": self.cleaned_data["award"]}


class ApproveForm(GivenForm):
    """The same for one application, with words for its trail."""

    remark = _words("审定意见", rows=2, required=False)


class RefuseForm(AsksByName, forms.Form):
    """Why not."""

    reason = _words("不通过的原因", help_text="申报人会看到；写清不符合哪一条，可以怎么办")


class AnswerForm(AsksByName, forms.Form):
    """What became of an objection."""

    upheld = forms.TypedChoiceField(
        label="核查结论",
        choices=[("0", "不成立，继续公示"), ("1", "成立，重新审定")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    reply = _words("答复", help_text="提出异议的人会看到；不要写申报人的隐私")


class PeriodForm(AsksByName, forms.Form):
    """From which day to which figures are told."""

    since = forms.DateField(label="从", widget=DayInput)
    until = forms.DateField(label="到", widget=DayInput)

    @classmethod
    def of(cls, asked: QueryDict) -> "PeriodForm":
        """What was asked for; the current year as far as nothing was."""
        this_year = queries.year_of(calendar.today().year)
        return cls(
            {
                "since": asked.get("since") or this_year.since.isoformat(),
                "until": asked.get("until") or this_year.until.isoformat(),
            }
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data["since"] > data["until"]:
            raise forms.ValidationError("开始的一天要在结束的一天之前，请换过来。")
        if not FIRST_YEAR <= data["since"].year <= data["until"].year <= LAST_YEAR:
            raise forms.ValidationError(f"请选 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间的日子。")
        return data

    @property
    def period(self) -> queries.Period:
        """What was asked for, once it was found valid."""
        return queries.Period(self.cleaned_data["since"], self.cleaned_data["until"])


class WhyForm(AsksByName, forms.Form):
    """Why everything is taken out, private answers too."""

    reason = forms.CharField(
        label="导出原因", min_length=4, max_length=120, help_text="例如：报县财政核拨 10 月帮扶金。会记入审计"
    )
