"""Offices: who holds which, until when."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from huigong.core.admin import (
    ChoiceFilter,
    ListFilter,
    ReasonForm,
    ScopedModelAdmin,
    Variant,
    dialog_action,
    tree_filter,
)
from huigong.core.formats import day_zh
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.admin.dialogs import TermForm
from huigong.people.orgs.models import Post

_at_unions = tree_filter(
    partial(queries.branches, permission=permissions.POST_VIEW),
    lambda posts, path: posts.filter(union__path__within=path),
)


class TermFilter(ListFilter):
    """Present offices unless asked for others."""

    title = "任期"
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("running", "在任"), ("ending", "30 天内到期"), ("ended", "已卸任")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queries.posts_by_term(queryset, self.value() or "")


@admin.register(Post)
class PostAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.posts_visible_to)
    get_one = staticmethod(permissions.get_post)
    office = staticmethod(queries.seat)
    view_permission = permissions.POST_VIEW
    export_permission = permissions.UNION_EXPORT

    list_display = ["holder", "role_label", "union", "term", "state"]
    list_filter = [_at_unions, TermFilter, ("role", ChoiceFilter)]
    list_select_related = ["account", "union"]
    ordering = ["ended_at", "ends_on", "id"]
    search_help_text = "姓名、工会名称"
    actions_list = ["export"]
    actions_row = ["extend", "end"]
    actions_detail = ["extend", "end"]
    fieldsets = [
        ("任职", {"fields": [("holder_name", "masked_phone"), ("union", "role"), ("title", "full_time")]}),
        ("任期", {"fields": [("starts_on", "ends_on"), "ended_at"]}),
    ]
    readonly_fields = ["holder_name", "masked_phone", "full_time"]
    told_when_filled = frozenset({"ended_at"})
    export_columns = (
        ("姓名", lambda post: post.account.display_name),
        ("工会", lambda post: post.union.name),
        ("职务权限", lambda post: post.get_role_display()),
        ("职务名称", lambda post: post.title),
        ("专职", lambda post: post.is_full_time),
        ("任期起", lambda post: post.starts_on),
        ("任期止", lambda post: post.ends_on),
    )

    @display(description="姓名", header=True)
    def holder(self, post: Post) -> list[str]:
        name = str(post.account)
        return [name, post.title, name[:1]]

    @display(description="姓名")
    def holder_name(self, post: Post) -> str:
        return str(post.account)

    @display(description="手机号")
    def masked_phone(self, post: Post) -> str:
        return post.account.masked_phone

    @display(description="专职")
    def full_time(self, post: Post) -> str:
        return "专职" if post.is_full_time else "兼职"

    @display(description="职务权限", ordering="role")
    def role_label(self, post: Post) -> str:
        return post.get_role_display()

    @display(description="任期", ordering="ends_on")
    def term(self, post: Post) -> str:
        return f"{day_zh(post.starts_on)} 至 {day_zh(post.ends_on)}"

    @display(
        description="状态",
        label={"在任": "success", "即将到期": "warning", "已卸任": "default", "未到任": "info"},
    )
    def state(self, post: Post) -> str:
        today = timezone.localdate()
        if post.ended_at or post.ends_on < today:
            return "已卸任"
        if post.starts_on > today:
            return "未到任"
        return "即将到期" if post.ends_on - today <= queries.REMIND_BEFORE else "在任"

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queries.posts_meant(queryset, text)

    @dialog_action(
        "调整任期",
        permission=permissions.POST_MANAGE,
        icon="event_repeat",
        text="换届续任或提前届满时使用，任职人会收到消息。",
        form=TermForm,
        submit="保存任期",
        when=lambda post: post.ended_at is None,
        who=lambda actor, post: permissions.may_grant(actor, post.role, post.union),
    )
    def extend(self, request: HttpRequest, post: Post, data: dict[str, Any]) -> str:
        operations.extend_post(post, ends_on=data["ends_on"], actor=request.user)
        return f"{post.account}的任期已改到{day_zh(data['ends_on'])}。"

    @dialog_action(
        "卸任",
        permission=permissions.POST_MANAGE,
        icon="person_remove",
        variant=Variant.DANGER,
        text="卸任立即生效，不能恢复；需要时可以重新任命。",
        form=ReasonForm,
        submit="确认卸任",
        when=lambda post: post.ended_at is None,
        who=lambda actor, post: permissions.may_grant(actor, post.role, post.union),
    )
    def end(self, request: HttpRequest, post: Post, data: dict[str, Any]) -> str:
        operations.end_post(post, actor=request.user, reason=data["reason"])
        return f"{post.account}已卸任{post}。"
