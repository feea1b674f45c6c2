"""Letters of a case at the county's desk: writing, handing in, signing, printing, noting the answer."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import calendar, files
from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.forms import AnswerForm, LetterForm, ReasonForm
from huigong.services.complaints.models import Letter
from huigong.services.complaints.permissions import Desk

_KINDS = [kind.value for kind in Letter.Kind]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, case_uuid: uuid.UUID) -> HttpResponse:
    """A letter, begun from words that fit its kind and the cause."""
    desk = permissions.get_desk(request.user, case_uuid)
    if not permissions.may_draft(desk):
        raise PermissionDenied
    kind = Letter.Kind(one_of(request.GET.get("kind"), _KINDS) or Letter.Kind.REMINDER)
    form = LetterForm(
        request.POST or None,
        initial={**queries.first_words(desk.case, kind), "answer_days": queries.terms().letter},
    )
    if request.method == "POST" and form.is_valid():
        data = {"words": form.words, "answer_days": form.cleaned_data["answer_days"], "actor": request.user}
        try:
            letter = operations.draft_letter(desk.case, kind=kind, **data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return _done(request, desk, letter, "已存为草稿")
    return _form_page(request, desk, form, kind=kind, back_to=_case_url(desk), is_new=True)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, case_uuid: uuid.UUID, letter_uuid: uuid.UUID) -> HttpResponse:
    """Other words for a draft."""
    desk, letter = _wanted(request, case_uuid, letter_uuid, verb="edit")
    if letter.state != Letter.State.DRAFT:
        return _done(request, desk, letter, "只有草稿能改")
    form = LetterForm(request.POST or None, initial={**letter.words, "answer_days": letter.answer_days})
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["answer_days"]
        try:
            operations.rewrite_letter(letter, words=form.words, answer_days=days, actor=request.user)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return _done(request, desk, letter, "已保存")
    return _form_page(request, desk, form, kind=letter.kind, back_to=_letter_url(desk, letter), is_new=False)


def _form_page(
    request: HttpRequest, desk: Desk, form: LetterForm, *, kind: str, back_to: str, is_new: bool
) -> HttpResponse:
    kinds = [
        {"key": key, "label": queries.short_name(key), "href": f"?kind={key}"} for key in Letter.Kind.values
    ]
    context = {
        "desk": desk,
        "form": form,
        "kind": kind,
        "title": Letter.Kind(kind).label,
        "kinds": kinds if is_new else [],
        "back_to": back_to,
    }
    status = 422 if form.errors else 200
    return render_page(request, "complaints/desk/letter_form.html", context, status=status)


@require_GET
def detail(request: HttpRequest, case_uuid: uuid.UUID, letter_uuid: uuid.UUID) -> HttpResponse:
    """One letter. That it was opened is noted, and the author of the case sees it."""
    desk = permissions.get_desk(request.user, case_uuid)
    letter = permissions.get_letter(desk, letter_uuid)
    context = {
        "desk": desk,
        "file": operations.open_letter(desk, letter, actor=request.user),
        "acts": permissions.letter_acts(desk, letter, actor=request.user),
        "today": calendar.today(),
    }
    return render_page(request, "complaints/desk/letter.html", context)


@require_GET
def paper(request: HttpRequest, case_uuid: uuid.UUID, letter_uuid: uuid.UUID) -> HttpResponse:
    """The letter as it is printed; noted likewise."""
    desk = permissions.get_desk(request.user, case_uuid)
    letter = permissions.get_letter(desk, letter_uuid)
    content = operations.open_paper(desk, letter, actor=request.user)
    name = f"letter-{letter.year}-{letter.sequence}.pdf" if letter.sequence else "letter-draft.pdf"
    return files.hand_out(content, content_type="application/pdf", name=name)


@require_POST
def act(request: HttpRequest, case_uuid: uuid.UUID, letter_uuid: uuid.UUID, verb: str) -> HttpResponse:
    """One step with a letter."""
    desk, letter = _wanted(request, case_uuid, letter_uuid, verb=verb)
    form_class, operation, said = ACTS[verb]
    form = form_class(request.POST)
    if not form.is_valid():
        wrong = " ".join(error for errors in form.errors.values() for error in errors)
        raise Refused(wrong, "bad-form", status=422)
    operation(letter, form, request.user)
    if not permissions.sees_letter(desk, letter):
        return lead_on(request, _case_url(desk), said)
    return _done(request, desk, letter, said)


def _wanted(
    request: HttpRequest, case_uuid: uuid.UUID, letter_uuid: uuid.UUID, *, verb: str
) -> tuple[Desk, Letter]:
    """The letter, for somebody whose step this is: 404 for who may not see it, 403 for who may not do it."""
    desk = permissions.get_desk(request.user, case_uuid)
    letter = permissions.get_letter(desk, letter_uuid)
    permissions.require_letter_act(desk, letter, verb, actor=request.user)
    return desk, letter


def _case_url(desk: Desk) -> str:
    return reverse("complaints:desk-case", args=[desk.case.uuid])


def _letter_url(desk: Desk, letter: Letter) -> str:
    return reverse("complaints:letter", args=[desk.case.uuid, letter.uuid])


def _done(request: HttpRequest, desk: Desk, letter: Letter, said: str) -> HttpResponse:
    return lead_on(request, _letter_url(desk, letter), said)


def _submit(letter: Letter, form: Any, actor: Any) -> None:
    operations.submit_letter(letter, actor=actor)


def _sign(letter: Letter, form: Any, actor: Any) -> None:
    operations.sign_letter(letter, actor=actor)


def _return(letter: Letter, form: Any, actor: Any) -> None:
    operations.return_letter(letter, reason=form.cleaned_data["text"], actor=actor)


def _drop(letter: Letter, form: Any, actor: Any) -> None:
    operations.drop_letter(letter, actor=actor)


def _answer(letter: Letter, form: Any, actor: Any) -> None:
    operations.record_answer(letter, actor=actor, **form.cleaned_data)


ACTS: dict[str, tuple[type[forms.Form], Callable[[Letter, Any, Any], None], str]] = {
    "submit": (forms.Form, _submit, "已送签"),
    "sign": (forms.Form, _sign, "已签发，请打印盖章后送出"),
    "return": (ReasonForm, _return, "已退回修改"),
    "drop": (forms.Form, _drop, "已作废"),
    "answer": (AnswerForm, _answer, "回函已记录"),
}
"""The addresses below a letter that do something, by verb."""
