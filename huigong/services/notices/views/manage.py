"""Cadres' pages: the list, writing, and how far a notice has come."""

from collections.abc import Callable, Iterable

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on, sheet
from huigong.core.choosing import chosen_row
from huigong.core.desks import asked
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.notices import operations, permissions, queries
from huigong.services.notices.forms import NameForm, NoticeEditor, ReasonForm
from huigong.services.notices.models import Notice


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Notices that the cadre looks after, by state, with search."""
    if not permissions.manages(request.user):
        raise PermissionDenied
    sought = asked(request, queries.STAGES)
    found = queries.managed_page(request.user, **sought.wanted)
    return sought.answer(
        "notices/manage/index.html", found, may_create=permissions.tellers(request.user).exists()
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft in the name of a union that the cadre writes for."""
    union, unions = chosen_row(request, permissions.tellers(request.user), permissions.get_teller)
    if request.method == "GET":
        return _form(request, NoticeEditor(union, chosen=_chosen(request)), unions)
    editor = NoticeEditor(union, None, request.POST, request.FILES)
    if not editor.is_valid():
        return _form(request, editor, unions)
    notice = operations.create_notice(union, actor=request.user, **editor.fields)
    return _kept(request, notice, editor)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Change a draft."""
    notice = permissions.get_managed(request.user, notice_id, permissions.EDIT)
    if request.method == "GET":
        return _form(request, NoticeEditor(notice.union, notice, chosen=_chosen(request)), [])
    editor = NoticeEditor(notice.union, notice, request.POST, request.FILES)
    if not editor.is_valid():
        return _form(request, editor, [])
    operations.update_notice(notice, actor=request.user, **editor.fields)
    return _kept(request, notice, editor)


def _chosen(request: HttpRequest) -> dict | None:
    """The rule of the saved audience that was tapped; one that the cadre may not use is none."""
    saved_id = row_key(request.GET.get("audience"))
    return permissions.get_saved(request.user, saved_id).rule if saved_id else None


def _kept(request: HttpRequest, notice: Notice, editor: NoticeEditor) -> HttpResponse:
    """The words are safe by now; a document that cannot be kept is told on the notice's page, and tried again there."""
    said = "草稿已保存"
    if editor.uploads:
        try:
            operations.attach(notice, editor.uploads, actor=request.user)
        except Refused as refused:
            said = f"草稿已保存，但附件没有加上。{refused.sentence}"
    return lead_on(request, reverse("notices:manage", args=[notice.pk]), said)


def _form(request: HttpRequest, editor: NoticeEditor, unions: list) -> HttpResponse:
    notice = editor.notice
    context = {
        "editor": editor,
        "unions": unions,
        "choices": membership.union_choices(editor.union, chosen=editor.audience.chosen, text=""),
        "back": reverse("notices:manage", args=[notice.pk]) if notice else reverse("notices:manage-index"),
        "attachments": list(notice.attachments.select_related("file")) if notice else [],
        "saved": queries.saved_for(request.user, editor.union),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "notices/manage/edit.html", context, block="form", status=status)


@require_GET
def desk(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice for its sender: what it says, whom it means, how far it has come, what can be done."""
    notice = permissions.get_managed(request.user, notice_id, permissions.VIEW)
    published = notice.state != Notice.State.DRAFT
    context = {
        "desk": queries.desk_of(notice, request.user),
        "unions": queries.reach_by_union(notice)[:20] if published else [],
    }
    return render_page(request, "notices/manage/desk.html", context)


@require_POST
def export(request: HttpRequest, notice_id: int) -> FileResponse:
    """How far it has come in every union, as Excel."""
    notice = permissions.get_managed(request.user, notice_id, permissions.VIEW)
    operations.note_export(notice, actor=request.user)
    header = ["工会", "应读人数", "已读人数", "已读比例（%）", "已确认人数"]
    rows = (
        [row.union, row.people, row.read, row.share, row.confirmed] for row in queries.reach_by_union(notice)
    )
    return _sheet(request, notice, "阅读情况", header, rows)


def _sheet(
    request: HttpRequest, notice: Notice, what: str, header: list[str], rows: Iterable[list]
) -> FileResponse:
    return sheet(request, header, rows, title=f"《{notice.title}》{what}", name=what)


@require_GET
def unread(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Who has not read it, by name: whole for who reads the roll, masked for everybody else."""
    notice = permissions.get_managed(request.user, notice_id, permissions.VIEW)
    if notice.state == Notice.State.DRAFT:
        raise Http404
    after = row_key(request.GET.get("after"))
    found = queries.unread_page(notice, request.user, after=after)
    context = {
        "notice": notice,
        "found": found,
        "more": f"?after={found.next}" if found.next else "",
        "may_export": permissions.may_export_names(request.user, notice),
    }
    return render_page(request, "notices/manage/unread.html", context, block="rows" if after else None)


@require_POST
def export_unread(request: HttpRequest, notice_id: int) -> FileResponse:
    """The same list as Excel, for who may take a roll out."""
    notice = permissions.get_to_export_names(request.user, notice_id)
    operations.note_export(notice, actor=request.user, what="names")
    rows = (
        [row.name, row.union, "已读未确认" if row.was_read else "未读"]
        for row in queries.unread_all(notice, request.user)
    )
    return _sheet(request, notice, "未读名单", ["姓名", "工会", "情况"], rows)


@require_GET
def audiences(request: HttpRequest) -> HttpResponse:
    """Audiences that are kept under a name."""
    if not permissions.tellers(request.user).exists():
        raise PermissionDenied
    return render_page(request, "notices/manage/audiences.html", {"rows": queries.saved_rows(request.user)})


@require_POST
def save_audience(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Keep whom this notice means for the next ones."""
    notice = permissions.get_managed(request.user, notice_id, permissions.EDIT)
    form = NameForm(request.POST)
    if not form.is_valid():
        raise Refused("请给范围取个名称，2 到 20 个字。", "no-name", status=422)
    operations.save_audience(notice, name=form.cleaned_data["name"], actor=request.user)
    return _done(request, notice, "已存为常用范围，写通知时可以选")


@require_POST
def forget_audience(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Offer it no more."""
    saved = permissions.get_saved(request.user, saved_id)
    operations.forget_audience(saved, actor=request.user)
    return lead_on(request, reverse("notices:audiences"), "已删除")


@require_POST
def publish(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Tell everybody it means."""
    notice = permissions.get_managed(request.user, notice_id, permissions.PUBLISH)
    operations.publish(notice, actor=request.user)
    return _done(request, notice, "已发布")


@require_POST
def withdraw(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Take it back."""
    notice = permissions.get_managed(request.user, notice_id, permissions.PUBLISH)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("请写明撤回的原因，至少两个字，不超过 120 字。", "no-reason", status=422)
    operations.withdraw(notice, actor=request.user, reason=form.cleaned_data["reason"])
    return _done(request, notice, "已撤回，会员看不到这条通知了")


@require_POST
def remind(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The one reminder."""
    notice = permissions.get_managed(request.user, notice_id, permissions.PUBLISH)
    operations.remind(notice, actor=request.user)
    return _done(request, notice, "提醒正在发出")


@require_POST
def copy(request: HttpRequest, notice_id: int) -> HttpResponse:
    """A new draft like this one."""
    notice = permissions.get_managed(request.user, notice_id, permissions.EDIT)
    made = operations.copy(notice, actor=request.user)
    return lead_on(request, reverse("notices:edit", args=[made.pk]), "已复制为草稿，附件要重新添加")


@require_POST
def discard(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Throw a draft away."""
    notice = permissions.get_managed(request.user, notice_id, permissions.EDIT)
    operations.discard(notice, actor=request.user)
    return lead_on(request, reverse("notices:manage-index"), "草稿已删除")


@require_POST
def detach(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """Take a document off a draft."""
    attachment = permissions.get_attachment(request.user, attachment_id)
    notice = permissions.get_managed(request.user, attachment.notice_id, permissions.EDIT)
    operations.detach(attachment, actor=request.user)
    return lead_on(request, reverse("notices:edit", args=[notice.pk]), "附件已删除")


def _done(request: HttpRequest, notice: Notice, said: str) -> HttpResponse:
    return lead_on(request, reverse("notices:manage", args=[notice.pk]), said)


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "publish": publish,
    "withdraw": withdraw,
    "remind": remind,
    "copy": copy,
    "discard": discard,
    "export": export,
    "save-audience": save_audience,
    "export-unread": export_unread,
}
"""The addresses below a notice's desk that do something, by verb."""
