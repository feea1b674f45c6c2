"""Online activities: the gallery, sending in a work, voting, and the cadres' page that decides what is shown."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import files
from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms.deciding import ReasonForm
from huigong.services.activities.forms.online import ContributionForm
from huigong.services.activities.models import Activity, Contribution

SUBMITTED = "已提交，审核通过后展示"


def _online(request: HttpRequest, activity_id: int) -> Activity:
    activity = permissions.get_activity(request.user, activity_id)
    if activity.kind != Activity.Kind.ONLINE:
        raise Http404
    return activity


@require_GET
def gallery(request: HttpRequest, activity_id: int) -> HttpResponse:
    """What members sent in and cadres let pass."""
    activity = _online(request, activity_id)
    member = membership.member_of(request.user)
    order = one_of(request.GET.get("order"), list(queries.ORDERS))
    cursor = request.GET.get("cursor", "")
    found = queries.gallery(activity, member, order=order, cursor=cursor)
    context = {
        "activity": activity,
        "taking": queries.taking(activity, member),
        "found": found,
        "orders": [
            {"key": key, "label": label, "href": f"?order={key}"} for key, label in queries.ORDERS.items()
        ],
        "order": order,
        "more": "?" + urlencode({"order": order, "cursor": found.next}) if found.next else "",
    }
    return render_page(request, "activities/gallery.html", context, block="rows" if cursor else "works")


@require_GET
def work(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """One work in full; its owner sees also where it stands."""
    contribution = permissions.get_contribution(request.user, contribution_id)
    member = membership.member_of(request.user)
    context = {
        "work": queries.works_of([contribution], member)[0],
        "taking": queries.taking(contribution.activity, member),
        "activity": contribution.activity,
    }
    return render_page(request, "activities/work.html", context)


@require_GET
def photo(request: HttpRequest, contribution_id: int) -> FileResponse:
    """The photo, for whoever may see the work now: an address kept from before a withdrawal opens nothing."""
    return _serve(permissions.get_contribution(request.user, contribution_id).image)


@require_GET
def thumbnail(request: HttpRequest, contribution_id: int) -> FileResponse:
    """The same small, for lists."""
    return _serve(permissions.get_contribution(request.user, contribution_id).thumbnail)


def _serve(stored: object) -> FileResponse:
    if stored is None:
        raise Http404
    response = files.serve(stored)
    response["Cache-Control"] = "private, max-age=60"
    return response


@require_http_methods(["GET", "POST"])
def contribute(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Send a work in; who is not signed up yet is signed up with it."""
    activity = _online(request, activity_id)
    member = membership.member_of(request.user)
    taking = queries.taking(activity, member)
    mine = taking.mine
    sent = request.POST if request.method == "POST" else None
    form = ContributionForm(
        activity,
        sent,
        request.FILES if sent is not None else None,
        asks=member is None or not queries.signups_of_person(member.person_id, queries.sessions_of(activity)),
        has_photo=mine is not None and mine.image_id is not None,
        text=mine.text if mine else "",
    )
    if sent is None or not form.is_valid():
        context = {"activity": activity, "taking": taking, "form": form, "member": member}
        return render_page(
            request, "activities/contribute.html", context, status=200 if sent is None else 422
        )
    operations.contribute(
        activity,
        session=permissions.get_session(member, activity_id),
        member=member,
        actor=request.user,
        text=form.text,
        photo=form.photo,
        answers=form.answers,
    )
    return lead_on(request, _gallery(activity), SUBMITTED)


def _gallery(activity: Activity) -> str:
    return reverse("activities:gallery", args=[activity.pk])


@require_POST
def withdraw(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """Take one's own work back."""
    contribution = permissions.get_own_contribution(request.user, contribution_id)
    operations.withdraw(contribution, actor=request.user)
    return lead_on(request, _gallery(contribution.activity), "作品已撤回，文字和照片都已删除")


@require_POST
def vote(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """Vote for a work."""
    contribution = permissions.get_contribution(request.user, contribution_id)
    member = membership.member_of(request.user)
    operations.vote(contribution, member=member, actor=request.user)
    return _voted(request, contribution, member, "已投票")


@require_POST
def take_vote_back(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """Take the vote back."""
    contribution = permissions.get_contribution(request.user, contribution_id)
    member = membership.member_of(request.user)
    operations.take_vote_back(contribution, member=member, actor=request.user)
    return _voted(request, contribution, member, "已取消投票")


def _voted(
    request: HttpRequest, contribution: Contribution, member: membership.Member | None, said: str
) -> HttpResponse:
    if not request.htmx:
        return lead_on(request, queries.work_url(contribution), said)
    contribution = permissions.get_contribution(request.user, contribution.pk)
    context = {
        "work": queries.works_of([contribution], member)[0],
        "taking": queries.taking(contribution.activity, member),
        "swapped": True,
    }
    return render_page(request, "activities/_vote.html", context)


# --- Cadres


@require_GET
def contributions(request: HttpRequest, activity_id: int) -> HttpResponse:
    """What was sent in, by state; what waits comes first."""
    activity = permissions.get_managed(request.user, activity_id, permissions.MODERATE)
    states = dict(Contribution.State.choices)
    state = one_of(request.GET.get("state"), list(states)) or Contribution.State.SUBMITTED
    cursor = row_key(request.GET.get("cursor"))
    found = queries.moderation(activity, state=state, cursor=cursor)
    context = {
        "activity": activity,
        "found": found,
        "states": [
            {"key": key, "label": f"{label} {found.counts[key]:,}", "href": f"?state={key}"}
            for key, label in states.items()
        ],
        "state": str(state),
        "more": f"?state={state}&cursor={found.next}" if found.next else "",
    }
    return render_page(
        request, "activities/manage/contributions.html", context, block="rows" if cursor else "results"
    )


@require_POST
def show(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """One tap: let it pass."""
    contribution = permissions.get_moderated(request.user, contribution_id)
    operations.show(contribution, actor=request.user)
    return lead_on(request, _back(request, contribution.activity), "已展示")


@require_POST
def refuse(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """Do not show it, or take it down."""
    contribution = permissions.get_moderated(request.user, contribution_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("请写明原因，至少两个字。", "no-reason", status=422)
    operations.refuse(contribution, reason=form.cleaned_data["reason"], actor=request.user)
    return lead_on(request, _back(request, contribution.activity), "已退回，会员会收到原因")


@require_POST
def show_many(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Let all that are ticked pass."""
    activity = permissions.get_managed(request.user, activity_id, permissions.MODERATE)
    ids = [key for key in map(row_key, request.POST.getlist("work")) if key]
    done = operations.show_many(queries.chosen_contributions(activity, ids), actor=request.user)
    return lead_on(
        request, _back(request, activity), f"已展示 {done:,} 件" if done else "请先勾选要展示的作品"
    )


def _back(request: HttpRequest, activity: Activity) -> str:
    state = one_of(request.POST.get("state"), list(Contribution.State.values))
    return queries.moderation_url(activity) + (f"?state={state}" if state else "")
