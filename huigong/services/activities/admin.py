"""Activities on the workbench: a list to find them in; they are worked on at their own pages."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import display

from huigong.core.admin import ChoiceFilter, DateFilter, Link, ListFilter, ScopedModelAdmin, tree_filter
from huigong.core.formats import day_zh, minute_zh
from huigong.people.orgs import queries as orgs
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity
from huigong.services.activities.queries import workbench


class SignupsFilter(ListFilter):
    """Activities with signups that wait for a review."""

    title = "报名"
    parameter_name = "signups"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("pending", "有待审核的报名")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return workbench.with_signups_to_review(queryset, request.user) if self.value() else queryset


@admin.register(Activity)
class ActivityAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.managed_by)
    get_one = staticmethod(permissions.get_managed)
    office = staticmethod(orgs.seat)
    view_permission = permissions.VIEW
    add_permission = permissions.EDIT
    links = (Link("专题", "layers", "activities:campaigns", permissions.EDIT),)
    export_permission = permissions.VIEW
    in_site_search, icon = True, "event"

    list_display = ["heading", "union", "category", "starts", "places", "state_label"]
    row_page = "activities:manage"
    list_filter = [
        tree_filter(
            partial(orgs.branches, permission=permissions.VIEW),
            lambda activities, path: activities.filter(union__path__within=path),
        ),
        SignupsFilter,
        ("state", ChoiceFilter),
        ("category", ChoiceFilter),
        ("starts_at", DateFilter),
    ]
    list_select_related = ["union"]
    ordering = ["-starts_at", "-id"]
    search_help_text = "活动名称、地点"
    actions_list = ["export"]
    empty_note = "发布活动后，报名、签到和总结都在活动页面办理。"
    export_columns = (
        ("活动名称", lambda activity: activity.title),
        ("主办工会", lambda activity: activity.union.name),
        ("类别", lambda activity: activity.get_category_display()),
        ("开始时间", lambda activity: activity.starts_at),
        ("地点", lambda activity: activity.place),
        ("名额", lambda activity: activity.capacity),
        ("已报", lambda activity: activity.taken),
        ("状态", lambda activity: activity.get_state_display()),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return workbench.with_capacity(super().get_queryset(request))

    @display(description="活动", header=True)
    def heading(self, activity: Activity) -> list[str]:
        return [activity.title, activity.place]

    @display(description="开始时间", ordering="starts_at")
    def starts(self, activity: Activity) -> str:
        return minute_zh(activity.starts_at)

    @display(description="报名")
    def places(self, activity: Any) -> str:
        return f"{activity.taken or 0:,} / {activity.capacity or 0:,}"

    @display(
        description="状态",
        label={
            "草稿": "default",
            "待上级审批": "warning",
            "已退回": "danger",
            "已发布": "success",
            "已结束": "info",
            "已总结": "info",
            "已取消": "default",
        },
    )
    def state_label(self, activity: Activity) -> str:
        return activity.get_state_display()

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return workbench.activities_meant(queryset, text)

    def describe(self, activity: Activity) -> str:
        return f"{day_zh(activity.starts_at)} · {activity.get_state_display()}"

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new activity is written on its own page too."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("activities:new")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """An activity has its own page, on phone and desktop."""
        activity = self.target_of_action(request, object_id, self.view_permission)
        return redirect("activities:manage", activity.pk)
