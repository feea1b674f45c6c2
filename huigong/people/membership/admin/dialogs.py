"""What the dialogs about people and requests ask for."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from huigong.core.admin import DialogForm, ReasonForm, RemarkForm
from huigong.people.membership import queries
from huigong.people.membership.models import JoinApplication, Membership


class ApproveForm(RemarkForm):
    """Taking somebody in. Whether the document was looked at is asked where there is a doubt."""

    identity_checked = forms.BooleanField(
        label="已当面核对证件原件",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )
    field_order = ["identity_checked", "remark"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not queries.concerns([self.target])[self.target.pk]:
            del self.fields["identity_checked"]


class ReturnForm(ReasonForm):
    """Why an application goes back, and which parts of it are wrong."""

    canned = ("姓名与证件不一致", "请写清工作单位全称", "签名看不清，请重签")
    marks = forms.MultipleChoiceField(
        label="要改的项目",
        choices=JoinApplication.Part.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text="选中的项目会在申请表上标出来",
    )


class RevealForm(ReasonForm):
    """Which number to look at, and why."""

    which = forms.ChoiceField(
        label="查看",
        choices=[("id_number", "证件号"), ("phone", "手机号")],
        widget=UnfoldAdminRadioSelectWidget(),
        initial="phone",
    )
    field_order = ["which", "reason"]


class WorkReasonField(forms.ChoiceField):
    """Why a membership changes without anybody's wish or fault, by the national code list."""

    def __init__(self) -> None:
        own = (Membership.Reason.OWN_REQUEST, Membership.Reason.CRIME)
        choices = [(reason.value, reason.label) for reason in Membership.Reason if reason not in own]
        super().__init__(label="原因", choices=choices, widget=UnfoldAdminSelectWidget())


class UnionNameField(forms.CharField):
    """A union that takes members, meant by one name or code; anything less plain is asked back."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: str) -> Any:
        text = super().clean(value)
        found = list(queries.joinable(text)[:6])
        exact = [union for union in found if text in (union.name, union.short_name, union.unit_name)]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError("没有找到这个工会，请填全称或信用代码。")
        names = "、".join(union.name for union in found[:5])
        raise forms.ValidationError(f"不止一个工会符合，请填全称：{names}")


class RetainForm(DialogForm):
    """Why a membership is retained."""

    reason = WorkReasonField()


class LeavingForm(ReasonForm):
    """How somebody left."""

    is_deemed = forms.TypedChoiceField(
        label="情形",
        choices=[("no", "本人书面申请退会"), ("yes", "视为自动退会")],
        coerce=lambda value: value == "yes",
        widget=UnfoldAdminRadioSelectWidget(),
        initial="no",
        help_text="六个月不交会费、不参加活动，经教育不改的，小组讨论后视为自动退会",
    )
    field_order = ["is_deemed", "reason"]


class SendOverForm(DialogForm):
    """Where a member goes who cannot ask themself."""

    to_union = UnionNameField(label="转入工会", help_text="填工会全称、单位名称或信用代码")
    reason = WorkReasonField()
    unit_name = forms.CharField(
        label="新单位", max_length=120, required=False, widget=UnfoldAdminTextInputWidget()
    )
    note = forms.CharField(label="说明", max_length=200, required=False, widget=UnfoldAdminTextInputWidget())


class ExpelForm(DialogForm):
    """The decision about a proposed expulsion."""

    expel = forms.TypedChoiceField(
        label="决定",
        choices=[("yes", "予以除名"), ("no", "不予除名")],
        coerce=lambda value: value == "yes",
        widget=UnfoldAdminRadioSelectWidget(),
    )
    remark = forms.CharField(
        label="决定意见", max_length=300, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
