"""Asking to move to another union."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.forms import TransferForm
from huigong.people.membership.views.joining import found_unions


@require_GET
def transfer(request: HttpRequest) -> HttpResponse:
    """Find the union to move to."""
    held = permissions.get_own_membership(request.user)
    context = {
        **found_unions(request, "membership:request-transfer"),
        "held": held,
        "standing": queries.standing(request.user),
    }
    return render_page(request, "membership/transfer.html", context, block="results")


@require_http_methods(["GET", "POST"])
def request_transfer(request: HttpRequest, union_id: int) -> HttpResponse:
    """Why, and the request to both unions."""
    held = permissions.get_own_membership(request.user)
    union = permissions.get_union_to_join(union_id)
    form = TransferForm(request.POST or None, initial={"unit_name": union.unit_name})
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.request_transfer(held, to_union=union, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("membership:transfer-detail", made.pk)
    context = {"form": form, "held": held, "union": union}
    return render_page(
        request, "membership/request_transfer.html", context, status=422 if form.errors else 200
    )
