"""Applying: what there is, one scheme, and its form, kept while it is filled in."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import limits
from huigong.core.answers import lead_on
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.questions import AnswersInvalid, Kind, parse_schema
from huigong.people.membership import queries as membership
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.forms import ApplyForm, apply_form, says_yes, written
from huigong.services.policies.models import Application

State = Application.State
_FIELD_OF = {
    "no-consent": "sign-consent",
    "not-signed": "sign-name",
    "bad-signature": "sign-name",
}
"""Where on the form a refusal belongs; others stand on top."""


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What I applied for, and what I can apply for."""
    member = membership.member_of(request.user)
    context = {"choice": queries.choice(request.user, member), "is_member": member is not None}
    return render_page(request, "policies/apply/index.html", context)


@require_GET
def scheme(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """What it is, whether the reader may, what is needed and who will see it."""
    found, member = permissions.get_scheme(request.user, scheme_id)
    face = queries.scheme_face(found, member, request.user)
    return render_page(request, "policies/apply/scheme.html", {"face": face})


@require_POST
def begin(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Begin a draft, or go on with what was begun."""
    found, member = permissions.get_scheme(request.user, scheme_id)
    application = operations.begin(found, member=member, actor=request.user)
    return lead_on(request, reverse("policies:apply", args=[application.pk]))


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, applied_id: int) -> HttpResponse:
    """The form. Whatever is sent is kept as a draft first, so that no mistake costs what was typed."""
    application = permissions.get_own(request.user, applied_id)
    if application.state not in (State.DRAFT, State.RETURNED):
        return redirect("policies:application", application.pk)
    if request.method == "POST":
        application = _kept(request, application)
        if request.POST.get("act") != "send":
            return lead_on(request, reverse("policies:application", args=[application.pk]), "草稿已保存")
    form = _form(request, application)
    form_is_fine = request.method == "POST" and form.is_valid()
    if request.method == "POST":
        _take_in(request, application, form)
    if form_is_fine and form.is_valid() and _sent(request, application, form):
        return redirect("policies:sent", application.pk)
    context = {"filling": queries.filling(application), "form": form, "unsaved": _unsaved(form)}
    status = 422 if form.is_bound else 200
    return render_page(request, "policies/apply/form.html", context, status=status)


def _kept(request: HttpRequest, application: Application) -> Application:
    questions = parse_schema(application.scheme.questions)
    return operations.save_draft(
        application,
        written(questions, request.POST),
        consents=says_yes(request.POST),
        actor=request.user,
    )


def _form(request: HttpRequest, application: Application) -> ApplyForm:
    questions = parse_schema(application.scheme.questions)
    has_consent = application.state == State.RETURNED or not any(each.private for each in questions)
    initial = queries.filling(application).answers | {"sign-consent": application.consented_at is not None}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return apply_form(questions)(*sent, name=application.person.name, consented=has_consent, initial=initial)


def _unsaved(form: ApplyForm) -> str:
    """What is not sent along when the draft is kept: files go by themselves, a signature belongs to the end."""
    papers = [question.id for question in form.questions if question.kind == Kind.FILES]
    return "not " + ",".join(form.add_prefix(name) for name in (*papers, "sign-drawn", "sign-name"))


def _take_in(request: HttpRequest, application: Application, form: ApplyForm) -> None:
    """Papers that were chosen but not uploaded by themselves, as without script."""
    for question in form.questions:
        if question.kind == Kind.FILES:
            for sentence in _added(request, application, question.id):
                form.add_error(question.id, sentence)


def _added(request: HttpRequest, application: Application, question_id: str) -> list[str]:
    """Keep what was sent for a question; a sentence for each that was refused. Two hundred a day for each person."""
    wrong = []
    for upload in request.FILES.getlist(f"{ApplyForm.prefix}-{question_id}"):
        try:
            limits.require("application-paper", str(request.user.pk), at_most=200, per=timedelta(days=1))
            operations.add_evidence(
                application, question_id, upload, name=upload.name or "", actor=request.user
            )
        except Refused as refused:
            wrong.append(refused.sentence)
    return wrong


def _sent(request: HttpRequest, application: Application, form: ApplyForm) -> bool:
    try:
        operations.submit(application, form.cleaned_data, actor=request.user, **form.signing)
    except AnswersInvalid as invalid:
        form.put(invalid.errors)
    except Refused as refused:
        form.put({_FIELD_OF.get(refused.code, ""): refused.sentence})
    else:
        return True
    return False


@require_POST
def save(request: HttpRequest, applied_id: int) -> HttpResponse:
    """Keep the draft while it is being filled in; says when it was kept."""
    _kept(request, permissions.get_own(request.user, applied_id))
    return HttpResponse(f"已自动保存 {timezone.localtime():%H:%M}")


@require_POST
def add_evidence(request: HttpRequest, applied_id: int, question_id: str) -> HttpResponse:
    """Take papers in, and keep what is typed so far with them."""
    application = _kept(request, permissions.get_own(request.user, applied_id))
    wrong = _added(request, application, question_id)
    asked = queries.asked_for(application, question_id)
    if not request.htmx:  # type: ignore[attr-defined]
        if wrong:
            raise Refused(wrong[0], "bad-file", status=422)
        return redirect(f"{reverse('policies:apply', args=[application.pk])}#papers-{question_id}")
    if asked is None:
        raise Refused("这里不用上传文件，请刷新页面后再试。", "not-asked", status=422)
    return _papers(request, application, asked, wrong)


@require_POST
def remove_evidence(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take a paper away again."""
    evidence = permissions.get_evidence(request.user, evidence_id)
    application, question_id = evidence.application, evidence.question
    if not request.htmx:  # type: ignore[attr-defined]
        _kept(request, application)
    operations.remove_evidence(evidence, actor=request.user)
    asked = queries.asked_for(application, question_id)
    if asked is None or not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{reverse('policies:apply', args=[application.pk])}#papers-{question_id}")
    return _papers(request, application, asked, [])


def _papers(
    request: HttpRequest, application: Application, asked: queries.Asked, wrong: list[str]
) -> HttpResponse:
    form = apply_form(parse_schema(application.scheme.questions))(name="", consented=True)
    context = {"application": application, "asked": asked, "form": form, "wrong": wrong}
    return render_page(request, "policies/apply/_papers.html", context, status=422 if wrong else 200)
