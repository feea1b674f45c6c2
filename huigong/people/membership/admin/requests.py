"""Applications, claims and transfers: read, decide, one or many."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display

from huigong.core.admin import (
    ChoiceFilter,
    DateFilter,
    ListFilter,
    Outcome,
    RemarkForm,
    ScopedModelAdmin,
    Variant,
    bulk_action,
    dialog_action,
    reasons,
    show_result,
    tree_filter,
)
from huigong.core.audit import Actor, Moment
from huigong.core.formats import day_zh, minute_zh
from huigong.people.approvals import queries as approvals
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.admin.dialogs import ApproveForm, ReturnForm
from huigong.people.membership.models import Claim, JoinApplication, Transfer
from huigong.people.membership.queries import workbench
from huigong.people.orgs import queries as orgs

STATE_TONES = {
    "待审核": "warning",
    "待核对": "warning",
    "待转出审核": "warning",
    "待转入审核": "warning",
    "已通过": "success",
    "已认领": "success",
    "已完成": "success",
    "已退回": "info",
    "未通过": "danger",
    "转出未通过": "danger",
    "转入未通过": "danger",
    "已撤回": "default",
}


def waiting_filter(kind: str) -> type[ListFilter]:
    """What waits for me, or is late."""

    class WaitingFilter(ListFilter):
        title = "办理"
        parameter_name = "waiting"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("mine", "待我办理"), ("late", "已超期")]

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            return workbench.late_or_mine(queryset, request.user, kind, self.value() or "")

    return WaitingFilter


class RequestAdmin(ScopedModelAdmin):
    """What the three kinds of request have in common."""

    view_permission = permissions.ROLL_VIEW
    export_permission = permissions.ROLL_EXPORT
    office = staticmethod(orgs.seat)
    actions_list = ["export"]
    change_form_outer_after_template = "workbench/trail.html"
    told_when_filled = frozenset(
        {"decided_at", "decided_reason", "escalated_at", "note", "unit_name", "job_title"}
    )
    search_help_text = "姓名、拼音首字母、手机号或证件号后四位"

    @display(description="状态", ordering="state", label=STATE_TONES)
    def state_label(self, asked: Any) -> str:
        return asked.get_state_display()

    @display(description="办理期限", ordering="due_on")
    def due(self, asked: Any) -> str:
        if asked.state not in asked.OPEN or asked.state == "returned":
            return ""
        return f"{day_zh(asked.due_on)}{'（已超期）' if asked.due_on < timezone.localdate() else ''}"

    @display(description="提交时间", ordering="id")
    def created(self, asked: Any) -> str:
        return minute_zh(asked.created_at)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return workbench.asked_by(queryset, text)

    def moments(self, request: HttpRequest, asked: Any) -> list[Moment]:
        return approvals.moments(asked)


def _foreign(actor: Actor, asked: Any) -> bool:
    """Is it somebody else's request? Nobody decides about their own."""
    return asked.applicant_id != actor.pk


def _open(asked: Any) -> bool:
    return asked.state == "submitted"


# --- Joining


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

    @display(description="证件号")
    def id_masked(self, asked: JoinApplication) -> str:
        return f"{asked.person.get_document_kind_display()} {asked.person.masked_id_number}"

    @display(description="系统提示")
    def doubts(self, asked: JoinApplication) -> str:
        found = queries.concerns([asked])[asked.pk] if _open(asked) else []
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
        when=_open,
        who=_foreign,
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
        when=_open,
        who=_foreign,
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
        when=_open,
        who=_foreign,
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
        return _show_numbers(request, asked, asked.name)


def _show_numbers(request: HttpRequest, asked: Any, name: str) -> HttpResponse:
    numbers = operations.reveal_applicant(asked, actor=request.user)
    shown = [("证件号", numbers.id_number), ("手机号", numbers.phone)]
    return show_result(request, "workbench/revealed.html", {"title": name, "numbers": shown})


# --- Claims


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

    @display(description="证件号")
    def id_masked(self, asked: Claim) -> str:
        return f"{asked.person.get_document_kind_display()} {asked.person.masked_id_number}"

    @dialog_action(
        "确认",
        permission=permissions.CLAIM_REVIEW,
        icon="check_circle",
        variant=Variant.SUCCESS,
        title="确认认领",
        text="确认认领人就是名册上的会员。会籍归到这个账号，原账号（如有）不再使用。",
        form=RemarkForm,
        submit="确认是本人",
        when=_open,
        who=_foreign,
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
        when=_open,
        who=_foreign,
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
        return _show_numbers(request, asked, asked.person.name)


# --- Transfers


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
        who=_foreign,
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
        who=lambda actor, asked: _foreign(actor, asked) and asked.out_decided_by != actor.pk,
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
        who=_foreign,
    )
    def reject(self, request: HttpRequest, asked: Transfer, data: dict[str, Any]) -> str:
        operations.reject_transfer(asked, reason=data["reason"], actor=request.user)
        return "已告知会员没有同意。"
