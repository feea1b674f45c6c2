"""Founding a union online: the request, and where it stands."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import limits
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.forms import RegisterForm


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask for a union to be founded. Requests that are open already stand above the form."""
    form = RegisterForm(request.POST or None, kinds=operations.FOUNDABLE)
    if request.method == "POST" and form.is_valid():
        try:
            limits.require("register-union", str(request.user.pk), at_most=5, per=timedelta(days=1))
            registration = operations.register_union(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "建会申请已提交，上级工会答复后会通知您。")
            return redirect("orgs:registration", registration.pk)
    context = {"form": form, "mine": queries.my_registrations(request.user)}
    return render_page(request, "orgs/register.html", context, status=422 if form.errors else 200)


@require_GET
def registration(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Where my request stands, step by step."""
    own = permissions.get_own_registration(request.user, registration_id)
    return render_page(request, "orgs/registration.html", {"progress": queries.founding_progress(own)})


@require_POST
def withdraw(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Take my request back before the union is established."""
    own = permissions.get_own_registration(request.user, registration_id)
    operations.withdraw_registration(own, actor=request.user)
    messages.success(request, "建会申请已撤回。")
    return redirect("orgs:register")
