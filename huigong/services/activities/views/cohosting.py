"""Cadres' page about who co-hosts an activity."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huigong.core.answers import lead_on
from huigong.core.jinja import render_page
from huigong.services.activities import operations, permissions, queries


@require_GET
def index(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Who co-hosts it, and who may be asked."""
    activity = permissions.get_managed(request.user, activity_id, permissions.INVITE)
    context = {
        "activity": activity,
        "there": queries.co_hosts(activity),
        "others": queries.invitable(activity),
    }
    return render_page(request, "activities/manage/co_hosts.html", context)


@require_POST
def invite(request: HttpRequest, activity_id: int, partner_id: int) -> HttpResponse:
    """Ask a partner."""
    activity = permissions.get_managed(request.user, activity_id, permissions.INVITE)
    partner = permissions.get_invitable(activity, partner_id)
    operations.invite_co_host(activity, partner=partner, actor=request.user)
    return lead_on(request, _page(activity_id), f"已邀请{partner}，对方会收到消息")


@require_POST
def remove(request: HttpRequest, activity_id: int, grant_id: int) -> HttpResponse:
    """End a co-host's access."""
    activity = permissions.get_managed(request.user, activity_id, permissions.INVITE)
    grant = permissions.get_co_host(activity, grant_id)
    operations.remove_co_host(activity, grant=grant, actor=request.user)
    return lead_on(request, _page(activity_id), "已收回联办权限")


def _page(activity_id: int) -> str:
    return reverse("activities:co-hosts", args=[activity_id])
