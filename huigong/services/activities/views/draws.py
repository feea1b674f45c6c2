"""The public page of a draw, its list to download, and the two taps with which a cadre draws."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from huigong.core.answers import lead_on
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.activities import operations, permissions, queries


@login_not_required
@require_GET
def draw(request: HttpRequest, activity_id: int) -> HttpResponse:
    """How the places are drawn, what was published when, the list, and how to check it oneself."""
    found = _draw(request, activity_id)
    after = row_key(request.GET.get("after")) or 0
    context = {
        "draw": found,
        "listed": found.page(after),
        "may_draw": permissions.may(request.user, permissions.PUBLISH, found.session.activity),
    }
    return render_page(request, "activities/draw.html", context, block="rows" if after else None)


@login_not_required
@require_GET
def draw_sheet(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The list as a file that holds everything needed to recompute the draw."""
    found = _draw(request, activity_id)
    response = JsonResponse(found.sheet, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="draw-{found.session.pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _draw(request: HttpRequest, activity_id: int) -> queries.Draw:
    activity = permissions.get_activity(request.user, activity_id)
    sessions = queries.sessions_of(activity)
    found = queries.draw_of(activity, sessions, request.user, row_key(request.GET.get("session")))
    if found is None:
        raise Http404
    return found


@require_POST
def freeze_list(request: HttpRequest, session_id: int) -> HttpResponse:
    """Lock the list now instead of at the next full minute."""
    session = permissions.get_managed_session(request.user, session_id, permissions.PUBLISH)
    operations.freeze_list(session, actor=request.user)
    return lead_on(request, queries.draw_url(session), "名单已锁定")


@require_POST
def draw_lots(request: HttpRequest, session_id: int) -> HttpResponse:
    """Draw."""
    session = permissions.get_managed_session(request.user, session_id, permissions.PUBLISH)
    operations.draw_lots(session, actor=request.user)
    return lead_on(request, queries.draw_url(session), "抽签完成，已通知每一位报名的会员")
