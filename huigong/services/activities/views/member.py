"""Members' pages about activities: find, read, sign up, keep track."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on, one_of
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms.signup import SignupForm
from huigong.services.activities.models import Activity

WHENS = [("", "全部"), ("open", "报名中"), ("coming", "即将开始"), ("past", "往期")]
MINE = [("", "全部"), ("ahead", "待参加"), ("past", "已结束")]
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
        category=one_of(request.GET.get("category"), Activity.Category.values),
        when=one_of(request.GET.get("when"), [key for key, _ in WHENS]),
        text=request.GET.get("q", "")[:40].strip(),
    )
    page = queries.page(request.user, wanted, cursor=request.GET.get("cursor", ""))
    context = {
        "whens": _filters("when", WHENS, wanted),
        "categories": _filters("category", [("", "全部类别"), *Activity.Category.choices], wanted),
        "found": page,
        "wanted": wanted,
        "campaigns": queries.running_campaigns(request.user) if wanted == queries.Search() else [],
        "more": "?" + urlencode(_kept(wanted) | {"cursor": page.next}) if page.next else "",
    }
    block = "rows" if request.GET.get("cursor") else "results"
    return render_page(request, "activities/index.html", context, block=block)


def _kept(wanted: queries.Search) -> dict[str, str]:
    kept = {"when": wanted.when, "category": wanted.category, "q": wanted.text}
    return {name: value for name, value in kept.items() if value}


def _filters(name: str, choices: list[tuple[str, str]], wanted: queries.Search) -> list[dict[str, str]]:
    """Links that change one filter and keep the others."""
    return [
        {"key": value, "label": label, "href": "?" + urlencode(_kept(wanted) | {name: value})}
        for value, label in choices
    ]


@login_not_required
@require_GET
def detail(request: HttpRequest, activity_id: int) -> HttpResponse:
    """One activity, with what the reader can do about it."""
    activity = permissions.get_activity(request.user, activity_id)
    return render_page(request, "activities/detail.html", _detail_context(request, activity))


def _detail_context(request: HttpRequest, activity: Activity, form: SignupForm | None = None) -> dict:
    """The page before and after signing up. The form is there before the window opens, too: at that second
    a tap must not cost another page."""
    member = membership.member_of(request.user) if request.user.is_authenticated else None
    view = queries.detail(activity, member)
    if form is None and (view.can_sign_up or view.opens_soon):
        form = SignupForm(activity, view.free_sessions)
    return {"view": view, "form": form, "member": member, "work": _work(request, activity)}


def _work(request: HttpRequest, activity: Activity) -> set[str]:
    """What an officer finds here besides what members do: the desk, the door."""
    if not getattr(request.user, "is_staff", False):
        return set()
    verbs = {"manage": permissions.VIEW, "check-in": permissions.CHECK_IN}
    return {verb for verb, needed in verbs.items() if permissions.may(request.user, needed, activity)}


@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The sheet as a page of its own, for browsers without script, and where it is sent to."""
    activity = permissions.get_activity(request.user, activity_id)
    if request.method == "GET":
        return render_page(request, "activities/sign_up.html", _detail_context(request, activity))
    form = SignupForm(activity, queries.sessions_of(activity), request.POST)
    if not form.is_valid():
        context = _detail_context(request, activity, form)
        return render_page(request, "activities/sign_up.html", context, block="form", status=422)
    member = membership.member_of(request.user)
    _, created, state = operations.sign_up(
        permissions.get_session(member, activity_id, form.session_id),
        member=member,
        actor=request.user,
        answers=form.answers,
        companions=form.party,
    )
    said = DONE[state] if created else "您已经报过名了"
    return lead_on(request, reverse("activities:detail", args=[activity_id]), said)


@require_GET
def my_signups(request: HttpRequest) -> HttpResponse:
    """Everything I signed up for, newest first."""
    before = row_key(request.GET.get("before"))
    when = one_of(request.GET.get("when"), [key for key, _ in MINE])
    mine = queries.my_page(request.user, when=when, before=before)
    context = {
        "mine": mine,
        "when": when,
        "whens": [
            {"key": key, "label": label, "href": "?" + urlencode({"when": key})} for key, label in MINE
        ],
        "more": "?" + urlencode({"when": when, "before": mine.next}) if mine.next else "",
    }
    return render_page(request, "activities/my_signups.html", context, block="rows" if before else "signups")


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
    return lead_on(request, reverse("activities:my-signup", args=[signup_id]), "已取消报名")


@require_POST
def accept_offer(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Take the place that became free."""
    signup = permissions.get_signup(request.user, signup_id)
    operations.accept_offer(signup, actor=request.user)
    return lead_on(request, reverse("activities:my-signup", args=[signup_id]), "名额已确认")
