"""Who co-hosts an activity: the organiser's page, and the page on which a partner says yes or no."""

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
        "guests": queries.co_hosts(activity),
        "others": queries.invitable(activity),
    }
    return render_page(request, "activities/manage/co_hosts.html", context)


@require_POST
def invite(request: HttpRequest, activity_id: int, partner_id: int) -> HttpResponse:
    """Ask a partner."""
    activity = permissions.get_managed(request.user, activity_id, permissions.INVITE)
    partner = permissions.get_invitable(activity, partner_id)
    operations.invite_co_host(activity, partner=partner, actor=request.user)
    return lead_on(request, _page(activity_id), f"已邀请{partner}，等对方答复")


@require_POST
def remove(request: HttpRequest, activity_id: int, grant_id: int) -> HttpResponse:
    """End a co-host's access."""
    activity = permissions.get_managed(request.user, activity_id, permissions.INVITE)
    grant = permissions.get_co_host(activity, grant_id)
    operations.remove_co_host(activity, grant=grant, actor=request.user)
    return lead_on(request, _page(activity_id), "已收回")


@require_GET
def invitation(request: HttpRequest, grant_id: int) -> HttpResponse:
    """What I am asked to co-host, and what that means."""
    activity, grant = permissions.get_invitation(request.user, grant_id)
    context = {"invitation": queries.invitation(activity, grant)}
    return render_page(request, "activities/manage/invitation.html", context)


@require_POST
def accept(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Say yes."""
    activity, grant = permissions.get_invitation(request.user, grant_id)
    operations.accept_co_hosting(activity, grant=grant, actor=request.user)
    return lead_on(request, reverse("activities:manage", args=[activity.pk]), "已接受，可以开始办理")


@require_POST
def decline(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Say no, with a reason or without."""
    activity, grant = permissions.get_invitation(request.user, grant_id)
    reason = request.POST.get("reason", "")
    operations.decline_co_hosting(activity, grant=grant, reason=reason, actor=request.user)
    return lead_on(
        request, reverse("activities:co-host-invitation", args=[grant_id]), "已谢绝，主办工会会收到消息"
    )


def _page(activity_id: int) -> str:
    return reverse("activities:co-hosts", args=[activity_id])
