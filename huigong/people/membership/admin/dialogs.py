"""What the dialogs about people and requests ask for."""

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from huigong.core.admin import DialogForm, ReasonForm, RemarkForm
from huigong.people.membership.models import Membership


class ApproveForm(RemarkForm):
    """Taking somebody in."""

    identity_checked = forms.BooleanField(
        label="已当面核对证件原件",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="系统提示身份有疑问时，须核对原件后才能通过",
    )
    field_order = ["identity_checked", "remark"]


class RevealForm(ReasonForm):
    """Which number to look at, and why."""

    which = forms.ChoiceField(
        label="查看",
        choices=[("id_number", "证件号"), ("phone", "手机号")],
        widget=UnfoldAdminRadioSelectWidget(),
        initial="phone",
    )
    field_order = ["which", "reason"]


class RetainForm(DialogForm):
    """Why a membership is retained, by the national code list."""

    reason = forms.ChoiceField(
        label="原因",
        choices=[
            (reason.value, reason.label)
            for reason in Membership.Reason
            if reason not in (Membership.Reason.OWN_REQUEST, Membership.Reason.CRIME)
        ],
        widget=UnfoldAdminSelectWidget(),
    )


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
