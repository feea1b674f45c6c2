"""Cadres decide, on the phone: what waits, one request, and the decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.forms import ApproveForm, ExpulsionForm, ReasonForm, ReturnForm

_NO: dict[str, type[ReasonForm]] = {"return": ReturnForm, "reject": ReasonForm}
_SHOWS = [("", "待我办理"), ("late", "已超期"), ("done", "已办结")]


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """Requests within the cadre's reach, in the order of their deadline."""
    if not queries.may_review(request.user):
        raise PermissionDenied
    counts = queries.review_counts(request.user)
    kind = request.GET.get("kind", "")
    if kind not in queries.KINDS:
        kind = next((name for name, count in counts.items() if count), "application")
    wanted = {
        "kind": kind,
        "show": request.GET.get("show", "") if request.GET.get("show") in dict(_SHOWS) else "",
        "q": request.GET.get("q", "")[:40].strip(),
    }
    cursor = request.GET.get("cursor", "")[:40]
    page = queries.review_page(request.user, kind, show=wanted["show"], text=wanted["q"], cursor=cursor)
    context = {
        "tabs": [
            {"key": name, "label": label, "count": counts[name], "href": _link(kind=name)}
            for name, label in queries.KINDS.items()
        ],
        "shows": [
            {"key": key, "label": label, "href": _link(**{**wanted, "show": key})} for key, label in _SHOWS
        ],
        "wanted": wanted,
        "found": page,
        "more": _link(**wanted, cursor=page.next) if page.next else "",
    }
    return render_page(request, "membership/review.html", context, block="rows" if cursor else "results")


def _link(**wanted: str) -> str:
    return (
        f"{reverse('membership:review')}?{urlencode({key: value for key, value in wanted.items() if value})}"
    )


@require_GET
def review_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application, with what the decision needs."""
    found = permissions.get_application(request.user, application_id, permissions.JOIN_REVIEW)
    return _detail(request, "application", found)


@require_GET
def review_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim, with what the decision needs."""
    found = permissions.get_claim(request.user, claim_id, permissions.CLAIM_REVIEW)
    return _detail(request, "claim", found)


@require_GET
def review_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """One transfer, with what the decision needs."""
    return _detail(request, "transfer", permissions.get_transfer(request.user, transfer_id))


def _detail(
    request: HttpRequest,
    kind: str,
    found: Any,
    *,
    bad: dict[str, ReasonForm] | None = None,
    numbers: operations.Numbers | None = None,
) -> HttpResponse:
    context = {
        "review": queries.review(request.user, kind, found),
        "progress": queries.progress(found),
        "reason_forms": {verb: form(auto_id=f"{verb}_%s") for verb, form in _NO.items()} | (bad or {}),
        "numbers": numbers,
    }
    if request.htmx and (numbers or "sheet" in request.GET):  # type: ignore[attr-defined]
        part = "membership/_numbers.html" if numbers else "membership/_approve.html"
        return render_page(request, part, context)
    return render_page(request, "membership/review_detail.html", context, status=422 if bad else 200)


@require_POST
def reveal_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """The applicant's numbers in full; the look is on record."""
    found = permissions.get_application(request.user, application_id, permissions.JOIN_REVIEW)
    return _detail(
        request, "application", found, numbers=operations.reveal_applicant(found, actor=request.user)
    )


@require_POST
def reveal_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The claimant's numbers in full; the look is on record."""
    found = permissions.get_claim(request.user, claim_id, permissions.CLAIM_REVIEW)
    return _detail(request, "claim", found, numbers=operations.reveal_applicant(found, actor=request.user))


@require_POST
def approve_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take the applicant in."""
    found = permissions.get_application(request.user, application_id, permissions.JOIN_REVIEW)
    form = ApproveForm(request.POST)
    form.is_valid()
    operations.approve_application(found, actor=request.user, **form.cleaned_data)
    return _done(request, f"已通过，{found.name}成为会员", "application")


@require_POST
def return_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Give it back to be corrected."""
    found = permissions.get_application(request.user, application_id, permissions.JOIN_REVIEW)
    return _say_no(
        request, "application", found, operations.return_application, "已退回，申请人可以修改后再提交"
    )


@require_POST
def reject_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Say no."""
    found = permissions.get_application(request.user, application_id, permissions.JOIN_REVIEW)
    return _say_no(request, "application", found, operations.reject_application, "已告知申请人未通过")


@require_POST
def approve_many(request: HttpRequest) -> HttpResponse:
    """Take in all that were ticked; say how many, and why not the others."""
    ids = [key for value in request.POST.getlist("id")[:100] if (key := row_key(value))]
    found = permissions.get_applications(request.user, ids, permissions.JOIN_REVIEW)
    outcomes = operations.approve_many(found, actor=request.user)
    approved = sum(outcome.approved for outcome in outcomes)
    if approved:
        messages.success(request, f"已通过 {approved} 人")
    for outcome in outcomes:
        if not outcome.approved:
            messages.warning(request, f"{outcome.application.name}没有通过：{outcome.sentence}")
    if not outcomes:
        messages.warning(request, "请先勾选要通过的申请。")
    return redirect(_link(kind="application"))


@require_POST
def confirm_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """It is them."""
    found = permissions.get_claim(request.user, claim_id, permissions.CLAIM_REVIEW)
    operations.confirm_claim(found, actor=request.user, remark=request.POST.get("remark", ""))
    return _done(request, f"已确认，会籍归到{found.person.name}的账号", "claim")


@require_POST
def reject_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """It is not them."""
    found = permissions.get_claim(request.user, claim_id, permissions.CLAIM_REVIEW)
    return _say_no(request, "claim", found, operations.reject_claim, "已告知对方未通过")


@require_POST
def let_go(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The old union agrees."""
    found = permissions.get_transfer_for(request.user, transfer_id, permissions.TRANSFER_REVIEW)
    operations.let_go(found, actor=request.user, remark=request.POST.get("remark", ""))
    return _done(request, f"已同意转出，等待{found.to_union.name}接收", "transfer")


@require_POST
def take_in(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The new union agrees."""
    found = permissions.get_transfer_for(request.user, transfer_id, permissions.TRANSFER_REVIEW)
    operations.take_in(found, actor=request.user, remark=request.POST.get("remark", ""))
    return _done(request, f"转会完成，{found.person.name}已是{found.to_union.name}的会员", "transfer")


@require_POST
def reject_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Whose turn it is says no."""
    found = permissions.get_transfer_for(request.user, transfer_id, permissions.TRANSFER_REVIEW)
    return _say_no(request, "transfer", found, operations.reject_transfer, "已告知会员没有同意")


def _say_no(
    request: HttpRequest, kind: str, found: Any, decide: Callable[..., Any], done: str
) -> HttpResponse:
    verb = "return" if decide is operations.return_application else "reject"
    form = _NO[verb](request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        return _detail(request, kind, found, bad={verb: form})
    decide(found, actor=request.user, **form.cleaned_data)
    return _done(request, done, kind)


def _done(request: HttpRequest, words: str, kind: str) -> HttpResponse:
    """Say so, and on to the next."""
    messages.success(request, words)
    return redirect(_link(kind=kind))


@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Somebody on the roll: memberships, work, and a proposal that waits."""
    found = permissions.get_person(request.user, person_id)
    file = queries.person_file(found)
    context = {"file": file, "may_decide": queries.may_expel(request.user, file.expulsion)}
    return render_page(request, "membership/person.html", context)


@require_POST
def decide_expulsion(request: HttpRequest, expulsion_id: int) -> HttpResponse:
    """The chair expels, or does not."""
    expulsion = permissions.get_expulsion(request.user, expulsion_id)
    form = ExpulsionForm(request.POST)
    if not form.is_valid():
        raise Refused("请选择除名或不予除名。", "no-decision", status=422)
    data = form.cleaned_data
    operations.decide_expulsion(
        expulsion, expel=data["expel"] == "yes", remark=data["remark"], actor=request.user
    )
    messages.success(request, "已除名，并报上级工会备案" if data["expel"] == "yes" else "已记录：不予除名")
    return redirect("membership:person", expulsion.membership.person_id)
