"""Orders of the hotline 12351 at the county's desk: a sheet is looked through, then taken in; results go back.

What was looked through waits in the page itself, sealed for the one who uploaded it: no file and no row holds it.
"""

import base64
import csv
import io
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from huigong.core import crypto, files
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.tables import TableRefused, safe_text
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.forms import OrdersForm
from huigong.services.complaints.permissions import Scope


@require_http_methods(["GET", "POST"])
def orders(request: HttpRequest) -> HttpResponse:
    """Upload, look through, take in: each a form on the same page."""
    _scope(request)
    if "sealed" in request.POST:
        taken = operations.take_orders(_opened(request))
        context = {"taken": taken, "lines": []}
        return render_page(request, "complaints/desk/orders.html", context)
    form = OrdersForm(request.POST or None, request.FILES or None)
    context = {"form": form, "columns": queries.ORDERS.columns, "taken": None, "lines": []}
    if request.method == "POST" and form.is_valid():
        try:
            lines = queries.read_orders(form.cleaned_data["file"])
        except TableRefused as refused:
            form.add_error("file", str(refused))
        else:
            fresh = [line.values for line in lines if not line.wrong and not line.is_known]
            context |= {"lines": lines, "fresh": len(fresh), "sealed": _sealed(request, fresh)}
    return render_page(request, "complaints/desk/orders.html", context, status=422 if form.errors else 200)


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """What became of the orders, as a table for the hotline; that it was read is noted in every case."""
    rows = operations.open_results(_scope(request), actor=request.user)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(queries.RESULT_HEADER)
    writer.writerows([safe_text(word) for word in row] for row in rows)
    content = file.getvalue().encode("utf-8-sig")
    return files.hand_out(content, content_type="text/csv; charset=utf-8", name="results.csv")


def _scope(request: HttpRequest) -> Scope:
    scope = permissions.desk_scope(request.user)
    if not scope.registers:
        raise PermissionDenied
    return scope


def _context(request: HttpRequest) -> str:
    return f"complaints.orders.{request.user.pk}"


def _sealed(request: HttpRequest, orders: list[dict[str, Any]]) -> str:
    content = json.dumps(orders, ensure_ascii=False).encode()
    return base64.b64encode(crypto.seal_bytes(content, context=_context(request))).decode()


def _opened(request: HttpRequest) -> list[dict[str, Any]]:
    try:
        sealed = base64.b64decode(request.POST["sealed"], validate=True)
        return json.loads(crypto.unseal_bytes(sealed, context=_context(request)))
    except ValueError:
        raise Refused("页面已经失效，请重新上传工单表。", "stale", status=422) from None
