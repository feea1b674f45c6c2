"""What a worker fills in to found a union, and how a cadre picks one."""

from collections.abc import Iterator
from typing import Any

from django import forms

from huigong.core import identity
from huigong.people.orgs import queries
from huigong.people.orgs.models import Union

MOST_UNITS = 50


class CreditCodeField(forms.CharField):
    """A 统一社会信用代码 in any writing; empty when it is not required."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40, widget=forms.TextInput(attrs={"autocapitalize": "characters"}), **kwargs
        )

    def clean(self, value: str) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return identity.normalise_credit_code(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class UnitsField(forms.CharField):
    """One unit a line, its credit code behind a space if it is known; a list of (name, code) comes out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: str) -> list[tuple[str, str]]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_UNITS:
            raise forms.ValidationError(f"最多填 {MOST_UNITS} 个单位。")
        return [self._unit(line) for line in lines]

    def _unit(self, line: str) -> tuple[str, str]:
        name, _, code = line.rpartition(" ")
        try:
            return name.strip(), identity.normalise_credit_code(code)
        except ValueError:
            return identity.normalise_name(line)[:120], ""


class RegisterForm(forms.Form):
    """The request to found a union."""

    name = forms.CharField(
        label="工会名称",
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "如 惠安县某某公司工会"}),
        error_messages={"required": "请填写工会名称。"},
    )
    kind = forms.ChoiceField(label="工会类型", error_messages={"required": "请选择工会类型。"})
    parent = forms.ModelChoiceField(
        label="上级工会",
        queryset=None,
        empty_label="请选择",
        help_text="单位所在乡镇（街道）的总工会，或所属行业的工会",
        error_messages={"required": "请选择上级工会。", "invalid_choice": "请重新选择上级工会。"},
    )
    unit_name = forms.CharField(
        label="单位名称", max_length=120, error_messages={"required": "请填写单位名称。"}
    )
    unit_uscc = CreditCodeField(
        label="信用代码",
        help_text="营业执照上的 18 位统一社会信用代码",
        error_messages={"required": "请填写单位的统一社会信用代码。"},
    )
    ownership = forms.ChoiceField(label="单位性质", error_messages={"required": "请选择单位性质。"})
    industry = forms.CharField(label="行业", max_length=40, required=False)
    address = forms.CharField(label="地址", max_length=200, error_messages={"required": "请填写单位地址。"})
    worker_count = forms.IntegerField(
        label="职工人数",
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "请填写职工人数。", "invalid": "请填整数。", "min_value": "至少 1 人。"},
    )
    covered_units = UnitsField(
        label="覆盖单位",
        required=False,
        help_text="联合工会、工会联合会填写：一行一个单位，可在后面空一格写信用代码",
    )
    chair_name = forms.CharField(
        label="您的姓名",
        max_length=50,
        help_text="您是筹备负责人和拟任主席，由会员大会选举产生",
        error_messages={"required": "请填写您的姓名。"},
    )
    contact_phone = forms.CharField(
        label="联系电话", max_length=20, error_messages={"required": "请填写联系电话。"}
    )

    def __init__(self, *args: Any, kinds: tuple[Union.Kind, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["ownership"].choices = [("", "请选择"), *Union.Ownership.choices]
        self.fields["parent"].queryset = queries.founding_parents()
        self.fields["unit_uscc"].required = self.data.get("kind") in ("", None, Union.Kind.INDEPENDENT)

    def clean_chair_name(self) -> str:
        try:
            return identity.parse_name(self.cleaned_data["chair_name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings, in the order of the page."""
        yield "工会", [self[name] for name in ("name", "kind", "parent")]
        yield (
            "单位",
            [
                self[name]
                for name in (
                    "unit_name",
                    "unit_uscc",
                    "ownership",
                    "industry",
                    "address",
                    "worker_count",
                    "covered_units",
                )
            ],
        )
        yield "负责人", [self[name] for name in ("chair_name", "contact_phone")]
