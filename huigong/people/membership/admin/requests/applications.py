"""Applications to join: read, decide, one or many."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from huigong.core.admin import (
    ChoiceFilter,
    DateFilter,
    Outcome,
    Variant,
    bulk_action,
    dialog_action,
    reasons,
    tree_filter,
)
from huigong.core.formats import minute_zh
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.admin.dialogs import ApproveForm, ReturnForm
from huigong.people.membership.admin.requests.base import (
    RequestAdmin,
    is_foreign,
    is_open,
    show_numbers,
    waiting_filter,
)
from huigong.people.membership.models import JoinApplication
from huigong.people.orgs import queries as orgs


def _what_a_yes_means(asked: JoinApplication) -> str:
    doubts = [doubt.sentence for doubt in queries.concerns([asked])[asked.pk]]
    warning = f"请注意：{''.join(doubts)}须核对证件原件后才能通过。" if doubts else ""
    return f"{warning}通过后{asked.name}成为{asked.union.name}的会员，获得电子会员卡，并收到通知。"


@admin.register(JoinApplication)
class JoinApplicationAdmin(RequestAdmin):
    visible_to = staticmethod(permissions.applications_visible_to)
    get_one = staticmethod(permissions.get_application)

    list_display = ["who", "phone", "union", "work_form", "state_label", "submitted", "due"]
    list_filter = [
        tree_filter(
            partial(orgs.branches, permission=permissions.ROLL_VIEW),
            lambda asked, path: asked.filter(union__path__within=path),
        ),
        waiting_filter("application"),
        ("state", ChoiceFilter),
        ("work_form", ChoiceFilter),
        ("submitted_at", DateFilter),
    ]
    list_select_related = ["person", "union", "account"]
    ordering = ["-submitted_at", "-id"]
    actions = ["approve_ticked"]
    actions_row = ["approve", "return_it"]
    actions_detail = ["reveal", "approve", "return_it", "reject"]
    fieldsets = [
        ("申请人", {"fields": [("name", "sex"), ("id_masked", "phone"), ("born_on", "doubts")]}),
        (
            "入会信息",
            {"fields": [("union", "work_form"), ("unit_name", "job_title"), ("state_label", "due")]},
        ),
        (
            "申请",
            {"fields": [("submitted_at", "decided_at"), ("pledge", "signature_image"), "decided_reason"]},
        ),
    ]
    readonly_fields = ["id_masked", "phone", "doubts", "state_label", "due", "signature_image"]
    export_columns = (
        ("姓名", lambda asked: asked.name),
        ("性别", lambda asked: asked.get_sex_display()),
        ("证件号", lambda asked: asked.person.masked_id_number),
        ("手机号", lambda asked: asked.account.masked_phone),
        ("申请加入", lambda asked: asked.union.name),
        ("工作单位", lambda asked: asked.unit_name),
        ("就业形态", lambda asked: asked.get_work_form_display()),
        ("状态", lambda asked: asked.get_state_display()),
        ("提交时间", lambda asked: asked.submitted_at),
        ("办结时间", lambda asked: asked.decided_at),
        ("审核意见", lambda asked: asked.decided_reason),
    )

    @display(description="申请人", header=True)
    def who(self, asked: JoinApplication) -> list[str]:
        return [asked.name, f"{asked.get_sex_display()} · {asked.person.masked_id_number}", asked.name[:1]]

    @display(description="提交时间", ordering="submitted_at")
    def submitted(self, asked: JoinApplication) -> str:
        return minute_zh(asked.submitted_at)

    @display(description="手机号")
    def phone(self, asked: JoinApplication) -> str:
        return asked.account.masked_phone

    @display(description="系统提示")
    def doubts(self, asked: JoinApplication) -> str:
        found = queries.concerns([asked])[asked.pk] if is_open(asked) else []
        return "；".join(doubt.sentence for doubt in found) or "没有疑问"

    @display(description="签名")
    def signature_image(self, asked: JoinApplication) -> str:
        if asked.signature_id is None:
            return "未手写签名"
        url = reverse("membership:signature", args=[asked.pk])
        return format_html('<img class="wb-signature" src="{}" alt="申请人手写签名">', url)

    def describe(self, asked: JoinApplication) -> str:
        return " · ".join(part for part in (asked.union.name, asked.unit_name, asked.job_title) if part)

    @bulk_action(
        "批量通过所选申请",
        permission=permissions.JOIN_REVIEW,
        text="将通过下面 {count} 份入会申请，申请人会收到通知。身份有疑问的不会通过，请单独核对。",
        submit="确认全部通过",
    )
    def approve_ticked(
        self, request: HttpRequest, rows: Sequence[JoinApplication], data: dict[str, Any]
    ) -> list[Outcome]:
        ids = [row.pk for row in rows]
        mine = permissions.get_applications(request.user, ids, permissions.JOIN_REVIEW)
        foreign = [Outcome(str(row), False, "不归您办理。") for row in rows if row not in mine]
        return foreign + [
            Outcome(
                str(decided.application), decided.approved, decided.sentence or "已成为会员，已通知本人。"
            )
            for decided in operations.approve_many(mine, actor=request.user)
        ]

    @dialog_action(
        "通过",
        permission=permissions.JOIN_REVIEW,
        icon="check_circle",
        variant=Variant.SUCCESS,
        title="通过申请",
        text=_what_a_yes_means,
        form=ApproveForm,
        submit="确认通过",
        when=is_open,
        who=is_foreign,
    )
    def approve(self, request: HttpRequest, asked: JoinApplication, data: dict[str, Any]) -> str:
        operations.approve_application(
            asked,
            identity_checked=data.get("identity_checked", False),
            remark=data["remark"],
            actor=request.user,
        )
        return f"已通过，{asked.name}成为会员。"

    @dialog_action(
        "退回",
        permission=permissions.JOIN_REVIEW,
        icon="undo",
        variant=Variant.WARNING,
        title="退回申请",
        text="请写明原因，申请人补正后可再次提交。",
        form=ReturnForm,
        submit="确认退回",
        when=is_open,
        who=is_foreign,
    )
    def return_it(self, request: HttpRequest, asked: JoinApplication, data: dict[str, Any]) -> str:
        operations.return_application(asked, reason=data["reason"], marks=data["marks"], actor=request.user)
        return f"已退回{asked}。"

    @dialog_action(
        "不通过",
        permission=permissions.JOIN_REVIEW,
        icon="block",
        variant=Variant.DANGER,
        title="不通过申请",
        text="请写明原因，申请人会看到；申请人可以向别的工会申请。",
        form=reasons("不是本单位职工", "已离职"),
        submit="确认不通过",
        when=is_open,
        who=is_foreign,
    )
    def reject(self, request: HttpRequest, asked: JoinApplication, data: dict[str, Any]) -> str:
        operations.reject_application(asked, reason=data["reason"], actor=request.user)
        return f"{asked}未通过，已告知本人。"

    @dialog_action(
        "核对号码",
        permission=permissions.JOIN_REVIEW,
        icon="visibility",
        title="核对证件号和手机号",
        text="只在这次显示，供核对证件原件。查看会记入审计。",
        submit="查看",
    )
    def reveal(self, request: HttpRequest, asked: JoinApplication, data: dict[str, Any]) -> HttpResponse:
        return show_numbers(request, asked, asked.name)
