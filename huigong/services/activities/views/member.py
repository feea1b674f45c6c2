"""Members' pages about activities: find, read, sign up, keep track."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.jinja import render_page
from huigong.people.membership import queries as membership
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms import SignupForm
from huigong.services.activities.models import Activity

DONE = {
    "confirmed": "报名成功",
    "pending": "已提交，请等待结果",
    "waiting": "已进入候补",
    "offered": "有名额了，请确认",
}


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Activities that the reader may see, filtered; more by scrolling."""
    wanted = queries.Search(
        category=_one_of(request.GET.get("category"), Activity.Category.values),
        when=_one_of(request.GET.get("when"), ["open", "coming", "past"]),
        text=request.GET.get("q", "")[:40].strip(),
    )
    page = queries.search(request.user, wanted, cursor=request.GET.get("cursor", ""))
    context = {
        "whens": _filters("when", WHENS, wanted.when, wanted),
        "categories": _filters("category", [("", "全部类别"), *Activity.Category.choices], wanted.category, wanted),
        "found": page,
        "wanted": wanted,
        "more": _more(request, page.next),
    }
    block = "rows" if request.GET.get("cursor") else "results"
    return render_page(request, "activities/index.html", context, block=block)


WHENS = [("", "全部"), ("open", "报名中"), ("coming", "即将开始"), ("past", "往期")]


def _filters(name: str, choices: list, active: str, wanted: queries.Search) -> list[dict[str, str]]:
    """Links that change one filter and keep the others."""
    kept = {"when": wanted.when, "category": wanted.category, "q": wanted.text}
    return [
        {"key": value, "label": label, "href": "?" + urlencode({**kept, name: value})} for value, label in choices
    ]


def _one_of(value: str | None, allowed: list[str]) -> str:
    return value if value in allowed else ""


def _more(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    kept = {key: value for key, value in request.GET.items() if key in ("category", "when", "q")}
    return f"{request.path}?{urlencode(kept | {'cursor': cursor})}"


@login_not_required
@require_GET
def detail(request: HttpRequest, activity_id: int) -> HttpResponse:
    """One activity, with what the reader can do about it."""
    activity = permissions.get_activity(request.user, activity_id)
    return render_page(request, "activities/detail.html", _detail_context(request, activity))


def _detail_context(request: HttpRequest, activity: Activity, form: SignupForm | None = None) -> dict:
    member = membership.member_of(request.user) if request.user.is_authenticated else None
    view = queries.detail(activity, member)
    if view.can_sign_up and form is None:
        form = SignupForm(activity, view.free_sessions)
    return {"view": view, "form": form, "member": member}


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The sheet as a page of its own, for browsers without script, and where it is sent to."""
    activity = permissions.get_activity(request.user, activity_id)
    if request.method == "GET":
        return render_page(request, "activities/sign_up.html", _detail_context(request, activity))
    sessions = queries.sessions_of(activity)
    form = SignupForm(activity, sessions, request.POST)
    if not form.is_valid():
        context = _detail_context(request, activity, form)
        return render_page(request, "activities/sign_up.html", context, block="form", status=422)
    signup, created = operations.sign_up(
        permissions.get_session(request.user, activity_id, form.session_id),
        member=membership.member_of(request.user),
        actor=request.user,
        answers=form.answers,
        companions=form.party,
    )
    messages.success(request, DONE[signup.entry.state] if created else "您已经报过名了")
    return _go(request, reverse("activities:detail", args=[activity_id]))


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Lead on to `url`, for a plain form and for htmx alike."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


@require_GET
def my_signups(request: HttpRequest) -> HttpResponse:
    """Everything I signed up for, newest first."""
    before = request.GET.get("before", "")
    context = {"mine": queries.my_page(request.user, before=int(before) if before.isdigit() else None)}
    return render_page(request, "activities/my_signups.html", context, block="rows" if before else None)


@require_GET
def my_signup(request: HttpRequest, signup_id: int) -> HttpResponse:
    """My part in one activity: where it stands, and what I can still do."""
    signup = permissions.get_signup(request.user, signup_id)
    return render_page(request, "activities/my_signup.html", {"view": queries.my_detail(signup)})


@require_POST
def cancel_signup(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Give my place up."""
    signup = permissions.get_signup(request.user, signup_id)
    operations.cancel_signup(signup, actor=request.user)
    messages.success(request, "已取消报名")
    return _go(request, reverse("activities:my-signup", args=[signup_id]))


@require_POST
def accept_offer(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Take the place that became free."""
    signup = permissions.get_signup(request.user, signup_id)
    operations.accept_offer(signup, actor=request.user)
    messages.success(request, "名额已确认")
    return _go(request, reverse("activities:my-signup", args=[signup_id]))
