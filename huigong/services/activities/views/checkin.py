"""The check-in desk: a cadre's phone at the door, with and without network."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.accounts import queries as accounts
from huigong.services.activities import operations, permissions
from huigong.services.activities.forms.checkin import LiveScan, ReasonForm, Shape, Upload, read
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries import checkin as queries

WHO = ["absent", "came"]
BY_HAND = {
    "title": "手工签到",
    "verb": "确认签到",
    "said": "已签到",
    "route": "activities:check-in-by-hand",
    "why": ["没带手机", "手机没电", "会员码扫不出", "本人在场，已核对"],
}
UNDO = {
    "title": "撤销签到",
    "verb": "撤销签到",
    "said": "已撤销签到",
    "route": "activities:undo-check-in",
    "why": ["点错了人", "本人没有到场"],
}


@require_GET
def check_in(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The desk of one session. What the phone keeps of it for offline holds no list: that is fetched apart."""
    door = _door(request, activity_id, row_key(request.GET.get("session")))
    who = one_of(request.GET.get("who"), WHO)
    text = request.GET.get("q", "")[:40].strip()
    start = row_key(request.GET.get("from")) or 0
    kept = {"session": door.session.pk, "who": who, "q": text}
    context = {
        "door": door,
        "back": _back(request, door.activity),
        "who": who,
        "text": text,
        "here": _query(kept),
        "tabs": _tabs(door, who),
        "roster": None,
        "more": "",
    }
    if who or text:
        found = queries.roster(door.session, came=who == "came", text=text, start=start)
        context |= {"roster": found, "more": _query(kept | {"from": found.next}) if found.next else ""}
    return render_page(request, "activities/check_in.html", context, block="rows" if start else "roster")


def _door(request: HttpRequest, activity_id: int, session_id: int | None) -> queries.Door:
    activity = permissions.get_managed(request.user, activity_id, permissions.CHECK_IN)
    door = queries.door(activity, session_id)
    if door is None:
        raise Http404
    return door


def _back(request: HttpRequest, activity: Activity) -> str:
    """The activity's desk; who only stands at the door goes to the list."""
    if permissions.may(request.user, permissions.VIEW, activity):
        return reverse("activities:manage", args=[activity.pk])
    return reverse("activities:index")


def _query(values: dict[str, Any]) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _tabs(door: queries.Door, who: str) -> list[dict[str, Any]]:
    absent = door.counts.expected - door.counts.came
    return [
        {"key": key, "label": f"{label} {count:,}", "href": _query({"session": door.session.pk, "who": key})}
        for key, label, count in (
            ("absent", door.absent_zh, absent),
            ("came", "已到", door.counts.came),
        )
    ]


@require_GET
def people(request: HttpRequest, activity_id: int) -> JsonResponse:
    """What the scanner keeps: opaque ids and surnames, the key that proves codes, and our clock."""
    door = _door(request, activity_id, row_key(request.GET.get("session")))
    return JsonResponse(
        {
            "session": door.session.pk,
            "people": queries.offline_list(door.session),
            "counts": asdict(door.counts),
            "key": accounts.public_key(),
            "now": timezone.now().timestamp(),
            "token": get_token(request),
        }
    )


def _sent(shape: type[Shape], request: HttpRequest) -> Shape | None:
    """What a scanner sent, or None. A form's body is used up before a view could read it."""
    return read(shape, request.body) if request.content_type == "application/json" else None


@require_POST
def scan(request: HttpRequest, activity_id: int) -> JsonResponse:
    """One code, now."""
    sent = _sent(LiveScan, request)
    if sent is None:
        return JsonResponse({"detail": "请求格式不对。"}, status=422)
    door = _door(request, activity_id, sent.session)
    outcome = _outcome(request, door.session, sent.code)
    return JsonResponse({"outcome": asdict(outcome), "counts": asdict(queries.counts(door.session))})


@require_POST
def upload(request: HttpRequest, activity_id: int) -> JsonResponse:
    """Codes that were scanned without network, in order. Sending them again changes nothing."""
    sent = _sent(Upload, request)
    if sent is None:
        return JsonResponse({"detail": "请求格式不对。"}, status=422)
    door = _door(request, activity_id, sent.session)
    outcomes = [_outcome(request, door.session, scan.code, at=scan.moment) for scan in sent.scans]
    return JsonResponse(
        {
            "outcomes": [asdict(outcome) for outcome in outcomes],
            "counts": asdict(queries.counts(door.session)),
        }
    )


def _outcome(
    request: HttpRequest, session: Session, code: str, at: datetime | None = None
) -> queries.Outcome:
    """The one way in for every code, scanned now or uploaded later."""
    try:
        signup, is_new = operations.check_in_by_code(session, code, actor=request.user, at=at)
    except Refused as refused:
        return queries.not_arrived(refused.code, refused.sentence)
    return queries.arrived(signup, is_new=is_new)


@require_http_methods(["GET", "POST"])
def by_hand(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Check somebody in without a code, and say why."""
    signup = permissions.get_managed_signup(request.user, signup_id, permissions.CHECK_IN)
    form = ReasonForm(request.POST or None, placeholder="例如：没带手机")
    if request.method == "POST" and form.is_valid():
        operations.check_in(signup, actor=request.user, reason=form.cleaned_data["reason"])
        return _changed(request, signup, BY_HAND["said"])
    return _ask(request, signup, form, BY_HAND)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Take a mistaken check-in back, and say why."""
    signup = permissions.get_managed_signup(request.user, signup_id, permissions.CHECK_IN)
    form = ReasonForm(request.POST or None, placeholder="例如：点错了人")
    if request.method == "POST" and form.is_valid():
        operations.undo_check_in(signup, actor=request.user, reason=form.cleaned_data["reason"])
        return _changed(request, signup, UNDO["said"])
    return _ask(request, signup, form, UNDO)


def _ask(request: HttpRequest, signup: Signup, form: ReasonForm, act: dict[str, Any]) -> HttpResponse:
    context = {"signup": signup, "row": queries.roster_row(signup), "form": form, "act": act}
    status = 422 if form.is_bound else 200
    return render_page(request, "activities/check_in_reason.html", context, block="form", status=status)


def _changed(request: HttpRequest, signup: Signup, said: str) -> HttpResponse:
    """With htmx the list and the figures renew themselves; else back to the desk."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        toast = {"text": f"{queries.roster_row(signup).name} {said}", "icon": "success"}
        response["HX-Trigger"] = json.dumps({"toast": toast, "closeSheet": True, "arrivals": True})
        return response
    messages.success(request, said)
    desk = reverse("activities:check-in", args=[signup.session.activity_id])
    return redirect(f"{desk}?session={signup.session_id}&who=absent")


@require_GET
def worker(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The service worker of one desk. It may answer for the desk's own address and nothing else."""
    permissions.get_managed(request.user, activity_id, permissions.CHECK_IN)
    script = f"importScripts({json.dumps(static('activities/scanner-worker.js'))});\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("activities:check-in", args=[activity_id])
    return response
