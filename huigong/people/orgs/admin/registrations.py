"""Requests to found a union: read, answer, see through."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from huigong.core.admin import (
    ListFilter,
    ReasonForm,
    RemarkForm,
    ScopedModelAdmin,
    Variant,
    dialog_action,
    tree_filter,
)
from huigong.core.audit import Moment
from huigong.core.formats import day_zh
from huigong.people.approvals import queries as approvals
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.admin.dialogs import EstablishForm
from huigong.people.orgs.admin.unions import STATE_TONES
from huigong.people.orgs.models import Registration, Union

State = Union.State
BETWEEN = (State.REPLIED, State.RECRUITING, State.GROUPING)

_below = tree_filter(
    partial(queries.branches, permission=permissions.UNION_VIEW),
    lambda registrations, path: registrations.filter(union__path__within=path),
)


def _above(actor: Any, registration: Registration) -> bool:
    """Does `actor` sit above the union, and is it not their own request?"""
    return registration.applicant_id != actor.pk and permissions.may(
        actor, permissions.UNION_APPROVE, registration.union.parent
    )


class StateFilter(ListFilter):
    """Where the founding stands."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("open", "办理中"),
            *((state.value, state.label) for state in (*Union.FOUNDING, State.REJECTED)),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "open":
            return queryset.filter(is_open=True)
        return queryset.filter(union__state=self.value()) if self.value() else queryset


@admin.register(Registration)
class RegistrationAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.registrations_visible_to)
    get_one = staticmethod(permissions.get_registration)
    view_permission = permissions.UNION_VIEW

    list_display = ["union_name", "kind", "parent", "chair_name", "state", "due"]
    list_filter = [_below, StateFilter]
    list_select_related = ["union__parent", "applicant"]
    ordering = ["-is_open", "due_on", "id"]
    search_help_text = "工会或单位名称、拼音首字母"
    actions_detail = ["approve", "advance", "establish", "reject", "stop"]
    change_form_outer_after_template = "workbench/trail.html"
    fieldsets = [
        (
            "申请",
            {
                "fields": [
                    ("union_link", "kind"),
                    ("parent", "state"),
                    ("applicant", "chair_name"),
                    ("created_at", "due_on"),
                ]
            },
        ),
        (
            "单位",
            {
                "fields": [
                    ("unit_name", "unit_uscc"),
                    ("ownership", "industry"),
                    ("address", "contact_phone"),
                    ("worker_count", "units"),
                ]
            },
        ),
        ("办理", {"fields": ["decided_reason"]}),
    ]
    told_when_filled = frozenset({"decided_reason"})
    readonly_fields = [
        "union_link", "kind", "parent", "state", "created_at", "unit_name", "unit_uscc", "ownership", "industry",
        "address", "contact_phone", "worker_count", "units",
    ]  # fmt: skip

    @display(description="工会", header=True)
    def union_name(self, registration: Registration) -> list[str]:
        return [registration.union.name, registration.union.unit_name]

    @display(description="工会")
    def union_link(self, registration: Registration) -> str:
        return registration.union.name

    @display(description="类型")
    def kind(self, registration: Registration) -> str:
        return registration.union.get_kind_display()

    @display(description="上级工会")
    def parent(self, registration: Registration) -> str:
        return registration.union.parent.name

    @display(description="状态", label=STATE_TONES)
    def state(self, registration: Registration) -> str:
        return registration.union.get_state_display()

    @display(description="答复期限", ordering="due_on")
    def due(self, registration: Registration) -> str:
        if registration.union.state != State.SUBMITTED:
            return ""
        late = registration.due_on < timezone.localdate()
        return f"{day_zh(registration.due_on)}{'（已超期）' if late else ''}"

    @display(description="单位名称")
    def unit_name(self, registration: Registration) -> str:
        return registration.union.unit_name

    @display(description="单位信用代码")
    def unit_uscc(self, registration: Registration) -> str:
        return registration.union.unit_uscc

    @display(description="单位性质")
    def ownership(self, registration: Registration) -> str:
        return registration.union.get_ownership_display()

    @display(description="行业")
    def industry(self, registration: Registration) -> str:
        return registration.union.industry

    @display(description="地址")
    def address(self, registration: Registration) -> str:
        return registration.union.address

    @display(description="联系电话")
    def contact_phone(self, registration: Registration) -> str:
        return registration.union.contact_phone

    @display(description="职工人数")
    def worker_count(self, registration: Registration) -> str:
        return f"{registration.union.worker_count:,} 人"

    @display(description="覆盖单位")
    def units(self, registration: Registration) -> str:
        return "、".join(registration.union.covered_units.values_list("name", flat=True)) or "—"

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(union__in=queries.meant(text).values("pk"))

    def moments(self, request: HttpRequest, registration: Registration) -> list[Moment]:
        return approvals.moments(registration)

    # --- Decisions

    @dialog_action(
        "同意",
        permission=permissions.UNION_APPROVE,
        icon="check_circle",
        variant=Variant.SUCCESS,
        title="同意建会",
        text="批复后申请人开始发展会员，系统会通知本人。",
        form=RemarkForm,
        submit="确认同意",
        when=lambda registration: registration.union.state == State.SUBMITTED,
        who=_above,
    )
    def approve(self, request: HttpRequest, registration: Registration, data: dict[str, Any]) -> str:
        operations.approve_registration(registration, actor=request.user, remark=data["remark"])
        return f"已批复{registration.union}。"

    @dialog_action(
        "不同意",
        permission=permissions.UNION_APPROVE,
        icon="undo",
        variant=Variant.DANGER,
        title="不同意建会",
        text="请写明原因，申请人会看到，改正后可以重新提交。",
        form=ReasonForm,
        submit="确认不同意",
        when=lambda registration: registration.union.state == State.SUBMITTED,
        who=_above,
    )
    def reject(self, request: HttpRequest, registration: Registration, data: dict[str, Any]) -> str:
        operations.reject_registration(registration, actor=request.user, reason=data["reason"])
        return f"{registration}未通过，已通知申请人。"

    @dialog_action(
        "终止筹建",
        permission=permissions.UNION_APPROVE,
        icon="block",
        variant=Variant.DANGER,
        title="终止筹建",
        text="批复后没有建起来的，在这里终止。名称和信用代码空出来，申请人可以重新提交。",
        form=ReasonForm,
        submit="确认终止",
        when=lambda registration: registration.union.state in (*BETWEEN, State.CONVENING),
        who=_above,
    )
    def stop(self, request: HttpRequest, registration: Registration, data: dict[str, Any]) -> str:
        operations.reject_registration(registration, actor=request.user, reason=data["reason"])
        return f"{registration}已终止，已通知申请人。"

    @dialog_action(
        "进入下一步",
        permission=permissions.UNION_APPROVE,
        icon="arrow_forward",
        variant=Variant.PRIMARY,
        text="依次为：发展会员、建立工会小组、筹备召开会员大会。确认当前一步已完成后进入下一步。",
        form=RemarkForm,
        submit="进入下一步",
        when=lambda registration: registration.union.state in BETWEEN,
        who=_above,
    )
    def advance(self, request: HttpRequest, registration: Registration, data: dict[str, Any]) -> str:
        operations.advance_registration(registration, actor=request.user, remark=data["remark"])
        return f"{registration.union}：{registration.union.get_state_display()}。"

    @dialog_action(
        "建会",
        permission=permissions.UNION_APPROVE,
        icon="flag",
        variant=Variant.SUCCESS,
        title="确认建会",
        text="会员大会已选举产生工会委员会。确认后工会成立，申请人任工会主席并可进入工作台。",
        form=EstablishForm,
        submit="确认建会",
        when=lambda registration: registration.union.state == State.CONVENING,
        who=_above,
    )
    def establish(self, request: HttpRequest, registration: Registration, data: dict[str, Any]) -> str:
        post = operations.establish(
            registration,
            elected_on=data["elected_on"],
            years=data["years"],
            remark=data["remark"],
            actor=request.user,
        )
        return f"{registration.union}已建会，主席 {post.account}。"
