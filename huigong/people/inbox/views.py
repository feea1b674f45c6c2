"""The reader's own messages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.inbox import operations, permissions, queries

PAGE = 20
ICONS = {
    "request": ("file-check", "blue"),
    "activity": ("calendar-check", "orange"),
    "notice": ("megaphone", "green"),
    "task": ("clipboard-list", "red"),
    "points": ("coins", "gold"),
    "system": ("bell", "indigo"),
}
"""How a kind of message looks: its icon, and the colour behind it."""


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    before = request.GET.get("before", "")
    page = queries.page(request.user, before=row_key(before), limit=PAGE)
    return render_page(
        request, "inbox/index.html", {"page_of": page, "icons": ICONS}, block="rows" if before else None
    )


@require_POST
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark it read and go where it points."""
    message = permissions.get_message(request.user, message_id)
    operations.mark_read(message)
    return redirect(message.url)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything is read."""
    count = operations.mark_all_read(actor=request.user)
    messages.success(request, f"已将 {count} 条消息标为已读。" if count else "没有未读消息。")
    return redirect("inbox:index")
