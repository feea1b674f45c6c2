"""What the dialogs about unions and offices ask for."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from huigong.core import calendar, identity
from huigong.core.admin import DialogForm, ReasonForm
from huigong.people.accounts import queries as accounts
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.models import Post

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

NOT_FOUND = "没有找到手机号和姓名都相符的账号。请本人先用这个手机号登录一次，并核对姓名。"


class DayInput(UnfoldAdminTextInputWidget):
    """The browser's own calendar: it needs no script, which a dialog that comes later would have to start."""

    input_type = "date"


class DayField(forms.DateField):
    """A day, picked from a calendar."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={"required": "请选择日期。", "invalid": "请填 2026-01-31 这样的日期。"}, **kwargs
        )


class UnionField(forms.ModelChoiceField):
    """One of the unions that the dialog offers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=None, widget=UnfoldAdminSelectWidget(), empty_label="请选择", **kwargs)


class MoveForm(ReasonForm):
    """Where a union goes."""

    parent = UnionField(label="新的上级工会", error_messages={"required": "请选择新的上级工会。"})
    field_order = ["parent", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = permissions.reach(self.request.user, permissions.UNION_MOVE)
        places = queries.places_for(self.target).filter(pk__in=reach).exclude(pk=self.target.parent_id)
        self.fields["parent"].queryset = places


class SecondParentForm(DialogForm):
    """Who helps to look after a union."""

    second_parent = UnionField(label="协管工会", required=False, help_text="不选表示没有协管工会")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = queries.places_for(self.target).exclude(pk=self.target.parent_id)
        self.fields["second_parent"].queryset = places
        self.initial["second_parent"] = self.target.second_parent_id


def find_account(form: forms.BaseForm, *, name: str = "name", phone: str = "phone") -> "Account | None":
    """The account that the phone and name in a checked form mean together; else an error at the phone, and None."""
    data = form.cleaned_data
    try:
        account = accounts.account_by_phone(identity.normalise_phone(data.get(phone, "")))
    except ValueError as error:
        form.add_error(phone, str(error))
        return None
    if account is None or account.display_name != identity.normalise_name(data.get(name, "")):
        form.add_error(phone, NOT_FOUND)
        return None
    return account


class AppointForm(DialogForm):
    """Whom to appoint, to what, until when. The account is found by phone and name together."""

    name = forms.CharField(label="姓名", max_length=50, widget=UnfoldAdminTextInputWidget())
    phone = forms.CharField(
        label="手机号", max_length=20, widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"})
    )
    role = forms.ChoiceField(
        label="职务权限", widget=UnfoldAdminSelectWidget(), error_messages={"required": "请选择职务。"}
    )
    title = forms.CharField(
        label="职务名称",
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="如 副主席，可不填",
    )
    is_full_time = forms.BooleanField(label="专职", required=False, widget=UnfoldBooleanSwitchWidget())
    starts_on = DayField(label="任期起")
    ends_on = DayField(label="任期止", help_text="最长 5 年")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [role for role in Post.Role if permissions.may_grant(self.request.user, role, self.target)]
        self.fields["role"].choices = [("", "请选择"), *((role.value, role.label) for role in allowed)]
        today = calendar.today()
        self.initial["starts_on"], self.initial["ends_on"] = today, _in_five_years(today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["account"] = find_account(self)
        return data


class TermForm(DialogForm):
    """A new end of a term."""

    ends_on = DayField(label="任期止", help_text="从今天算起最长 5 年")


class EstablishForm(DialogForm):
    """What the assembly decided."""

    elected_on = DayField(label="会员大会选举日期")
    years = forms.TypedChoiceField(
        label="任期",
        coerce=int,
        choices=[(years, f"{years} 年") for years in operations.TERM_YEARS],
        widget=UnfoldAdminRadioSelectWidget(),
        initial=operations.TERM_YEARS[-1],
    )
    remark = forms.CharField(
        label="意见（可不填）",
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


def _in_five_years(day: date) -> date:
    return date(day.year + 5, day.month, min(day.day, 28))
