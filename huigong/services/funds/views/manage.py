"""The desk: drawing accounts up, having them confirmed, putting them right."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import calendar
from huigong.core.answers import lead_on, one_of
from huigong.core.choosing import chosen_row
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.funds import operations, permissions, queries
from huigong.services.funds.forms import FiguresForm, PeriodForm, SheetForm, figures_of, filled
from huigong.services.funds.models import Report


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Accounts that the cadre draws up, confirms or may look at."""
    if not permissions.manages(request.user):
        raise PermissionDenied
    stage = one_of(request.GET.get("stage"), list(queries.STAGES))
    page = min(max(row_key(request.GET.get("page")) or 1, 1), 1000)
    found = queries.desk_page(request.user, stage=stage, page=page)
    context = {
        "found": found,
        "stage": stage,
        "stages": [
            {"key": key, "label": label, "href": f"?stage={key}"} for key, label in queries.STAGES.items()
        ],
        "more": "?" + urlencode({"stage": stage, "page": found.next}) if found.next else "",
        "may_create": permissions.writers(request.user).exists(),
    }
    block = "rows" if page > 1 else "results"
    return render_page(request, "funds/manage/index.html", context, block=block)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft of a period: typed, or taken from a sheet into the form."""
    union, unions = chosen_row(request, permissions.writers(request.user), permissions.get_writer)
    period = PeriodForm(request.POST if request.method == "POST" else None, today=calendar.today())
    context: dict[str, Any] = {"union": union, "unions": unions, "period": period, "report": None}
    form = _form(request, context, {})
    if "read" in request.POST or not (form.is_valid() and period.is_valid()):
        return _form_page(request, form, context)
    try:
        report = operations.draw_up(union, **period.cleaned_data, figures=form.figures, actor=request.user)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _form_page(request, form, context)
    return _back(request, report, "已存为草稿")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, report_id: int) -> HttpResponse:
    """Change a draft."""
    report = permissions.get_own(request.user, report_id)
    context: dict[str, Any] = {"union": report.union, "unions": [], "period": None, "report": report}
    form = _form(request, context, figures_of(report))
    if "read" in request.POST or not form.is_valid():
        return _form_page(request, form, context)
    try:
        operations.revise(report, figures=form.figures, actor=request.user)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return _form_page(request, form, context)
    return _back(request, report, "已保存")


def _form(request: HttpRequest, context: dict[str, Any], initial: dict[str, Any]) -> FiguresForm:
    """The form as it was sent; or, when a sheet came with it, with that sheet's figures in it and nothing kept."""
    context |= {"problems": [], "taken": 0}
    if request.method == "GET":
        return FiguresForm(initial=initial)
    if "read" not in request.POST:
        return FiguresForm(request.POST, request.FILES)
    sheet = SheetForm(request.POST, request.FILES)
    if not sheet.is_valid():
        context["problems"] = ["请先选一个 Excel 文件。"]
        return FiguresForm(initial=filled(queries.Reading(), request.POST))
    reading = queries.read_sheet(sheet.upload)
    context["problems"], context["taken"] = reading.problems, len(reading.amounts)
    return FiguresForm(initial=filled(reading, request.POST))


def _form_page(request: HttpRequest, form: FiguresForm, context: dict[str, Any]) -> HttpResponse:
    report = context["report"]
    context |= {
        "form": form,
        "sheet": SheetForm(),
        "back": reverse("funds:manage", args=[report.pk]) if report else reverse("funds:manage-index"),
    }
    is_wrong = form.is_bound or bool(context["problems"])
    return render_page(
        request, "funds/manage/edit.html", context, block="form", status=422 if is_wrong else 200
    )


@require_GET
def empty(request: HttpRequest) -> FileResponse:
    """A spreadsheet to fill in."""
    if not permissions.writers(request.user).exists():
        raise PermissionDenied
    return FileResponse(queries.empty_sheet(), as_attachment=True, filename="经费收支表.xlsx")


@require_GET
def desk(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report with everything a cadre may do."""
    report = permissions.get_managed(request.user, report_id)
    return render_page(request, "funds/manage/desk.html", {"desk": queries.desk_of(report, request.user)})


@require_POST
def submit(request: HttpRequest, report_id: int) -> HttpResponse:
    """Hand it in."""
    report = permissions.get_own(request.user, report_id)
    now = operations.submit(report, actor=request.user)
    return _back(request, report, f"已送{now.get_confirmed_as_display()}核对")


@require_POST
def call_back(request: HttpRequest, report_id: int) -> HttpResponse:
    """Take it back before it is confirmed."""
    report = permissions.get_own(request.user, report_id)
    operations.call_back(report, actor=request.user)
    return _back(request, report, "已收回")


@require_POST
def confirm(request: HttpRequest, report_id: int) -> HttpResponse:
    """It is right: publish it."""
    report = permissions.get_awaiting(request.user, report_id)
    operations.confirm(report, revision=_revision(request), actor=request.user)
    return _back(request, report, "已公开")


@require_POST
def send_back(request: HttpRequest, report_id: int) -> HttpResponse:
    """Something is wrong."""
    report = permissions.get_awaiting(request.user, report_id)
    operations.send_back(report, revision=_revision(request), reason=_reason(request), actor=request.user)
    return lead_on(request, reverse("funds:manage-index"), "已退回")


@require_POST
def correct(request: HttpRequest, report_id: int) -> HttpResponse:
    """Begin the next version."""
    report = permissions.get_own(request.user, report_id)
    made = operations.correct(report, reason=_reason(request), actor=request.user)
    return lead_on(request, reverse("funds:edit", args=[made.pk]), "改好后送核对，原来的一版仍然看得到")


@require_POST
def discard(request: HttpRequest, report_id: int) -> HttpResponse:
    """Forget a draft."""
    report = permissions.get_own(request.user, report_id)
    operations.discard(report, actor=request.user)
    return lead_on(request, reverse("funds:manage-index"), "已删除")


def _revision(request: HttpRequest) -> int:
    """The one that the page showed; what no page sends fits none."""
    return row_key(request.POST.get("revision")) or 0


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not 2 <= len(reason) <= 200:
        raise Refused("请写明原因，2 到 200 字。", "bad-reason", status=422)
    return reason


def _back(request: HttpRequest, report: Report, said: str) -> HttpResponse:
    return lead_on(request, reverse("funds:manage", args=[report.pk]), said)
