"""Cadres' pages about who signed up: the list, one signup, adding by hand, the file."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms.deciding import ReasonForm
from huigong.services.activities.forms.roster import AddForm, ManyForm
from huigong.services.activities.models import Activity

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def index(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Who signed up, by session and state, with search."""
    activity = permissions.get_managed(request.user, activity_id, permissions.SIGNUPS)
    state = one_of(request.GET.get("state"), list(queries.FILTERS))
    held = queries.sessions_of(activity)
    sessions = queries.roster_sessions(held)
    session_id = row_key(one_of(request.GET.get("session"), [str(pk) for pk, _ in sessions]))
    text = request.GET.get("q", "")[:40].strip()
    cursor = row_key(request.GET.get("cursor"))
    kept = {"session": session_id or "", "state": state, "q": text}
    chosen = [session for session in held if session_id in (None, session.pk)]
    found = queries.roster_page(chosen, state=state, text=text, cursor=cursor)
    context = {
        "activity": activity,
        "found": found,
        "kept": kept,
        "states": [
            {"key": key, "label": label, "href": _query(kept | {"state": key})}
            for key, label in queries.FILTERS.items()
        ],
        "sessions": [
            {"key": key, "label": label, "href": _query(kept | {"session": key})}
            for key, label in ([("", "全部场次"), *sessions] if sessions else [])
        ],
        "more": _query(kept | {"cursor": found.next}) if found.next else "",
        "may_decide": any(row.is_pending for row in found.rows),
        "may_add": permissions.may(request.user, permissions.NUMBERS, activity),
    }
    return render_page(
        request, "activities/manage/roster.html", context, block="rows" if cursor else "results"
    )


def _query(values: dict[str, object]) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


@require_POST
def decide_many(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Accept or refuse the ticked requests."""
    activity = permissions.get_managed(request.user, activity_id, permissions.SIGNUPS)
    pending = {signup.pk: signup for signup in queries.chosen_signups(activity, state="pending")}
    form = ManyForm(request.POST, allowed=list(pending))
    if not form.is_valid():
        sentence = "；".join(error for errors in form.errors.values() for error in errors)
        raise Refused(
            sentence if "reason" in form.errors else "请先勾选要处理的报名。", "bad-form", status=422
        )
    data = form.cleaned_data
    done, failed = operations.decide_signups(
        [pending[pk] for pk in data["signup"]],
        accept=data["accept"],
        actor=request.user,
        reason=data["reason"],
    )
    for sentence in failed[:5]:
        messages.warning(request, sentence)
    verb = "通过" if data["accept"] else "不通过"
    return lead_on(request, f"{_list(activity)}?state=pending", f"{verb} {done} 人" if done else "")


def _list(activity: Activity) -> str:
    return reverse("activities:signups", args=[activity.pk])


@require_GET
def detail(request: HttpRequest, signup_id: int) -> HttpResponse:
    """One signup, and what can be done about it."""
    signup = permissions.get_managed_signup(request.user, signup_id, permissions.SIGNUPS)
    may_see = permissions.may(request.user, permissions.NUMBERS, signup.session.activity)
    context = {"view": queries.roster_entry(signup), "may_see": may_see}
    return render_page(request, "activities/manage/signup.html", context)


@require_POST
def numbers(request: HttpRequest, signup_id: int) -> HttpResponse:
    """The same with phone and ID numbers in full; looking is noted. Guests of another body never see them."""
    signup = permissions.get_managed_signup(request.user, signup_id, permissions.NUMBERS)
    context = {"view": operations.show_numbers(signup, actor=request.user), "may_see": True}
    return render_page(request, "activities/manage/signup.html", context, block="facts")


@require_POST
def decide(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Accept or refuse one request."""
    signup = permissions.get_managed_signup(request.user, signup_id, permissions.SIGNUPS)
    accept = request.POST.get("accept") == "1"
    operations.decide_signup(
        signup, accept=accept, actor=request.user, reason=_reason(request, required=not accept)
    )
    return lead_on(request, _page(signup_id), "已通过" if accept else "已拒绝")


@require_POST
def remove(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Take the member off the list."""
    signup = permissions.get_managed_signup(request.user, signup_id, permissions.SIGNUPS)
    operations.remove_signup(signup, actor=request.user, reason=_reason(request))
    return lead_on(request, _page(signup_id), "已移出名单")


def _reason(request: HttpRequest, *, required: bool = True) -> str:
    form = ReasonForm(request.POST, required=required)
    if not form.is_valid():
        raise Refused("请写明原因，至少两个字。", "no-reason", status=422)
    return form.cleaned_data["reason"]


def _page(signup_id: int) -> str:
    return reverse("activities:signup", args=[signup_id])


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Find a member and put them on the list by hand. Guests of another body look nobody up."""
    activity = permissions.get_managed(request.user, activity_id, permissions.NUMBERS)
    text = request.GET.get("q", "")[:40].strip()
    person_id = row_key(request.POST.get("person") or request.GET.get("person"))
    person = permissions.get_addable(activity, person_id) if person_id else None
    form = AddForm(
        activity, request.POST if request.method == "POST" else None, initial={"person": person_id}
    )
    if request.method == "POST" and form.is_valid():
        if person is None:
            raise Http404
        operations.add_by_hand(
            permissions.get_managed_session(
                request.user, int(form.cleaned_data["session"]), permissions.SIGNUPS
            ),
            person=person,
            actor=request.user,
            reason=form.cleaned_data["reason"],
        )
        return lead_on(request, _list(activity), f"已加入 {person.name}")
    context = {
        "activity": activity,
        "text": text,
        "people": queries.find_addable(activity, text),
        "person": person,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render_page(
        request, "activities/manage/add.html", context, block="people" if text else None, status=status
    )


@require_POST
def export(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The list as Excel, filtered as on the page."""
    activity = permissions.get_managed(request.user, activity_id, permissions.SIGNUPS)
    content = operations.export_signups(
        activity,
        actor=request.user,
        session_id=row_key(request.POST.get("session")),
        state=one_of(request.POST.get("state"), list(queries.FILTERS)),
    )
    return excel(content, f"{activity.title}报名名单")


def excel(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet to keep, with the minute in its name."""
    filename = f"{name}-{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return HttpResponse(content, content_type=EXCEL, headers={"Content-Disposition": disposition})
