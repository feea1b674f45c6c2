"""What members read of their union's funds."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huigong.core import files
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.funds import permissions, queries


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Year by year what the reader's union took in and spent; those above it by a tap."""
    found = queries.shelf(request.user, union_id=row_key(request.GET.get("union")))
    context = {
        "shelf": found,
        "unions": [{"key": pk, "label": name, "href": f"?union={pk}"} for pk, name in found.unions],
        "is_member": membership.member_of(request.user) is not None,
    }
    return render_page(request, "funds/index.html", context, block="results")


@require_GET
def detail(request: HttpRequest, report_id: int) -> HttpResponse:
    """One quarter or year, with a bar for each category."""
    report = permissions.get_report(request.user, report_id)
    return render_page(request, "funds/detail.html", {"face": queries.face(report)})


@require_GET
def file(request: HttpRequest, report_id: int) -> HttpResponse:
    """The sheet that goes with it, for members once it is published and for cadres before."""
    try:
        report = permissions.get_report(request.user, report_id)
    except Http404:
        report = permissions.get_managed(request.user, report_id)
    if report.file is None:
        raise Http404
    return files.serve(report.file)
