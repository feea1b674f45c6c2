"""Members' pages: the list, one notice, and saying that it was read."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huigong.core import files
from huigong.core.answers import lead_on, one_of
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.notices import operations, permissions, queries

WHICH = [("", "全部"), ("unread", "待办")]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Notices that mean the reader, newest first."""
    which = one_of(request.GET.get("which"), [key for key, _ in WHICH])
    before = row_key(request.GET.get("before"))
    found = queries.page(request.user, before=before, unread=bool(which))
    context = {
        "found": found,
        "which": which,
        "choices": [{"key": key, "label": label, "href": f"?which={key}"} for key, label in WHICH],
        "more": f"?which={which}&before={found.next}" if found.next else "",
    }
    return render_page(request, "notices/index.html", context, block="rows" if before else "results")


@require_GET
def detail(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice. The page itself asks to be marked read, so that a look-ahead by a browser marks nothing."""
    notice = permissions.get_notice(request.user, notice_id)
    return render_page(request, "notices/detail.html", {"face": queries.face(notice, request.user)})


@require_POST
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The reader has it before their eyes."""
    notice, member = permissions.get_own_notice(request.user, notice_id)
    operations.mark_read(notice, member=member)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return lead_on(request, reverse("notices:index"))


@require_POST
def confirm(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The reader takes note."""
    notice, member = permissions.get_own_notice(request.user, notice_id)
    operations.confirm(notice, member=member, actor=request.user)
    return lead_on(request, reverse("notices:detail", args=[notice_id]), "已确认")


@require_GET
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """A document, as a download."""
    return files.serve(permissions.get_attachment(request.user, attachment_id).file)
