"""The platform's own tables on the workbench: the audit trail, the calendar, the switches."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from huigong.core import flags, operations
from huigong.core.admin import (
    DateFilter,
    ReasonForm,
    ScopedModelAdmin,
    Variant,
    dialog_action,
    tree_filter,
)
from huigong.core.flags import Switch
from huigong.core.formats import day_zh, minute_zh
from huigong.core.models import AuditRow, Flag, Holiday
from huigong.faces.workbench import permissions
from huigong.faces.workbench.queries import words
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries

_in_books = tree_filter(
    partial(org_queries.branches, permission=orgs.AUDIT_VIEW),
    lambda rows, path: rows.filter(org_path__within=path),
)


@admin.register(AuditRow)
class AuditRowAdmin(ScopedModelAdmin):
    visible_to = staticmethod(orgs.audit_visible_to)
    get_one = staticmethod(orgs.get_audit_row)
    office = staticmethod(org_queries.seat)
    view_permission = orgs.AUDIT_VIEW
    export_permission = orgs.AUDIT_VIEW

    list_display = ["moment", "deed", "target_label", "who", "org_name"]
    has_history = False
    list_filter = [_in_books, ("at", DateFilter)]
    ordering = ["-id"]
    sortable_by = ()
    search_help_text = "操作人、对象"
    actions_list = ["export"]
    fieldsets = [
        ("操作", {"fields": [("at", "deed"), ("who", "org_name"), "target_label"]}),
        ("内容", {"fields": ["changes", "request_id"]}),
    ]
    readonly_fields = ["deed", "changes", "who"]
    told_when_filled = frozenset({"request_id"})
    export_columns = (
        ("时间", lambda row: row.at),
        ("动作", lambda row: words.action_words(row.action)),
        ("对象", lambda row: row.target_label),
        ("操作人", lambda row: row.actor_name),
        ("工会", lambda row: row.org_name),
        ("内容", lambda row: "；".join(words.change_words(row))),
    )

    @display(description="时间")
    def moment(self, row: AuditRow) -> str:
        return minute_zh(row.at)

    @display(description="操作人")
    def who(self, row: AuditRow) -> str:
        return row.actor_name or "未实名用户"

    @display(description="动作")
    def deed(self, row: AuditRow) -> str:
        return words.action_words(row.action)

    @display(description="内容")
    def changes(self, row: AuditRow) -> str:
        return "；".join(words.change_words(row)) or "—"

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(actor_name__icontains=text) | Q(target_label__icontains=text))


class HolidayForm(forms.ModelForm):
    """One day that differs from the published calendar."""

    class Meta:
        model = Holiday
        fields = ("day", "is_working", "source")


@admin.register(Holiday)
class HolidayAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.holidays_visible_to)
    get_one = staticmethod(permissions.get_holiday)
    view_permission = add_permission = permissions.HOLIDAY_MANAGE

    form = HolidayForm
    list_display = ["day", "kind", "source"]
    list_filter = [("day", DateFilter)]
    ordering = ["-day"]
    actions_row = ["remove"]
    actions_detail = ["remove"]
    empty_note = "国务院公布的节假日已内置。只有新公布的调休需要在这里补充，办理期限按它计算。"

    @display(description="安排", label={"上班": "warning", "放假": "success"})
    def kind(self, holiday: Holiday) -> str:
        return "上班" if holiday.is_working else "放假"

    def write(self, request: HttpRequest, obj: None, data: dict[str, Any], *, adding: bool) -> Holiday:
        day: date = data["day"]
        return operations.set_holiday(
            day, is_working=data["is_working"], source=data["source"], actor=request.user
        )

    @dialog_action(
        "删除",
        permission=permissions.HOLIDAY_MANAGE,
        icon="delete",
        variant=Variant.DANGER,
        title="删除这一天的调整",
        text="删除后按内置的日历计算工作日。",
        form=ReasonForm,
        submit="确认删除",
    )
    def remove(self, request: HttpRequest, holiday: Holiday, data: dict[str, Any]) -> str:
        operations.remove_holiday(holiday, reason=data["reason"], actor=request.user)
        return f"已删除{day_zh(holiday.day)}的调整。"


class ThrowForm(ReasonForm):
    """Which switch, and why."""

    switch = forms.ChoiceField(label="开关", choices=Switch.choices, widget=UnfoldAdminSelectWidget())
    field_order = ["switch", "reason"]


@admin.register(Flag)
class FlagAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.flags_visible_to)
    get_one = staticmethod(permissions.get_flag)
    view_permission = permissions.FLAG_MANAGE

    list_display = ["label", "reason", "since"]
    ordering = ["since"]
    actions_list = ["throw"]
    actions_row = ["release"]
    actions_detail = ["release"]
    fieldsets = [(None, {"fields": ["label", "reason", "since"]})]
    readonly_fields = ["label"]
    empty_title = "没有启用的开关"
    empty_note = "一切服务正常。出现紧急情况时可以在右上角启用，立即生效。"
    has_history = False

    @display(description="开关", header=True)
    def label(self, flag: Flag) -> list[str]:
        return [Switch(flag.name).label, ""]

    @dialog_action(
        "启用开关",
        permission=permissions.FLAG_MANAGE,
        icon="power_settings_new",
        variant=Variant.DANGER,
        text="启用后两秒内全县生效，职工会看到停办提示。",
        form=ThrowForm,
        submit="立即启用",
    )
    def throw(self, request: HttpRequest, target: None, data: dict[str, Any]) -> str:
        switch = Switch(data["switch"])
        flags.throw(switch, actor=request.user, reason=data["reason"])
        return f"已启用：{switch.label}。"

    @dialog_action(
        "解除",
        permission=permissions.FLAG_MANAGE,
        icon="play_arrow",
        title="解除开关",
        text="解除后服务恢复正常。",
        form=ReasonForm,
        submit="确认解除",
    )
    def release(self, request: HttpRequest, flag: Flag, data: dict[str, Any]) -> str:
        switch = Switch(flag.name)
        flags.release(switch, actor=request.user, reason=data["reason"])
        return f"已解除：{switch.label}。"
