"""Cadres look into applications: what waits, one application, the decision, and many at once."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import files
from huigong.core.answers import lead_on, one_of, sheet
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.forms import (
    AnswerForm,
    ApproveForm,
    GivenForm,
    RefuseForm,
    ReturnForm,
    VerifyForm,
    WhyForm,
)
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.queries import Sought

_FORMS: dict[str, type[forms.Form]] = {
    "verify": VerifyForm,
    "return": ReturnForm,
    "approve": ApproveForm,
    "refuse": RefuseForm,
}
MOST_AT_ONCE = 100


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Applications that concern the cadre's offices; those that wait for them first, by their day."""
    if not permissions.reviews(request.user):
        raise PermissionDenied
    sought = sought_by(request)
    cursor = request.GET.get("cursor", "")[:40]
    found = queries.review_page(request.user, sought, cursor=cursor)
    context = {
        "sought": sought,
        "found": found,
        "choices": queries.choices(request.user, sought.union_id),
        "stages": [
            {"key": key, "label": label, "href": _query(sought, stage=key)}
            for key, label in queries.REVIEW_STAGES.items()
        ],
        "more": _query(sought, cursor=found.next) if found.next else "",
        "exported": _exported(request, sought),
        "act": _act_on_many(sought) if any(row.can_decide for row in found.rows) else "",
        "may_offer": permissions.offerers(request.user).exists(),
    }
    return render_page(request, "policies/review/index.html", context, block="rows" if cursor else "results")


def sought_by(request: HttpRequest) -> Sought:
    """What the page or an export was asked for."""
    asked = request.POST or request.GET
    stage = asked.get("stage", queries.WAITING)
    return Sought(
        stage=stage if stage in queries.REVIEW_STAGES else queries.WAITING,
        scheme_id=row_key(asked.get("scheme")),
        union_id=row_key(asked.get("union")),
        text=asked.get("q", "")[:40].strip(),
    )


def _query(sought: Sought, **changed: str) -> str:
    asked: dict[str, Any] = {
        "stage": sought.stage,
        "scheme": sought.scheme_id or "",
        "union": sought.union_id or "",
        "q": sought.text,
    }
    return "?" + urlencode({k: v for k, v in (asked | changed).items() if v or k == "stage"})


def _exported(request: HttpRequest, sought: Sought) -> dict[str, Any]:
    """What the list can be taken out as: one scheme's applications, their columns being its questions."""
    if not sought.scheme_id:
        return {}
    scheme = permissions.get_reviewed_scheme(request.user, sought.scheme_id)
    asked = {"stage": sought.stage, "scheme": scheme.pk, "union": sought.union_id or "", "q": sought.text}
    return {"fields": asked, "private": permissions.may_export_private(request.user, scheme)}


@require_POST
def export(request: HttpRequest) -> FileResponse:
    """The list as a spreadsheet, private answers masked; noted."""
    sought = sought_by(request)
    scheme = permissions.get_reviewed_scheme(request.user, sought.scheme_id or 0)
    return _taken_out(request, scheme, sought, private=False)


@require_http_methods(["GET", "POST"])
def export_private(request: HttpRequest) -> HttpResponseBase:
    """The same with private answers: for the office that decides, once it has said why."""
    sought = sought_by(request)
    scheme = permissions.get_reviewed_scheme(request.user, sought.scheme_id or 0)
    if not permissions.may_export_private(request.user, scheme):
        raise PermissionDenied
    form = WhyForm(request.POST or None)
    if form.is_valid():
        return _taken_out(request, scheme, sought, private=True, reason=form.cleaned_data["reason"])
    exported = _exported(request, sought)
    context = {
        "form": form,
        "scheme": scheme,
        "fields": exported["fields"],
        "count": queries.to_export(request.user, sought).count(),
        "back": reverse("policies:review-index") + _query(sought),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "policies/review/export.html", context, status=status)


def _taken_out(
    request: HttpRequest, scheme: Scheme, sought: Sought, *, private: bool, reason: str = ""
) -> FileResponse:
    found = queries.to_export(request.user, sought)
    operations.note_export(scheme, rows=found.count(), private=private, reason=reason, actor=request.user)
    header, rows = queries.export_sheet(found, scheme, private=private)
    name = f"{scheme.title}申报名单"
    return sheet(request, header, rows, title=f"{name}（含保密内容）" if private else name, name=name)


@require_POST
def print_(request: HttpRequest, applied_id: int) -> HttpResponse:
    """The application on paper; like reading it, on record."""
    application = permissions.get_application(request.user, applied_id)
    content = operations.print_application(application, actor=request.user)
    return files.hand_out(content, content_type="application/pdf", name="申请表.pdf")


def _act_on_many(sought: Sought) -> str:
    """What can be done with many: the same gift to applicants of one scheme, or the award at the end of the notice."""
    if sought.stage == "verified" and sought.scheme_id:
        return "approve"
    return "award" if sought.stage == "noticed" else ""


@require_GET
def detail(request: HttpRequest, applied_id: int) -> HttpResponse:
    """One application without what is private; looking here changes nothing."""
    application = permissions.get_application(request.user, applied_id)
    return _page(request, queries.review_file(application, request.user))


def _page(
    request: HttpRequest, file: queries.ReviewFile, bad: dict[str, forms.Form] | None = None
) -> HttpResponse:
    context = {
        "file": file,
        "forms": {verb: form(auto_id=f"{verb}_%s") for verb, form in _FORMS.items()} | (bad or {}),
        "answer": AnswerForm(auto_id="answer_%s"),
        "faulty": next(iter((bad or {}).values()), None),
        "back": reverse("policies:review-index"),
    }
    return render_page(request, "policies/review/detail.html", context, status=422 if bad else 200)


@require_POST
def unlock(request: HttpRequest, applied_id: int) -> HttpResponse:
    """The same with everything that was answered and handed in; the look is on record."""
    application = permissions.get_application(request.user, applied_id)
    return _page(request, operations.open_application(application, actor=request.user))


@require_GET
def signature(request: HttpRequest, applied_id: int) -> HttpResponse:
    """The applicant's hand, of an application that was opened within the hour."""
    stored = permissions.get_signature(request.user, applied_id, request.GET.get("key", ""))
    return files.hand_out(files.unsealed(stored), content_type="image/png", name=stored.name)


def _decided(
    request: HttpRequest,
    applied_id: int,
    verb: str,
    act: Callable[[Application, Any], object],
    said: str,
) -> HttpResponse:
    """Check the form of `verb`, do it, and on to what waits next."""
    application = permissions.get_application(request.user, applied_id)
    if not permissions.may_decide(request.user, application):
        return _not_now(request, application)
    form = _FORMS[verb](request.POST, auto_id=f"{verb}_%s")
    if not form.is_valid():
        return _page(request, queries.review_file(application, request.user), {verb: form})
    act(application, form)
    return lead_on(request, reverse("policies:review-index"), said)


def _not_now(request: HttpRequest, application: Application) -> HttpResponse:
    """Back to its page, which shows how it stands: a second tap, a quicker colleague, or another office's turn."""
    why = queries.review_file(application, request.user).why_not or "这份申报已经办过了。"
    messages.warning(request, f"这次没有办理：{why}")
    return lead_on(request, reverse("policies:review", args=[application.pk]))


@require_POST
def verify(request: HttpRequest, applied_id: int) -> HttpResponse:
    """The unit's word."""
    return _decided(
        request,
        applied_id,
        "verify",
        lambda row, form: operations.verify(row, actor=request.user, **form.cleaned_data),
        "已核实，转主办工会审定",
    )


@require_POST
def send_back(request: HttpRequest, applied_id: int) -> HttpResponse:
    """To be corrected."""
    return _decided(
        request,
        applied_id,
        "return",
        lambda row, form: operations.return_with(
            row, actor=request.user, marks=form.marks, reason=form.cleaned_data["reason"]
        ),
        "已退回，申报人有 10 个工作日补正",
    )


@require_POST
def approve(request: HttpRequest, applied_id: int) -> HttpResponse:
    """Decide for it."""
    return _decided(
        request,
        applied_id,
        "approve",
        lambda row, form: operations.approve(
            row, actor=request.user, remark=form.cleaned_data["remark"], **form.given
        ),
        "已审定通过",
    )


@require_POST
def refuse(request: HttpRequest, applied_id: int) -> HttpResponse:
    """Decide against it."""
    return _decided(
        request,
        applied_id,
        "refuse",
        lambda row, form: operations.refuse(row, actor=request.user, reason=form.cleaned_data["reason"]),
        "已告知申报人未通过",
    )


@require_POST
def award(request: HttpRequest, applied_id: int) -> HttpResponse:
    """After the notice."""
    application = permissions.get_application(request.user, applied_id)
    if not permissions.may_decide(request.user, application):
        return _not_now(request, application)
    operations.award(application, actor=request.user)
    return lead_on(request, reverse("policies:review-index"), "已办结，申报人会收到通知")


@require_POST
def answer(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Say what became of an objection."""
    objection = permissions.get_objection(request.user, objection_id)
    form = AnswerForm(request.POST, auto_id="answer_%s")
    if not form.is_valid():
        raise Refused("请选择核查结论，并写明答复。", "bad-answer", status=422)
    operations.answer_objection(objection, actor=request.user, **form.cleaned_data)
    address = reverse("policies:review", args=[objection.application_id])
    return lead_on(request, address, "已答复")


@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Decide about all that were ticked: first they are shown with their number, then it is done."""
    act = one_of(request.POST.get("act"), ["approve", "award"]) or "award"
    ids = [key for value in request.POST.getlist("id")[:MOST_AT_ONCE] if (key := row_key(value))]
    chosen = permissions.get_many(request.user, ids)
    if not chosen:
        raise Refused("请先勾选要办理的申报。", "nothing-ticked", status=422)
    confirmed = "confirm" in request.POST
    form = GivenForm(request.POST if confirmed else None)
    if not confirmed or (act == "approve" and not form.is_valid()):
        context = {"chosen": chosen, "act": act, "form": form, "stage": request.POST.get("stage", "")}
        return render_page(request, "policies/review/many.html", context, status=422 if confirmed else 200)
    if act == "approve":
        outcomes = operations.approve_many(chosen, actor=request.user, **form.given)
    else:
        outcomes = operations.award_many(chosen, actor=request.user)
    for name, sentence in outcomes.refused[:5]:
        messages.warning(request, f"{name}没有办：{sentence}")
    return lead_on(
        request, reverse("policies:review-index"), f"已办理 {outcomes.done} 份" if outcomes.done else ""
    )


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "open": unlock,
    "verify": verify,
    "return": send_back,
    "approve": approve,
    "refuse": refuse,
    "award": award,
    "print": print_,
}
"""The addresses below an application that do something, by verb."""
