"""Cadres' pages of what may be applied for: the list, writing, trying it out, opening and closing."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import files
from huigong.core.answers import lead_on, one_of
from huigong.core.choosing import chosen_row
from huigong.core.desks import asked
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.questions import parse_schema
from huigong.people.membership import queries as membership
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.forms import ExtendForm, SchemeEditor, WindowForm, apply_form
from huigong.services.policies.models import Scheme


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the cadre's unions offer, by state, with search."""
    if not permissions.offerers(request.user).exists():
        raise PermissionDenied
    sought = asked(request, queries.SCHEME_STAGES)
    found = queries.schemes_page(request.user, **sought.wanted)
    return sought.answer("policies/schemes/index.html", found)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """First a sample or a blank form is chosen, then it is filled in; nothing is kept before it is saved."""
    union, unions = chosen_row(request, permissions.offerers(request.user), permissions.get_offerer)
    key = one_of(request.GET.get("sample"), list(queries.SAMPLES))
    if request.method == "GET" and not key and "blank" not in request.GET:
        return render_page(request, "policies/schemes/new.html", {"samples": queries.SAMPLES.values()})
    editor = _editor(request, union, sample=queries.SAMPLES.get(key))
    if "preview" in request.POST:
        return _tried_out(request, editor)
    if not editor.is_sent or not editor.is_valid():
        return _form_page(request, editor, unions)
    try:
        scheme = operations.create_scheme(union, actor=request.user, **editor.fields)
    except Refused as refused:
        return _form_page(request, editor, unions, refused)
    return lead_on(request, _desk(scheme), "草稿已保存")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Change it."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    editor = _editor(request, scheme.union, scheme=scheme)
    if "preview" in request.POST:
        return _tried_out(request, editor)
    if not editor.is_sent or not editor.is_valid():
        return _form_page(request, editor)
    try:
        operations.update_scheme(scheme, actor=request.user, **editor.fields)
    except Refused as refused:
        return _form_page(request, editor, refused=refused)
    return lead_on(request, _desk(scheme), "已保存")


def _editor(request: HttpRequest, union, **source: object) -> SchemeEditor:
    sent = request.POST if request.method == "POST" else None
    again = request.POST.get("again", "")[:12]
    return SchemeEditor(union, queries.bases(request.user), data=sent, again=again, **source)


def _tried_out(request: HttpRequest, editor: SchemeEditor) -> HttpResponse:
    """What was typed so far, as a worker would see it; nothing is kept, and what is wrong is told instead."""
    back = _desk(editor.scheme) if editor.scheme else reverse("policies:schemes")
    told = []
    if editor.is_valid():
        try:
            return _preview_page(request, operations.unsaved(editor.union, **editor.fields), back)
        except Refused as refused:
            told = [refused.sentence]
    context = {"mistakes": editor.mistakes + told, "back": back}
    return render_page(request, "policies/schemes/unready.html", context, status=422)


def _form_page(
    request: HttpRequest, editor: SchemeEditor, unions: list | None = None, refused: Refused | None = None
) -> HttpResponse:
    if refused is not None:
        editor.about.add_error(None, forms.ValidationError(refused.sentence))
    scheme = editor.scheme
    context = {
        "editor": editor,
        "unions": unions or [],
        "choices": membership.union_choices(editor.union, chosen=editor.audience.chosen, text=""),
        "applied": queries.begun_count(scheme) if scheme else 0,
        "back": _desk(scheme) if scheme else reverse("policies:scheme-new"),
    }
    block = "questions" if editor.again else "form"
    status = 422 if editor.is_sent else 200
    return render_page(request, "policies/schemes/edit.html", context, block=block, status=status)


@require_GET
def desk(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """How it stands, and what can be done."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    return _desk_page(request, scheme)


def _desk_page(
    request: HttpRequest, scheme: Scheme, bad: dict[str, forms.Form] | None = None
) -> HttpResponse:
    context = {
        "desk": queries.scheme_desk(scheme, request.user),
        "stages": queries.REVIEW_STAGES,
        "forms": {"open": WindowForm(), "extend": ExtendForm(initial={"closes_at": scheme.closes_at})}
        | (bad or {}),
        "faulty": next(iter((bad or {}).values()), None),
    }
    return render_page(request, "policies/schemes/desk.html", context, status=422 if bad else 200)


@require_GET
def preview(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """The form as a worker sees it on the phone, to be tried out; nothing can be sent."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    return _preview_page(request, scheme, _desk(scheme))


def _preview_page(request: HttpRequest, scheme: Scheme, back: str) -> HttpResponse:
    filling = queries.preview(scheme)
    form = apply_form(parse_schema(scheme.questions))(name="", consented=not filling.private)
    context = {"filling": filling, "form": form, "unsaved": "", "preview": True, "back": back}
    return render_page(request, "policies/schemes/preview.html", context)


@require_GET
def notice_sheet(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """What is on notice, to be pinned up."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    content = operations.print_notice(scheme)
    return files.hand_out(content, content_type="application/pdf", name=f"{scheme.title}公示.pdf")


@require_POST
def open_(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Let people apply."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    form = WindowForm(request.POST)
    if not form.is_valid():
        return _desk_page(request, scheme, {"open": form})
    operations.open_scheme(scheme, actor=request.user, **form.cleaned_data)
    return lead_on(request, _desk(scheme), "已开放，符合条件的职工可以申报了")


@require_POST
def extend(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Give more time."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _desk_page(request, scheme, {"extend": form})
    operations.extend(scheme, actor=request.user, **form.cleaned_data)
    return lead_on(request, _desk(scheme), "已延长")


@require_POST
def close(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Take no more applications."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    operations.close_scheme(scheme, actor=request.user)
    return lead_on(request, _desk(scheme), "已结束，收到的申报照常办理")


@require_POST
def copy(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Begin another like it."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    copied = operations.copy_scheme(scheme, actor=request.user)
    return lead_on(request, reverse("policies:scheme-edit", args=[copied.pk]), "已复制成一份草稿")


@require_POST
def discard(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """Throw a draft away."""
    scheme = permissions.get_managed_scheme(request.user, scheme_id)
    operations.discard_scheme(scheme, actor=request.user)
    return lead_on(request, reverse("policies:schemes"), "草稿已删除")


def _desk(scheme: Scheme) -> str:
    return reverse("policies:scheme-desk", args=[scheme.pk])


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "open": open_,
    "extend": extend,
    "close": close,
    "copy": copy,
    "discard": discard,
}
"""The addresses below a scheme's desk that do something, by verb."""
