"""What workers fill in to join, claim and move, and cadres to decide."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone

from huigong.core import identity
from huigong.core.controls import SignatureField
from huigong.core.tables import Mapping
from huigong.people.membership import queries
from huigong.people.membership.models import JoinApplication, Membership, WorkForm


class CredentialsForm(forms.Form):
    """Name and document, as on the document. The reason stands beside what is asked."""

    name = forms.CharField(
        label="姓名",
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "与证件一致", "autocomplete": "name"}),
        error_messages={"required": "请填写姓名。"},
    )
    document_kind = forms.ChoiceField(
        label="证件类型",
        choices=identity.DocumentKind.choices,
        initial=identity.DocumentKind.RESIDENT_ID,
        widget=forms.Select(attrs={"data-document-kind": True}),
    )
    id_number = forms.CharField(
        label="证件号",
        max_length=40,
        help_text="只用来核对身份、防止重复入会，加密保存。",
        widget=forms.TextInput(
            attrs={"placeholder": "18 位身份证号", "autocomplete": "off", "data-document-number": True}
        ),
        error_messages={"required": "请填写证件号。"},
    )

    def clean_name(self) -> str:
        try:
            return identity.parse_name(self.cleaned_data["name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.document: identity.Document | None = None
        if data.get("document_kind") and data.get("id_number"):
            try:
                self.document = identity.parse_document(data["document_kind"], data["id_number"])
            except ValueError as error:
                self.add_error("id_number", str(error))
            else:
                data["id_number"] = self.document.number
        return data


class JoinForm(CredentialsForm):
    """The application. Sex and birthday are asked only of documents whose number does not tell them."""

    sex = forms.ChoiceField(
        label="性别", choices=identity.Sex.choices, required=False, widget=forms.RadioSelect
    )
    born_on = forms.DateField(
        label="出生日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    work_form = forms.ChoiceField(
        label="就业形态",
        choices=WorkForm.choices,
        help_text="快递员、骑手、司机有专门的服务，所以想知道。",
    )
    unit_name = forms.CharField(
        label="工作单位",
        max_length=120,
        help_text="工会据此核实您在这里工作。",
        widget=forms.TextInput(attrs={"placeholder": "单位全称或平台名称", "autocomplete": "organization"}),
        error_messages={"required": "请填写工作单位或平台名称。"},
    )
    job_title = forms.CharField(
        label="岗位",
        max_length=60,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": "如：缝纫工（可不填）", "autocomplete": "organization-title"}
        ),
    )
    signature = SignatureField(label="入会签名", required=False, max_length=1_000_000)
    pledge = forms.CharField(label="或输入姓名", max_length=60, required=False)
    agree = forms.BooleanField(label="入会同意", error_messages={"required": "请先阅读并勾选同意。"})

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.document:
            self._require_birth(data, self.document)
        typed = identity.normalise_name(data.get("pledge", ""))
        if "signature" in data and data["signature"] is None and typed != data.get("name", typed):
            self.add_error("pledge", "输入的签名要与姓名一致。" if typed else "请手写签名，或输入姓名代替。")
        return data

    def _require_birth(self, data: dict[str, Any], document: identity.Document) -> None:
        """The number's own sex and birthday win over what was typed."""
        data["sex"] = document.sex or data.get("sex", "")
        data["born_on"] = document.born_on or data.get("born_on")
        if not data["sex"]:
            self.add_error("sex", "请选择性别。")
        if not data["born_on"]:
            self.add_error("born_on", "请填写出生日期。")
        elif data["born_on"] > timezone.localdate():
            self.add_error("born_on", "出生日期还没到，请核对。")

    def mark(self, names: list[str]) -> None:
        """Show on a form not sent yet which parts the union asks to correct."""
        asked = {name: self.error_class(["工会请您修改这一项。"]) for name in names if name in self.fields}
        self._errors = ErrorDict(asked, renderer=self.renderer)

    @property
    def application(self) -> dict[str, Any]:
        """What the operations take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agree"}


class TransferForm(forms.Form):
    """Why, and where the member works now."""

    reason = forms.ChoiceField(
        label="转会原因",
        choices=[
            (Membership.Reason.LABOUR_RELATION, "换了工作单位"),
            (Membership.Reason.LAID_OFF, "原单位下岗待岗"),
            (Membership.Reason.UNEMPLOYED, "失业后回到住地"),
            (Membership.Reason.BANKRUPTCY, "原单位破产"),
        ],
    )
    unit_name = forms.CharField(
        label="新单位",
        max_length=120,
        required=False,
        help_text="新工会据此核实您在那里工作。",
        widget=forms.TextInput(attrs={"placeholder": "没有就不填", "autocomplete": "organization"}),
    )
    job_title = forms.CharField(
        label="岗位",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "可不填", "autocomplete": "organization-title"}),
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs={"placeholder": "可不填"})
    )


class ReasonForm(forms.Form):
    """Why not; the person reads it."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "写明哪里不对、怎么改，申请人会看到"}),
        error_messages={"required": "请写明原因，申请人会看到。"},
    )


class ReturnForm(ReasonForm):
    """The same, with the parts that are wrong."""

    marks = forms.MultipleChoiceField(
        label="要改的项目",
        choices=JoinApplication.Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="选中的项目会在申请表上标出来",
    )


class ApproveForm(forms.Form):
    """A word along with the yes, and whether the document was looked at."""

    remark = forms.CharField(required=False)
    identity_checked = forms.BooleanField(required=False)


class ExpulsionForm(forms.Form):
    """The chair's decision."""

    expel = forms.ChoiceField(choices=[("yes", "除名"), ("no", "不予除名")])
    remark = forms.CharField(required=False)


class RollForm(forms.Form):
    """A roll as a file, and the union it is for."""

    union = forms.TypedChoiceField(label="导入到", coerce=int, help_text="含下级工会的，每行要写明所在工会。")
    file = forms.FileField(
        label="名册",
        max_length=200,
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查是不是传错了。"},
    )

    def __init__(self, *args: Any, unions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].choices = unions
        if len(unions) == 1:
            self.fields["union"].widget = forms.HiddenInput()
            self.initial["union"] = unions[0][0]


class ColumnsForm(forms.Form):
    """Which column of the sheet holds what. Field names are `column_` and the name of a column of the roll."""

    def __init__(self, *args: Any, preview: queries.Preview, mapping: Mapping, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proposed = mapping
        choices = [("", "不导入")] + [
            (str(column.place), f"{column.letter} 列 {column.heading}".strip()) for column in preview.columns
        ]
        for column in queries.ROLL.columns:
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=column.label,
                choices=choices,
                required=column.required,
                initial=str(mapping.columns.get(column.name, "")),
                help_text=column.help,
                error_messages={"required": f"请指出哪一列是{column.label}。"},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        taken: dict[str, str] = {}
        for name, place in data.items():
            if place in taken:
                self.add_error(name, f"这一列已用作“{self.fields[taken[place]].label}”，请另选。")
            elif place:
                taken[place] = name
        return data

    @property
    def mapping(self) -> Mapping:
        """The columns as they were chosen."""
        chosen = self.cleaned_data.items()
        return self._proposed.corrected(
            {name.removeprefix("column_"): int(place) for name, place in chosen if place}
        )
