"""Transfers: the old union lets go, then the new one takes in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from huigong.core.admin import ChoiceFilter, DateFilter, RemarkForm, Variant, dialog_action, reasons
from huigong.core.audit import Actor
from huigong.people.membership import operations, permissions
from huigong.people.membership.admin.requests.base import RequestAdmin, is_foreign, waiting_filter
from huigong.people.membership.models import Transfer


def _get_transfer(actor: Actor, transfer_id: int, permission: str) -> Transfer:
    if permission == permissions.TRANSFER_REVIEW:
        return permissions.get_transfer_for(actor, transfer_id, permission)
    return permissions.get_transfer(actor, transfer_id)


@admin.register(Transfer)
class TransferAdmin(RequestAdmin):
    visible_to = staticmethod(permissions.transfers_visible_to)
    get_one = staticmethod(_get_transfer)

    list_display = ["who", "from_union", "to_union", "state_label", "created", "due"]
    list_filter = [waiting_filter("transfer"), ("state", ChoiceFilter), ("created_at", DateFilter)]
    list_select_related = ["person", "from_union", "to_union"]
    ordering = ["-id"]
    actions_row = ["let_go", "take_in", "reject"]
    actions_detail = ["let_go", "take_in", "reject"]
    fieldsets = [
        ("会员", {"fields": [("person", "id_masked"), ("from_union", "to_union")]}),
        ("转会", {"fields": [("reason", "unit_name"), ("job_title", "note"), ("state_label", "due")]}),
        ("办理", {"fields": [("created_at", "escalated_at"), "decided_reason"]}),
    ]
    readonly_fields = ["id_masked", "state_label", "due"]
    export_columns = (
        ("姓名", lambda asked: asked.person.name),
        ("转出工会", lambda asked: asked.from_union.name),
        ("转入工会", lambda asked: asked.to_union.name),
        ("状态", lambda asked: asked.get_state_display()),
        ("提交时间", lambda asked: asked.created_at),
        ("审核意见", lambda asked: asked.decided_reason),
    )

    @display(description="会员", header=True)
    def who(self, asked: Transfer) -> list[str]:
        person = asked.person
        return [person.name, f"{person.get_sex_display()} · {person.masked_id_number}", person.name[:1]]

    def describe(self, asked: Transfer) -> str:
        return f"从{asked.from_union.name}转到{asked.to_union.name}"

    @display(description="证件号")
    def id_masked(self, asked: Transfer) -> str:
        return asked.person.masked_id_number

    @dialog_action(
        "同意转出",
        permission=permissions.TRANSFER_REVIEW,
        icon="logout",
        variant=Variant.SUCCESS,
        text="同意后由转入工会接收；接收之前会籍仍在原工会。",
        form=RemarkForm,
        submit="同意转出",
        when=lambda asked: asked.state == Transfer.State.OUT_PENDING,
        who=is_foreign,
    )
    def let_go(self, request: HttpRequest, asked: Transfer, data: dict[str, Any]) -> str:
        operations.let_go(asked, remark=data["remark"], actor=request.user)
        return f"已同意转出，等待{asked.to_union}接收。"

    @dialog_action(
        "同意转入",
        permission=permissions.TRANSFER_REVIEW,
        icon="login",
        variant=Variant.SUCCESS,
        text="同意后会籍转到本工会，会员编号和会龄不变。",
        form=RemarkForm,
        submit="同意转入",
        when=lambda asked: asked.state == Transfer.State.IN_PENDING,
        who=lambda actor, asked: is_foreign(actor, asked) and asked.out_decided_by != actor.pk,
    )
    def take_in(self, request: HttpRequest, asked: Transfer, data: dict[str, Any]) -> str:
        operations.take_in(asked, remark=data["remark"], actor=request.user)
        return f"转会完成，{asked.person}已是{asked.to_union}的会员。"

    @dialog_action(
        "不同意",
        permission=permissions.TRANSFER_REVIEW,
        icon="block",
        variant=Variant.DANGER,
        title="不同意转会",
        text="请写明原因，会员会看到；会籍留在原工会。",
        form=reasons("请先办完离职手续", "不是本单位职工"),
        submit="确认不同意",
        when=lambda asked: asked.state in Transfer.OPEN,
        who=is_foreign,
    )
    def reject(self, request: HttpRequest, asked: Transfer, data: dict[str, Any]) -> str:
        operations.reject_transfer(asked, reason=data["reason"], actor=request.user)
        return "已告知会员没有同意。"
