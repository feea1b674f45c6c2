"""The tree of unions: one list in the order of the tree, one page a union."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from huigong.core.admin import (
    ChoiceFilter,
    ReasonForm,
    ScopedModelAdmin,
    Variant,
    dialog_action,
    tree_filter,
)
from huigong.core.audit import Moment
from huigong.people.approvals import queries as approvals
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.admin.dialogs import AppointForm, MoveForm, SecondParentForm
from huigong.people.orgs.forms import CreditCodeField, UnitsField
from huigong.people.orgs.models import Union

STATE_TONES = {
    "待审核": "warning",
    "不同意": "danger",
    "线下批复": "info",
    "发展会员": "info",
    "建立工会小组": "info",
    "筹备召开会员大会": "info",
    "已建会": "success",
    "信息已完善": "success",
    "已撤销": "default",
}
COVERING = (Union.Kind.JOINT, Union.Kind.REGIONAL, Union.Kind.TRADE, Union.Kind.VILLAGE)

_in_subtree = tree_filter(
    partial(queries.branches, permission=permissions.UNION_VIEW),
    lambda unions, path: unions.filter(path__within=path),
)


class UnionForm(forms.ModelForm):
    """What may be changed about a union; saving calls the operation."""

    unit_uscc = CreditCodeField(label="单位统一社会信用代码", required=False)
    uscc = CreditCodeField(label="工会统一社会信用代码", required=False)
    covered_units = UnitsField(
        label="覆盖单位", required=False, help_text="一行一个单位，可在后面空一格写信用代码"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("unit_uscc", "uscc"):
            if name in self.fields:
                self.fields[name].widget = UnfoldAdminTextInputWidget()
        if "level" in self.fields:
            below = [level for level in Union.Level if level >= Union.Level.TOWNSHIP]
            self.fields["level"].choices = [(level.value, level.label) for level in below]
            self.initial |= {"level": Union.Level.GRASSROOTS, "kind": Union.Kind.INDEPENDENT}
        if "covered_units" in self.fields:
            self.fields["covered_units"].widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
            if self.instance.pk:
                units = self.instance.covered_units.order_by("name")
                self.initial["covered_units"] = "\n".join(
                    f"{unit.name} {unit.uscc}".strip() for unit in units
                )


@admin.register(Union)
class UnionAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.visible_to)
    get_one = staticmethod(permissions.get_union)
    office = staticmethod(queries.seat)
    view_permission = permissions.UNION_VIEW
    edit_permission = permissions.UNION_EDIT
    add_permission = permissions.UNION_APPROVE
    export_permission = permissions.UNION_EXPORT
    in_site_search, icon = True, "account_tree"

    form = UnionForm
    list_display = ["in_tree", "kind", "level_label", "above", "workers", "state_label"]
    list_filter = [_in_subtree, ("level", ChoiceFilter), ("kind", ChoiceFilter), ("state", ChoiceFilter)]
    list_select_related = ["parent"]
    ordering = [Collate("path", "C")]
    search_help_text = "工会或单位名称、拼音首字母、信用代码"
    actions_list = ["export"]
    actions_detail = [
        "appoint",
        {"title": "调整", "icon": "tune", "items": ["move", "second_parent", "dissolve"]},
    ]
    export_columns = (
        ("工会名称", lambda union: union.name),
        ("级别", lambda union: union.get_level_display()),
        ("类型", lambda union: union.get_kind_display()),
        ("上级工会", lambda union: union.parent.name if union.parent else ""),
        ("状态", lambda union: union.get_state_display()),
        ("工会信用代码", lambda union: union.uscc),
        ("单位名称", lambda union: union.unit_name),
        ("单位信用代码", lambda union: union.unit_uscc),
        ("单位性质", lambda union: union.get_ownership_display()),
        ("经济类型", lambda union: union.economy),
        ("行业", lambda union: union.industry),
        ("地址", lambda union: union.address),
        ("电话", lambda union: union.contact_phone),
        ("职工人数", lambda union: union.worker_count),
        ("建会日期", lambda union: union.founded_on),
        ("换届日期", lambda union: union.elected_on),
    )
    _place = (
        "上下级",
        {
            "fields": [
                ("parent_link", "second_parent_link"),
                ("level", "state"),
                ("figures", "full_timers"),
                "officers",
            ]
        },
    )
    _facts = [
        (
            "工会",
            {
                "fields": [
                    ("name", "short_name"),
                    ("kind", "uscc"),
                    ("founded_on", "elected_on"),
                    ("term_number", "contact_phone"),
                    ("email", "postcode"),
                ]
            },
        ),
        (
            "单位",
            {
                "fields": [
                    ("unit_name", "unit_uscc"),
                    ("ownership", "economy"),
                    ("industry", "worker_count"),
                    ("address", "region_code"),
                ]
            },
        ),
    ]

    # --- The list

    @display(description="工会", ordering="sort_key", header=True)
    def in_tree(self, union: Union) -> list[str]:
        indent = "　" * max(union.depth - 1, 0)
        return [f"{indent}{union.name}", f"{indent}{union.unit_name}" if union.unit_name else ""]

    @display(description="级别", ordering="level")
    def level_label(self, union: Union) -> str:
        return union.get_level_display()

    @display(description="职工人数", ordering="worker_count")
    def workers(self, union: Union) -> str:
        return f"{union.worker_count:,}" if union.worker_count else "—"

    @display(description="上级工会")
    def above(self, union: Union) -> str:
        return (union.parent.short_name or union.parent.name) if union.parent else "—"

    @display(description="状态", ordering="state", label=STATE_TONES)
    def state_label(self, union: Union) -> str:
        return union.get_state_display()

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(pk__in=queries.meant(text).values("pk"))

    def describe(self, union: Union) -> str:
        return f"{union.get_kind_display()} · {union.get_state_display()}"

    # --- The page

    def get_fieldsets(self, request: HttpRequest, obj: Union | None = None) -> list[Any]:
        if obj is None:
            return [
                ("新工会", {"fields": [("name", "short_name"), ("level", "kind"), "parent"]}),
                *self._facts[1:],
            ]
        covering = [("覆盖单位", {"fields": ["covered_units"]})] if obj.kind in COVERING else []
        return [self._place, *self._facts, *covering]

    def get_readonly_fields(self, request: HttpRequest, obj: Union | None = None) -> tuple[str, ...]:
        shown = ("parent_link", "second_parent_link", "level", "state", "figures", "full_timers", "officers")
        return shown if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Union | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            kwargs["exclude"] = ["covered_units"]
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = queries.established().filter(
            pk__in=permissions.reach(request.user, permissions.UNION_APPROVE),
            level__lte=Union.Level.GRASSROOTS,
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description="上级工会")
    def parent_link(self, union: Union) -> str:
        return self._link(union.parent)

    @display(description="协管工会")
    def second_parent_link(self, union: Union) -> str:
        return self._link(union.second_parent)

    def _link(self, union: Union | None) -> str:
        if union is None:
            return "—"
        url = reverse("admin:orgs_union_change", args=[union.pk])
        return format_html(
            '<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', url, union.name
        )

    @display(description="会员")
    def figures(self, union: Union) -> str:
        return queries.figures_of(union) or "—"

    @display(description="专职干部")
    def full_timers(self, union: Union) -> str:
        return f"{queries.officers(union).filter(is_full_time=True).count()} 人"

    @display(description="现任干部")
    def officers(self, union: Union) -> str:
        held = queries.officers(union).order_by("role", "id")
        return "、".join(f"{post.account}（{post.title or post.get_role_display()}）" for post in held) or "—"

    def write(self, request: HttpRequest, obj: Union | None, data: dict[str, Any], *, adding: bool) -> Union:
        units = data.pop("covered_units", None)
        if adding:
            return operations.create_union(actor=request.user, **data)
        assert obj is not None
        if units is not None:
            operations.set_covered_units(obj, units, actor=request.user)
        return operations.edit_union(obj, actor=request.user, **data)

    def moments(self, request: HttpRequest, union: Union) -> list[Moment]:
        registration = queries.registration_of(union)
        return approvals.moments(union) + (approvals.moments(registration) if registration else [])

    # --- Decisions

    @dialog_action(
        "任命干部",
        permission=permissions.POST_MANAGE,
        icon="person_add",
        text="被任命的人按职务在本工会及下级范围内办理工作，会收到消息。",
        form=AppointForm,
        submit="确认任命",
        when=lambda union: union.is_established,
    )
    def appoint(self, request: HttpRequest, union: Union, data: dict[str, Any]) -> str:
        fields = ("account", "role", "title", "is_full_time", "starts_on", "ends_on")
        post = operations.appoint(union=union, actor=request.user, **{name: data[name] for name in fields})
        return f"已任命 {post.account} 为{post}。"

    @dialog_action(
        "调整上级工会",
        permission=permissions.UNION_MOVE,
        icon="move_up",
        text="工会连同全部下级一起移到新的上级，原上级的干部将看不到它们。",
        form=MoveForm,
        submit="确认调整",
        when=lambda union: union.parent_id is not None,
    )
    def move(self, request: HttpRequest, union: Union, data: dict[str, Any]) -> str:
        operations.move_union(union, parent=data["parent"], actor=request.user, reason=data["reason"])
        return f"{union}已移到{union.parent}。"

    @dialog_action(
        "设置协管工会",
        permission=permissions.UNION_APPROVE,
        icon="group_work",
        text="协管工会可以看到这个工会的资料，不能看到它的会员和下级。",
        form=SecondParentForm,
        submit="保存",
        when=lambda union: union.parent_id is not None,
        who=lambda actor, union: permissions.may(actor, permissions.UNION_APPROVE, union.parent),
    )
    def second_parent(self, request: HttpRequest, union: Union, data: dict[str, Any]) -> str:
        operations.set_second_parent(union, data["second_parent"], actor=request.user)
        return f"协管工会：{union.second_parent or '无'}。"

    @dialog_action(
        "撤销工会",
        permission=permissions.UNION_APPROVE,
        icon="block",
        variant=Variant.DANGER,
        text="撤销后不能恢复：干部职务同时结束，名称保留在记录里。会员须先转出或办结。",
        form=ReasonForm,
        submit="确认撤销",
        when=lambda union: union.is_established and union.parent_id is not None,
        who=lambda actor, union: permissions.may(actor, permissions.UNION_APPROVE, union.parent),
    )
    def dissolve(self, request: HttpRequest, union: Union, data: dict[str, Any]) -> str:
        operations.dissolve_union(union, actor=request.user, reason=data["reason"])
        return f"{union}已撤销。"
