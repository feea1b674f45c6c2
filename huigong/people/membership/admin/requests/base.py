"""What the pages about applications, claims and transfers have in common."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display

from huigong.core.admin import ListFilter, ScopedModelAdmin, show_result
from huigong.core.audit import Actor, Moment
from huigong.core.formats import day_zh, minute_zh
from huigong.people.approvals import queries as approvals
from huigong.people.membership import operations, permissions
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

    @display(description="证件号")
    def id_masked(self, asked: Any) -> str:
        return f"{asked.person.get_document_kind_display()} {asked.person.masked_id_number}"

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


def is_foreign(actor: Actor, asked: Any) -> bool:
    """Is it somebody else's request? Nobody decides about their own."""
    return asked.applicant_id != actor.pk


def is_open(asked: Any) -> bool:
    """Does it wait for a first decision?"""
    return asked.state == "submitted"


def show_numbers(request: HttpRequest, asked: Any, name: str) -> HttpResponse:
    """The whole numbers, this once, for comparing with the document."""
    numbers = operations.reveal_applicant(asked, actor=request.user)
    shown = [("证件号", numbers.id_number), ("手机号", numbers.phone)]
    return show_result(request, "workbench/revealed.html", {"title": name, "numbers": shown})
