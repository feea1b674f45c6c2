"""The pages of figures, of all schemes or of one by unions, and the same as a spreadsheet."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_GET, require_POST

from huigong.core import calendar
from huigong.core.answers import sheet
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.forms import PeriodForm
from huigong.services.policies.models import Scheme


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Figures of a period, this year if nothing else is asked for."""
    scheme, form = _asked(request, request.GET)
    context = {
        "form": form,
        "scheme": scheme,
        "years": _years(scheme),
        "year": _span(form.data["since"], form.data["until"]),
        "period": None,
        "by_union": None,
        "figures": [],
    }
    if form.is_valid():
        by_union = queries.by_union(scheme, form.period) if scheme else None
        figures = [] if scheme else queries.statistics(request.user, form.period)
        context |= {"period": form.period, "by_union": by_union, "figures": figures}
    status = 200 if form.is_valid() else 422
    return render_page(request, "policies/review/statistics.html", context, block="results", status=status)


@require_POST
def export(request: HttpRequest) -> FileResponse:
    """What the page tells, to keep; who took it is noted."""
    scheme, form = _asked(request, request.POST)
    if not form.is_valid():
        raise Refused("请先选好从哪天到哪天。", "bad-period", status=422)
    period = form.period
    if scheme:
        header, rows = queries.unions_sheet(queries.by_union(scheme, period))
    else:
        header, rows = queries.schemes_sheet(queries.statistics(request.user, period))
    operations.note_figures_export(scheme, period, actor=request.user)
    name = f"{scheme.title}申报统计" if scheme else "申报统计"
    return sheet(request, header, rows, title=f"{name}（{period.label}提交）", name=name)


def _asked(request: HttpRequest, asked: QueryDict) -> tuple[Scheme | None, PeriodForm]:
    """The one scheme, if one was asked for, and when; 403 for who offers nothing, 404 for what is another's."""
    if not permissions.offerers(request.user).exists():
        raise PermissionDenied
    chosen = row_key(asked.get("scheme"))
    scheme = permissions.get_managed_scheme(request.user, chosen) if chosen else None
    return scheme, PeriodForm.of(asked)


def _years(scheme: Scheme | None) -> list[dict[str, str]]:
    """Whole years at one tap."""
    kept, now = {"scheme": scheme.pk} if scheme else {}, calendar.today().year
    years = []
    for label, year in (("今年", now), ("去年", now - 1)):
        span = queries.year_of(year)
        href = "?" + urlencode(kept | {"since": span.since, "until": span.until})
        years.append({"key": _span(span.since, span.until), "label": label, "href": href})
    return years


def _span(since: object, until: object) -> str:
    return f"{since}_{until}"
