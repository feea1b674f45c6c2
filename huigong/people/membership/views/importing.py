"""Cadres import a roll: send the file, confirm its columns, see what would happen, start, watch."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.forms import ColumnsForm, RollForm
from huigong.people.membership.models import RollImport

_SHOWS = [("", "有问题的行"), ("told", "更新和提醒")]


def _require_importer(request: HttpRequest) -> None:
    if not queries.may_import(request.user):
        raise PermissionDenied


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 12 else None


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Imports within the cadre's reach, newest first."""
    _require_importer(request)
    before = _number(request.GET.get("before"))
    page = queries.imports_page(request.user, before=before)
    more = f"{reverse('membership:imports')}?before={page.next}" if page.next else ""
    context = {"found": page, "more": more}
    return render_page(request, "membership/imports.html", context, block="rows" if before else None)


@require_http_methods(["GET", "POST"])
def upload_roll(request: HttpRequest) -> HttpResponse:
    """Choose the file, and the union that it is for."""
    _require_importer(request)
    wanted = _number(request.POST.get("union") or request.GET.get("union"))
    form = RollForm(
        request.POST or None,
        request.FILES or None,
        unions=queries.import_places(request.user, wanted),
        initial={"union": wanted},
    )
    if request.method == "POST" and form.is_valid():
        union = permissions.get_union_to_import(request.user, form.cleaned_data["union"])
        file = form.cleaned_data["file"]
        try:
            made = operations.upload_roll(file, union=union, file_name=file.name, actor=request.user)
        except Refused as refused:
            form.add_error("file", refused.sentence)
        else:
            return redirect("membership:map-roll", made.pk)
    status = 422 if form.is_bound else 200
    return render_page(request, "membership/import_new.html", {"form": form}, status=status)


@require_GET
def roll_template(request: HttpRequest) -> FileResponse:
    """An empty roll with our own headings, for who has none yet."""
    _require_importer(request)
    return FileResponse(queries.empty_roll(), as_attachment=True, filename="会员花名册.xlsx")


@require_http_methods(["GET", "POST"])
def map_roll(request: HttpRequest, import_id: int) -> HttpResponse:
    """Confirm which column holds what; then the trial begins."""
    found = permissions.get_import(request.user, import_id)
    sheet = operations.open_import(found, sheet=request.POST.get("sheet") or request.GET.get("sheet"))
    header = _number(request.POST.get("header") or request.GET.get("header"))
    proposed = queries.columns_of(found, sheet, header_row=header)
    preview = queries.preview(sheet, proposed)
    form = ColumnsForm(request.POST if request.method == "POST" else None, preview=preview, mapping=proposed)
    if request.method == "POST" and form.is_valid():
        try:
            operations.check_import(found, mapping=form.mapping, sheet_name=sheet.name, actor=request.user)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("membership:roll-import", found.pk)
    context = {
        "roll_import": found,
        "form": form,
        "preview": preview,
        "samples": {str(column.place): "、".join(column.samples) for column in preview.columns},
        "default_union": queries.default_union(found.union, proposed),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "membership/import_columns.html", context, status=status)


@require_GET
def roll_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Where the import stands, and what became of its rows. The page asks again while somebody is at work on it."""
    found = permissions.get_import(request.user, import_id)
    if found.state == RollImport.State.UPLOADED:
        return redirect("membership:map-roll", found.pk)
    if "progress" in request.GET and not found.is_busy:
        return HttpResponse(headers={"HX-Refresh": "true"})
    show = "told" if request.GET.get("show") == "told" else ""
    after = _number(request.GET.get("after"))
    told = queries.told_rows(found, rejected=not show, after=after or 0)
    address = reverse("membership:roll-import", args=[found.pk])
    context = {
        "face": queries.import_face(found),
        "told": told,
        "show": show,
        "shows": [{"key": key, "label": label, "href": _query(address, show=key)} for key, label in _SHOWS],
        "more": _query(address, show=show, after=told.next) if told.next else "",
    }
    block = "progress" if "progress" in request.GET else "rows" if after else "lines"
    return render_page(request, "membership/import.html", context, block=block)


def _query(address: str, **values: Any) -> str:
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{address}?{query}" if query else address


@require_POST
def start_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take it in for good."""
    found = permissions.get_import(request.user, import_id)
    operations.start_import(found, actor=request.user)
    return redirect("membership:roll-import", found.pk)


@require_POST
def stop_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Stop after the rows at hand."""
    found = permissions.get_import(request.user, import_id)
    operations.stop_import(found, actor=request.user)
    return redirect("membership:roll-import", found.pk)


@require_POST
def resume_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Go on."""
    found = permissions.get_import(request.user, import_id)
    operations.resume_import(found, actor=request.user)
    return redirect("membership:roll-import", found.pk)


@require_POST
def discard_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give the file up."""
    found = permissions.get_import(request.user, import_id)
    operations.discard_import(found, actor=request.user)
    messages.success(request, "已放弃，文件已删除")
    return redirect("membership:imports")


@require_GET
def import_report(request: HttpRequest, import_id: int) -> FileResponse:
    """The sheet with the outcome beside each row; who takes it is on record."""
    found = permissions.get_import(request.user, import_id)
    report = operations.take_report(found, actor=request.user)
    if report is None:
        raise Http404
    response = FileResponse(report.file, as_attachment=True, filename=report.name)
    response["Cache-Control"] = "no-store"
    return response
