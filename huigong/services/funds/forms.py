"""The form of one period's accounts, in yuan."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from huigong.services.funds.models import Line, Report
from huigong.services.funds.operations import Figures
from huigong.services.funds.queries import Reading

FEN = Decimal(100)
_FIRST_YEAR = 2020


class YuanField(forms.DecimalField):
    """An amount of money, to the fen; comes out as whole fen, nothing as none."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label, required=False, min_value=0, max_digits=13, decimal_places=2,
            widget=forms.NumberInput({"placeholder": "0", "inputmode": "decimal", "step": "0.01"}),
        )  # fmt: skip

    def clean(self, value: Any) -> int:
        return int((super().clean(value) or 0) * FEN)

    def prepare_value(self, value: Any) -> Any:
        """Fen from the books as yuan; what somebody typed stays as it is."""
        return f"{Decimal(value) / FEN:.2f}" if isinstance(value, int) else value


class FiguresForm(forms.Form):
    """What there was, came in, went out and is left; the note and the file that go with it."""

    opening = YuanField("上期结余")
    closing = YuanField("本期结余")
    note = forms.CharField(
        label="说明",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3, "placeholder": "大额支出花在哪里，写一两句，工友看得明白。"}),
    )
    upload = forms.FileField(
        label="报表",
        required=False,
        help_text="Excel 或 PDF，原样给会员下载",
        widget=forms.FileInput({"accept": ".xlsx,.xls,.pdf"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for category in Line.Category:
            self.fields[category.value] = YuanField(category.label)

    def _side(self, categories: Iterable[str]) -> list[forms.BoundField]:
        return [self[category] for category in categories]

    @property
    def income(self) -> list[forms.BoundField]:
        return self._side(Line.INCOME)

    @property
    def spending(self) -> list[forms.BoundField]:
        return self._side(Line.SPENDING)

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload and not upload.name.lower().endswith((".xlsx", ".xls", ".pdf")):
            raise forms.ValidationError("请上传 Excel 或 PDF 文件。")
        return upload

    @property
    def figures(self) -> Figures:
        data = self.cleaned_data
        return Figures(
            opening=data["opening"],
            closing=data["closing"],
            amounts={category: data[category] for category in Line.Category},
            note=data["note"],
            upload=(data["upload"], data["upload"].name) if data["upload"] else None,
        )


def figures_of(report: Report) -> dict[str, Any]:
    """The form's first values for a draft."""
    lines = dict(report.lines.values_list("category", "amount_fen"))
    return {"opening": report.opening_fen, "closing": report.closing_fen, "note": report.note} | lines


class PeriodForm(forms.Form):
    """Which year and quarter."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    period = forms.TypedChoiceField(label="期间", coerce=int, choices=Report.Period.choices, initial=0)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(today.year, _FIRST_YEAR - 1, -1)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    """A spreadsheet to take the figures from."""

    sheet = forms.FileField(label="Excel 表", widget=forms.FileInput({"accept": ".xlsx,.xls,.csv"}))

    @property
    def upload(self) -> Any:
        return self.cleaned_data["sheet"]


def filled(reading: Reading, sent: Any) -> dict[str, Any]:
    """The form's values after a look into a sheet: its figures over what was typed before."""
    typed = {name: sent.get(name, "") for name in FiguresForm().fields if name != "upload"}
    return typed | reading.amounts
