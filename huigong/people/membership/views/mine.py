"""The reader's own membership: how it stands, its requests, its union, and leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.jinja import render_page
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.forms import DetailsForm
from huigong.people.membership.models import Claim, JoinApplication, Transfer


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """My card, where my requests stand, and my memberships up to now."""
    return render_page(request, "membership/status.html", {"mine": queries.standing(request.user)})


@require_GET
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application of mine, step by step."""
    found = permissions.get_own_application(request.user, application_id)
    return _request_page(request, found, title="入会申请")


@require_GET
def claim_detail(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim of mine, step by step."""
    return _request_page(request, permissions.get_own_claim(request.user, claim_id), title="会籍认领")


@require_GET
def transfer_detail(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """One transfer of mine, step by step."""
    return _request_page(request, permissions.get_own_transfer(request.user, transfer_id), title="转会申请")


def _request_page(
    request: HttpRequest, found: JoinApplication | Claim | Transfer, *, title: str
) -> HttpResponse:
    context = {"progress": queries.progress(found), "request_of": found, "title": title}
    return render_page(request, "membership/request.html", context)


@require_POST
def withdraw_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take my application back."""
    found = permissions.get_own_application(request.user, application_id)
    operations.withdraw_application(found, actor=request.user)
    return _withdrawn(request)


@require_POST
def withdraw_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Take my claim back."""
    operations.withdraw_claim(permissions.get_own_claim(request.user, claim_id), actor=request.user)
    return _withdrawn(request)


@require_POST
def withdraw_transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Take my transfer back; I stay where I am."""
    found = permissions.get_own_transfer(request.user, transfer_id)
    operations.withdraw_transfer(found, actor=request.user)
    return _withdrawn(request)


def _withdrawn(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已撤回")
    return redirect("membership:status")


@require_http_methods(["GET", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """What the roll says about me, and the part of it that I fill in and put right myself."""
    held = permissions.get_own_membership(request.user)
    form = DetailsForm(request.POST or None, initial=DetailsForm.initial_of(held.person))
    if request.method == "POST" and form.is_valid():
        operations.correct_person(held.person, actor=request.user, **form.cleaned_data)
        messages.success(request, "已保存")
        return redirect("membership:details")
    context = {"form": form, "record": queries.own_record(held)}
    return render_page(request, "membership/details.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """What leaving means, and leaving."""
    held = permissions.get_own_membership(request.user)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        operations.leave_union(held, actor=request.user)
        messages.info(request, f"您已退出{held.union.name}，今后可以随时重新申请。")
        return redirect("membership:status")
    return render_page(request, "membership/leave.html", {"held": held, "unsure": request.method == "POST"})
