"""Claims to records on the roll: compare and decide."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from huigong.core.admin import ChoiceFilter, RemarkForm, Variant, dialog_action, reasons, tree_filter
from huigong.people.membership import operations, permissions
from huigong.people.membership.admin.requests.base import (
    RequestAdmin,
    is_foreign,
    is_open,
    show_numbers,
    waiting_filter,
)
from huigong.people.membership.models import Claim
from huigong.people.orgs import queries as orgs


@admin.register(Claim)
class ClaimAdmin(RequestAdmin):
    visible_to = staticmethod(permissions.claims_visible_to)
    get_one = staticmethod(permissions.get_claim)

    list_display = ["who", "phone", "union", "state_label", "created", "due"]
    list_filter = [
        tree_filter(
            partial(orgs.branches, permission=permissions.ROLL_VIEW),
            lambda asked, path: asked.filter(union__path__within=path),
        ),
        waiting_filter("claim"),
        ("state", ChoiceFilter),
    ]
    list_select_related = ["person", "union", "account"]
    ordering = ["-id"]
    actions_row = ["confirm", "reject"]
    actions_detail = ["reveal", "confirm", "reject"]
    fieldsets = [
        ("名册记录", {"fields": [("person", "union"), ("id_masked", "roll_phone")]}),
        ("认领人", {"fields": [("phone", "state_label"), ("created_at", "due"), "decided_reason"]}),
    ]
    readonly_fields = ["id_masked", "roll_phone", "phone", "state_label", "due"]
    export_columns = (
        ("姓名", lambda asked: asked.person.name),
        ("所属工会", lambda asked: asked.union.name),
        ("认领手机", lambda asked: asked.account.masked_phone),
        ("状态", lambda asked: asked.get_state_display()),
        ("提交时间", lambda asked: asked.created_at),
        ("核对意见", lambda asked: asked.decided_reason),
    )
    empty_note = "名册上的会员首次登录时认领会籍；系统核对不了的会出现在这里。"

    @display(description="会员", header=True)
    def who(self, asked: Claim) -> list[str]:
        person = asked.person
        return [person.name, f"{person.get_sex_display()} · {person.masked_id_number}", person.name[:1]]

    def describe(self, asked: Claim) -> str:
        return f"{asked.union.name} · 认领手机 {asked.account.masked_phone}"

    @display(description="认领手机")
    def phone(self, asked: Claim) -> str:
        return asked.account.masked_phone

    @display(description="名册手机")
    def roll_phone(self, asked: Claim) -> str:
        return asked.person.masked_phone or "没有登记"

    @dialog_action(
        "确认",
        permission=permissions.CLAIM_REVIEW,
        icon="check_circle",
        variant=Variant.SUCCESS,
        title="确认认领",
        text="确认认领人就是名册上的会员。会籍归到这个账号，原账号（如有）不再使用。",
        form=RemarkForm,
        submit="确认是本人",
        when=is_open,
        who=is_foreign,
    )
    def confirm(self, request: HttpRequest, asked: Claim, data: dict[str, Any]) -> str:
        operations.confirm_claim(asked, remark=data["remark"], actor=request.user)
        return f"已确认，会籍归到{asked.person}的账号。"

    @dialog_action(
        "不是本人",
        permission=permissions.CLAIM_REVIEW,
        icon="block",
        variant=Variant.DANGER,
        title="认领不通过",
        text="请写明原因，对方会看到。",
        form=reasons("联系后确认不是本人", "手机号不是本人的"),
        submit="确认不通过",
        when=is_open,
        who=is_foreign,
    )
    def reject(self, request: HttpRequest, asked: Claim, data: dict[str, Any]) -> str:
        operations.reject_claim(asked, reason=data["reason"], actor=request.user)
        return "认领未通过，已告知对方。"

    @dialog_action(
        "核对号码",
        permission=permissions.CLAIM_REVIEW,
        icon="visibility",
        title="核对证件号和手机号",
        text="只在这次显示，供核对本人。查看会记入审计。",
        submit="查看",
    )
    def reveal(self, request: HttpRequest, asked: Claim, data: dict[str, Any]) -> HttpResponse:
        return show_numbers(request, asked, asked.person.name)
