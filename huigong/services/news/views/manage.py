"""Editors' pages: the list, writing, the desk of an article, its versions, its preview."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import drawings, files
from huigong.core.answers import lead_on, taken_in
from huigong.core.choosing import chosen_row
from huigong.core.desks import asked
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.news import operations, permissions, queries
from huigong.services.news.forms import ArticleEditor
from huigong.services.news.models import Article


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Articles that the editor looks after, by stage, with search."""
    if not permissions.manages(request.user):
        raise PermissionDenied
    sought = asked(request, queries.STAGES)
    found = queries.managed_page(request.user, **sought.wanted)
    return sought.answer(
        "news/manage/index.html",
        found,
        may_create=permissions.writers(request.user).exists(),
        may_configure=permissions.may_configure(request.user),
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft in the name of a union that the editor writes for."""
    union, unions = chosen_row(request, permissions.writers(request.user), permissions.get_writer)
    if request.method == "GET":
        return _form(request, ArticleEditor(union), unions)
    editor = ArticleEditor(union, None, request.POST, request.FILES)
    fields = _fields(request, editor)
    if fields is None:
        return _form(request, editor, unions)
    article = operations.create_article(union, actor=request.user, **fields)
    return _kept(request, article, editor)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, article_id: int) -> HttpResponse:
    """Change a draft, or what was returned."""
    article = permissions.get_managed(request.user, article_id, permissions.EDIT)
    if request.method == "GET":
        return _form(request, ArticleEditor(article.union, article), [])
    editor = ArticleEditor(article.union, article, request.POST, request.FILES)
    fields = _fields(request, editor)
    if fields is None:
        return _form(request, editor, [])
    operations.update_article(article, actor=request.user, **fields)
    return _kept(request, article, editor)


def _fields(request: HttpRequest, editor: ArticleEditor) -> dict | None:
    """What was filled in, an uploaded cover made anew; None when something is wrong, marked in the form."""
    if not editor.is_valid():
        return None
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


def _kept(request: HttpRequest, article: Article, editor: ArticleEditor) -> HttpResponse:
    """The words are safe by now; a document that cannot be kept is told on the desk, and tried again there."""
    said = "已保存"
    if editor.uploads:
        try:
            operations.attach(article, editor.uploads, actor=request.user)
        except Refused as refused:
            said = f"已保存，但附件没有加上。{refused.sentence}"
    return lead_on(request, reverse("news:manage", args=[article.pk]), said)


def _form(request: HttpRequest, editor: ArticleEditor, unions: list) -> HttpResponse:
    article = editor.article
    context = {
        "editor": editor,
        "unions": unions,
        "covers": [("", drawings.drawing_url("meeting"), "按标题配"), *drawings.choices()],
        "choices": membership.union_choices(editor.union, chosen=editor.audience.chosen, text=""),
        "back": reverse("news:manage", args=[article.pk]) if article else reverse("news:manage-index"),
        "attachments": list(article.attachments.select_related("file")) if article else [],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "news/manage/edit.html", context, block="form", status=status)


@require_POST
def pictures(request: HttpRequest) -> HttpResponse:
    """Take a picture for a text in. For whoever writes articles."""
    if not permissions.writers(request.user).exists():
        raise PermissionDenied
    return taken_in(request, by=request.user)


@require_GET
def desk(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article for those who work on it: where it stands, what was said, what can be done."""
    article = permissions.get_managed(request.user, article_id)
    return render_page(request, "news/manage/desk.html", {"desk": queries.desk_of(article, request.user)})


@require_GET
def preview(request: HttpRequest, article_id: int) -> HttpResponse:
    """The article as a reader will see it on a phone."""
    article = permissions.get_managed(request.user, article_id)
    return render_page(request, "news/manage/preview.html", {"face": queries.face(article)})


@require_GET
def versions(request: HttpRequest, article_id: int) -> HttpResponse:
    """Every text that was saved, and what changed in one of them against the one before."""
    article = permissions.get_managed(request.user, article_id)
    saved = queries.versions_of(article)
    number = row_key(request.GET.get("number")) or saved[0].number
    version = permissions.get_version(article, number)
    before = permissions.get_version(article, number - 1) if number > 1 else None
    changes = queries.changes(before, version)
    context = {
        "article": article,
        "saved": saved,
        "version": version,
        "before": before,
        "changes": changes,
        "only_layout": before is not None and queries.is_only_layout(changes),
    }
    return render_page(request, "news/manage/versions.html", context)


@require_POST
def detach(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Take a document off a draft."""
    attachment = permissions.get_attachment(request.user, attachment_id)
    article = permissions.get_managed(request.user, attachment.article_id, permissions.EDIT)
    operations.detach(attachment, actor=request.user)
    return lead_on(request, reverse("news:edit", args=[article.pk]), "附件已删除")
