"""Writing an activity: the form for a new one and for changes, and the small answers that help filling it in."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from huigong.core import drawings, files
from huigong.core.answers import lead_on, one_of, taken_in
from huigong.core.choosing import chosen_row
from huigong.core.jinja import render_page
from huigong.people.membership import queries as membership
from huigong.services.activities import operations, permissions
from huigong.services.activities.forms.editing import ActivityEditor
from huigong.services.activities.forms.quotas import QuotaForm
from huigong.services.activities.models import Activity

ROWS = ["sessions", "questions", "survey", "usual"]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft in the name of a union that the cadre organises for."""
    union, unions = chosen_row(request, permissions.organisers(request.user), permissions.get_organiser)
    more = one_of(request.POST.get("more"), ROWS)
    sent = request.POST if request.method == "POST" else None
    editor = ActivityEditor(union, None, sent, request.FILES, more)
    if sent is None or more or not editor.is_valid():
        return _page(request, editor, {"unions": unions})
    fields = _with_cover(request, editor)
    if fields is None:
        return _page(request, editor, {"unions": unions})
    activity = operations.create_activity(
        union, rule=editor.rule, plans=_plans(editor), actor=request.user, **fields
    )
    return lead_on(request, reverse("activities:manage", args=[activity.pk]), "草稿已保存")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Change an activity; what members who signed up must know is told to them."""
    activity = permissions.get_managed(request.user, activity_id, permissions.EDIT)
    more = one_of(request.POST.get("more"), ROWS)
    sent = request.POST if request.method == "POST" else None
    editor = ActivityEditor(activity.union, activity, sent, request.FILES, more)
    if sent is None or more or not editor.is_valid():
        return _page(request, editor, {})
    fields = _with_cover(request, editor)
    if fields is None:
        return _page(request, editor, {})
    operations.update_activity(activity, rule=editor.rule, plans=_plans(editor), actor=request.user, **fields)
    return lead_on(request, reverse("activities:manage", args=[activity_id]), "已保存")


def _plans(editor: ActivityEditor) -> list[operations.SessionPlan]:
    return [operations.SessionPlan(**plan) for plan in editor.plans]


def _with_cover(request: HttpRequest, editor: ActivityEditor) -> dict | None:
    """The fields with an uploaded cover, re-encoded; None when it is no picture, with the form saying so."""
    fields = editor.fields
    if editor.upload:
        try:
            fields["cover"] = files.store_image(
                editor.upload, owner=request.user, name=editor.upload.name, is_public=True
            )
        except ValueError as refused:
            editor.about.add_error("upload", forms.ValidationError(str(refused)))
            return None
    return fields


def _page(request: HttpRequest, editor: ActivityEditor, context: dict) -> HttpResponse:
    may_count = permissions.may_organise(request.user, editor.union)
    context |= {
        "editor": editor,
        "covers": drawings.choices(),
        "choices": membership.union_choices(editor.union, chosen=editor.audience.chosen, text=""),
        "may_count": may_count,
        "back": _back(editor.activity),
    }
    bad = request.method == "POST" and not editor.more
    block = editor.more or "form"
    return render_page(
        request, "activities/manage/edit.html", context, block=block, status=422 if bad else 200
    )


def _back(activity: Activity | None) -> str:
    return (
        reverse("activities:manage", args=[activity.pk]) if activity else reverse("activities:manage-index")
    )


@require_POST
def pictures(request: HttpRequest) -> HttpResponse:
    """Take a picture for a text in: its address, or a sentence why not. For whoever writes such texts."""
    if not permissions.manages(request.user):
        raise PermissionDenied
    return taken_in(request, by=request.user)


@require_http_methods(["GET", "POST"])
def quotas(request: HttpRequest, session_id: int) -> HttpResponse:
    """Share a session's places out among the unions below."""
    session = permissions.get_managed_session(request.user, session_id, permissions.EDIT)
    form = QuotaForm(session, request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "session": session}
        status = 422 if request.method == "POST" else 200
        return render_page(request, "activities/manage/quotas.html", context, status=status)
    operations.set_quotas(session, quotas=form.quotas, actor=request.user)
    return lead_on(request, reverse("activities:manage", args=[session.activity_id]), "名额已分配")
