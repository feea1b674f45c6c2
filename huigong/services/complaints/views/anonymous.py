"""Open to everybody: what this is, complaining without a name, and following that up with the receipt code.

Nothing here looks at who is logged in, and the code travels in the body of a form only.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.middleware import client_ip
from huigong.services.complaints import operations, queries
from huigong.services.complaints.forms import (
    AnonymousForm,
    CodeForm,
    RatingForm,
    ReasonForm,
    SupplementForm,
    uploads_of,
)
from huigong.services.complaints.models import Case

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@login_not_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Three ways to sign a complaint, and who will see it."""
    return render_page(request, "complaints/start.html", {})


@login_not_required
@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest) -> HttpResponse:
    """Complain without a name; the answer holds the receipt code, this once."""
    form = AnonymousForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        operations.count_knock(client_ip(request), at_most=operations.KNOCKS_AN_HOUR, per=HOUR)
        try:
            lodged = operations.lodge_anonymously(
                form.draft, token=form.cleaned_data["token"], uploads=form.evidence
            )
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            code = lodged.receipt
            blocks = [code[place : place + 4] for place in range(0, 16, 4)]
            context = {"code": code, "blocks": blocks, "terms": queries.terms()}
            return render_page(request, "complaints/receipt_code.html", context)
    context = {"form": form, "is_anonymous": True}
    return render_page(request, "complaints/lodge.html", context, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """The door: a receipt code opens its case, and does what else the form asks for. Nothing is remembered."""
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _door(request, form)
    code = form.cleaned_data["code"]
    try:
        case = operations.open_by_receipt(code, address=client_ip(request))
    except Refused as refused:
        if refused.status != 422:
            raise
        form.add_error("code", refused.sentence)
        return _door(request, form)
    said, wrong = _done(request, case)
    operations.mark_seen(case)
    context = {"file": queries.author_file(case), "code": code, "said": said, "wrong": wrong}
    return render_page(request, "complaints/case.html", context, status=422 if wrong else 200)


def _door(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render_page(request, "complaints/receipt.html", {"form": form}, status=422 if form.errors else 200)


def _done(request: HttpRequest, case: Case) -> tuple[str, str]:
    """What the form asked for besides, done: what to say about it, or what was wrong."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return "", ""
    form_class, operation, said = act
    form = form_class(request.POST, request.FILES)
    if not form.is_valid():
        return "", " ".join(error for errors in form.errors.values() for error in errors)
    try:
        operation(case, form)
    except Refused as refused:
        return "", refused.sentence
    return said, ""


def _supplement(case: Case, form: Any) -> None:
    operations.supplement(case, text=form.cleaned_data["text"], uploads=uploads_of(form))


def _rate(case: Case, form: Any) -> None:
    operations.rate(case, **form.cleaned_data)


def _reopen(case: Case, form: Any) -> None:
    operations.reopen(case, reason=form.cleaned_data["text"])


ACTS: dict[str, tuple[type[forms.Form], Callable[[Case, Any], None], str]] = {
    "supplement": (SupplementForm, _supplement, "补充的材料已收到"),
    "rate": (RatingForm, _rate, "谢谢您的评价"),
    "reopen": (ReasonForm, _reopen, "已要求重新办理"),
}
"""What an author may do with a case: its form, what it does, what is said then."""
