"""Partners on the workbench: who they are, and who acts for them."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from huigong.core.admin import (
    ChoiceFilter,
    ReasonForm,
    ScopedModelAdmin,
    Variant,
    dialog_action,
    tree_filter,
)
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.admin.dialogs import find_account
from huigong.people.orgs.models import Partner

_of_unions = tree_filter(
    partial(queries.branches, permission=permissions.PARTNER_VIEW),
    lambda partners, path: partners.filter(union__path__within=path),
)


class PartnerForm(forms.ModelForm):
    """A partner and the person who acts for it, found by phone and name together; the number stays masked."""

    contact_name = forms.CharField(label="联系人姓名", max_length=50, widget=UnfoldAdminTextInputWidget())
    contact_phone = forms.CharField(
        label="联系人手机号",
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        help_text="对方先用这个手机号登录一次。不换联系人可不填。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "contact_name" in self.fields:
            self.initial["contact_name"] = self.instance.account.display_name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kept = self.instance.account if self.instance.pk else None
        if kept and not data.get("contact_phone") and data.get("contact_name") == kept.display_name:
            data["account"] = kept
        else:
            data["account"] = find_account(self, name="contact_name", phone="contact_phone")
        return data


@admin.register(Partner)
class PartnerAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.partners_visible_to)
    get_one = staticmethod(permissions.get_partner)
    office = staticmethod(queries.seat)
    view_permission = permissions.PARTNER_VIEW
    edit_permission = add_permission = permissions.PARTNER_MANAGE
    export_permission = permissions.UNION_EXPORT

    form = PartnerForm
    list_display = ["name", "kind_label", "contact", "union", "state"]
    list_filter = [_of_unions, ("kind", ChoiceFilter)]
    list_select_related = ["account", "union"]
    ordering = ["ended_at", "name", "id"]
    search_help_text = "单位名称、联系人"
    actions_list = ["export"]
    actions_detail = ["end"]
    empty_note = "添加卫健、人社、医院等联办单位后，活动里就能邀请它们一起办。"
    readonly_fields = ["contact", "state"]
    export_columns = (
        ("单位", lambda partner: partner.name),
        ("类别", lambda partner: partner.get_kind_display()),
        ("联系人", lambda partner: partner.account.display_name),
        ("联系人手机", lambda partner: partner.account.masked_phone),
        ("所属工会", lambda partner: partner.union.name),
        ("状态", lambda partner: "已停止" if partner.ended_at else "合作中"),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Partner | None = None) -> list[Any]:
        shown = [("contact", "state")] if obj else []
        return [
            ("单位", {"fields": [("union", "name"), ("kind", "note")]}),
            ("联系人", {"fields": [("contact_name", "contact_phone"), *shown]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Partner | None = None) -> tuple[str, ...]:
        return ("union", "contact", "state") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        reach = permissions.reach(request.user, permissions.PARTNER_MANAGE)
        kwargs["queryset"] = queries.established().filter(pk__in=reach)
        seat = queries.seat(request.user, permissions.PARTNER_MANAGE)
        return super().formfield_for_foreignkey(db_field, request, initial=seat and seat.pk, **kwargs)

    @display(description="类别", ordering="kind")
    def kind_label(self, partner: Partner) -> str:
        return partner.get_kind_display()

    @display(description="联系人")
    def contact(self, partner: Partner) -> str:
        return f"{partner.account} {partner.account.masked_phone}"

    @display(description="状态", label={"合作中": "success", "已停止": "default"})
    def state(self, partner: Partner) -> str:
        return "已停止" if partner.ended_at else "合作中"

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queries.partners_meant(queryset, text)

    def write(
        self, request: HttpRequest, obj: Partner | None, data: dict[str, Any], *, adding: bool
    ) -> Partner:
        fields = {name: data[name] for name in ("name", "kind", "account", "note")}
        if obj is None:
            return operations.add_partner(data["union"], actor=request.user, **fields)
        return operations.edit_partner(obj, actor=request.user, **fields)

    @dialog_action(
        "停止合作",
        permission=permissions.PARTNER_MANAGE,
        icon="link_off",
        variant=Variant.DANGER,
        text="对方在所有联办活动里的权限马上收回。",
        form=ReasonForm,
        submit="确认停止",
        when=lambda partner: partner.ended_at is None,
    )
    def end(self, request: HttpRequest, partner: Partner, data: dict[str, Any]) -> str:
        operations.end_partner(partner, actor=request.user, reason=data["reason"])
        return f"已停止与{partner}的合作。"
