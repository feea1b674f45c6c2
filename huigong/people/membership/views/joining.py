"""Finding one's union, applying, and claiming a record that is on the roll."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from huigong.core import files
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.forms import CredentialsForm, JoinForm
from huigong.people.membership.models import Claim, JoinApplication

_FIELD_OF = {
    "bad-name": "name",
    "bad-id-number": "id_number",
    "other-identity": "id_number",
    "not-signed": "pledge",
    "bad-signature": "pledge",
}
"""Where on the form a refusal belongs; others stand on top."""


@login_not_required
@require_GET
def join(request: HttpRequest) -> HttpResponse:
    """Find one's union by name, initials or code; open to everybody, names of unions are public."""
    context = {**found_unions(request, "membership:apply"), "standing": None, "known_phone": False}
    if request.user.is_authenticated:
        context["standing"] = queries.standing(request.user)
        context["known_phone"] = queries.phone_on_roll(request.user)
    return render_page(request, "membership/join.html", context, block="results")


def found_unions(request: HttpRequest, route: str) -> dict[str, Any]:
    """What the search box found: at most twenty unions, each with the page it leads to."""
    text = request.GET.get("q", "")[:60].strip()
    has_none = "none" in request.GET
    found = queries.open_to_all() if has_none else queries.joinable(text)
    unions = list(found[:21]) if has_none or text else []
    tail = "?via=no_union" if has_none else ""
    rows = [{"union": union, "href": reverse(route, args=[union.pk]) + tail} for union in unions[:20]]
    return {"text": text, "has_none": has_none, "rows": rows, "has_more": len(unions) > 20}


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, union_id: int) -> HttpResponse:
    """The application form of one union."""
    union = permissions.get_union_to_join(union_id)
    via = JoinApplication.Via.NO_UNION if request.GET.get("via") == "no_union" else JoinApplication.Via.JOIN
    initial = {"name": request.user.display_name, "unit_name": union.unit_name if via == "join" else ""}
    form = JoinForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _count_try(request, form)
            applied = operations.apply_to_join(
                request.user, union=union, via=via, actor=request.user, **form.application
            )
        except Refused as refused:
            if refused.code == "on-roll":
                return _ask_to_confirm(request, CredentialsForm(request.POST))
            _put(form, refused)
        else:
            return redirect("membership:application-sent", applied.application.pk)
    return _form_page(request, form, union, application=None)


@require_http_methods(["GET", "POST"])
def correct_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """The form of a returned application, as it was filled in."""
    application = permissions.get_own_application(request.user, application_id)
    if application.state != JoinApplication.State.RETURNED:
        return redirect("membership:application", application.pk)
    initial = {
        "name": application.name,
        "document_kind": application.person.document_kind,
        "id_number": application.person.id_number,
        "sex": application.sex,
        "born_on": application.born_on,
        "work_form": application.work_form,
        "unit_name": application.unit_name,
        "job_title": application.job_title,
    }
    form = JoinForm(request.POST or None, initial=initial)
    if request.method == "GET":
        form.mark(application.marks)
    if request.method == "POST" and form.is_valid():
        try:
            _count_try(request, form)
            operations.resubmit(application, actor=request.user, **form.application)
        except Refused as refused:
            _put(form, refused)
        else:
            return redirect("membership:application-sent", application.pk)
    return _form_page(request, form, application.union, application=application)


def _count_try(request: HttpRequest, form: CredentialsForm) -> None:
    data = form.cleaned_data
    operations.count_identity_try(request.user, name=data["name"], id_number=data["id_number"])


def _put(form: CredentialsForm, refused: Refused) -> None:
    field = _FIELD_OF.get(refused.code)
    form.add_error(field if field in form.fields else None, refused.sentence)


def _form_page(
    request: HttpRequest, form: JoinForm, union: Any, *, application: JoinApplication | None
) -> HttpResponse:
    context = {"form": form, "union": union, "application": application, "account": request.user}
    return render_page(
        request, "membership/apply.html", context, status=422 if form.is_bound and form.errors else 200
    )


@require_GET
def application_sent(request: HttpRequest, application_id: int) -> HttpResponse:
    """It went off; what happens now."""
    application = permissions.get_own_application(request.user, application_id)
    return render_page(request, "membership/sent.html", {"application": application})


@require_GET
def signature(request: HttpRequest, application_id: int) -> FileResponse:
    """The drawn signature, for the applicant and the reviewers."""
    return files.serve(permissions.get_signature(request.user, application_id))


@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """First name and number, then the record that they fit, then it is mine."""
    form = CredentialsForm(request.POST or None, initial={"name": request.user.display_name})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _count_try(request, form)
            if "confirm" not in request.POST:
                return _ask_to_confirm(request, form)
            claimed = operations.claim(request.user, actor=request.user, **data)
        except Refused as refused:
            _put(form, refused)
        else:
            return _claimed(request, claimed)
    return render_page(request, "membership/claim.html", {"form": form}, status=422 if form.errors else 200)


def _ask_to_confirm(request: HttpRequest, form: CredentialsForm) -> HttpResponse:
    """Show whose record it is, to somebody who knows both its name and its number."""
    form.full_clean()
    held = queries.on_roll(queries.credentials(**form.cleaned_data))
    if held is None:
        form.add_error(None, "没有找到姓名和证件号都相符的会员记录。请核对后再试，或直接申请入会。")
        return render_page(request, "membership/claim.html", {"form": form}, status=422)
    context = {"form": form, "held": held, "at_once": queries.is_plain_claim(request.user, held.person)}
    return render_page(request, "membership/claim_confirm.html", context)


def _claimed(request: HttpRequest, claimed: Claim) -> HttpResponse:
    if claimed.state != Claim.State.CONFIRMED:
        return redirect("membership:claim-detail", claimed.pk)
    messages.success(request, "认领成功，会员卡可以使用了")
    return redirect("membership:status")
