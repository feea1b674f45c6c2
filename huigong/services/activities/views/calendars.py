"""A member's activities in their own calendar."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huigong.core.answers import lead_on
from huigong.core.jinja import render_page
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.models import Signup


@require_GET
def signup_file(request: HttpRequest, signup_id: int) -> HttpResponse:
    """One activity for the calendar of the phone."""
    signup = permissions.get_signup(request.user, signup_id)
    response = _ics(request, [signup])
    response["Content-Disposition"] = f'attachment; filename="activity-{signup_id}.ics"'
    return response


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """What a feed is, and whether one is open."""
    context = {"has_feed": queries.has_feed(request.user), "address": ""}
    return render_page(request, "activities/calendar.html", context)


@require_POST
def open_feed(request: HttpRequest) -> HttpResponse:
    """A new secret address, shown this once; the one before is void."""
    token = operations.open_feed(actor=request.user)
    address = request.build_absolute_uri(reverse("activities:calendar-feed", args=[token]))
    context = {"has_feed": True, "address": address, "webcal": "webcal://" + address.partition("://")[2]}
    return render_page(request, "activities/calendar.html", context)


@require_POST
def close_feed(request: HttpRequest) -> HttpResponse:
    """The address is void."""
    operations.close_feed(actor=request.user)
    return lead_on(request, reverse("activities:calendar"), "日历订阅已停用")


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What calendar programs read. Whoever has the address may; it tells titles, times and places only."""
    signups = queries.feed_signups(token)
    if signups is None:
        raise Http404
    return _ics(request, signups)


def _ics(request: HttpRequest, signups: list[Signup]) -> HttpResponse:
    root = request.build_absolute_uri("/").rstrip("/")
    return HttpResponse(queries.calendar_of(signups, root=root), content_type="text/calendar; charset=utf-8")
