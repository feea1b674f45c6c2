"""The page of figures, and the same as a spreadsheet."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from huigong.core.answers import one_of, sheet
from huigong.core.jinja import render_page
from huigong.services.conversations import operations, permissions, queries


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """How many letters, of what kind, how soon answered: of the own offices, or of the unions below."""
    if not permissions.handles(request.user):
        raise PermissionDenied
    below, period = _asked(request)
    scopes = [("", "本会承办"), *([("below", "下级工会")] if queries.oversees(request.user) else [])]
    context = {
        "found": queries.figures(request.user, below=below, period=period),
        "scope": "below" if below else "",
        "period": period,
        "scopes": [
            {"key": key, "label": label, "href": "?" + urlencode({"scope": key, "period": period})}
            for key, label in scopes
        ],
        "periods": [
            {
                "key": key,
                "label": label,
                "href": "?" + urlencode({"scope": "below" if below else "", "period": key}),
            }
            for key, label in queries.PERIODS.items()
        ],
    }
    return render_page(request, "conversations/manage/figures.html", context, block="results")


def _asked(request: HttpRequest) -> tuple[bool, str]:
    asked = request.POST if request.method == "POST" else request.GET
    return asked.get("scope") == "below", one_of(asked.get("period"), list(queries.PERIODS))


@require_POST
def export(request: HttpRequest) -> FileResponse:
    """The same to keep; who took it is noted."""
    if not permissions.handles(request.user):
        raise PermissionDenied
    below, period = _asked(request)
    operations.note_figures_export(below=below, period=period, actor=request.user)
    header, rows = queries.figures_sheet(queries.figures(request.user, below=below, period=period))
    title = f"职工留言统计（{'下级工会' if below else '本会承办'}，{queries.PERIODS[period]}）"
    return sheet(request, header, rows, title=title, name="职工留言统计")
