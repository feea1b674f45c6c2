"""What surrounds every request: its id, its timing, and refusals turned into answers."""

import json
import time
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db import DataError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from huigong.core import audit
from huigong.core.errors import Refused, error_page

log = structlog.get_logger("huigong.request")
GetResponse = Callable[[HttpRequest], HttpResponse]
_ASKED_ALL_THE_TIME = {"core:healthz", "core:readyz"}
"""By whoever watches the site; their lines would bury the others."""


class QueryMeter:
    """Counts the queries of one request and the milliseconds they took."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


class RequestContextMiddleware:
    """Gives the request an id, logs it without personal data, and in demo mode says what it cost."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = str(uuid.uuid4())  # type: ignore[attr-defined]
        token = audit.request_id.set(request.id)  # type: ignore[attr-defined]
        meter = QueryMeter()
        began = time.perf_counter()
        try:
            with connection.execute_wrapper(meter):
                response = self.get_response(request)
        finally:
            audit.request_id.reset(token)
        milliseconds = (time.perf_counter() - began) * 1000
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route not in _ASKED_ALL_THE_TIME:
            log.info(
                "request",
                id=request.id,  # type: ignore[attr-defined]
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(milliseconds, 1),
                queries=meter.count,
            )
        if settings.DEMO or settings.TESTING:
            response["Server-Timing"] = (
                f'db;dur={meter.seconds * 1000:.1f};desc="{meter.count} queries", app;dur={milliseconds:.1f}'
            )
        if request.path.startswith("/static/"):
            return response
        response.setdefault("Cache-Control", "private, no-store")
        return response


def _is_api(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.app_name == "ninja"


class PolicyMiddleware(CSPMiddleware):
    """The content security policy; the text of the one that nearly every page has is built once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(request, "_csp_nonce", None) or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.setdefault(HEADER, _plain_policy())
        return response


@cache
def _plain_policy() -> str:
    return build_policy() or ""


class UnkeepableText:
    """Answers 400 to NUL, which no person types and PostgreSQL cannot keep, wherever in a request it stands.

    What is asked for is looked at before anything reads it, the form once the request may pass. Whatever the
    database itself calls bad data later is bad input too: 400 and a line in the log, not a broken page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "%00" in query or any("\0" in value for value in request.COOKIES.values()):
            return error_page(request, 400)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if _is_api(request):
            return None  # it reads the body itself, which a look at the form would use up
        sent = (text for name, values in request.POST.lists() for text in (name, *values))
        return error_page(request, 400) if any("\0" in text for text in sent) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DataError):
            return None
        log.error("bad-data", kind=type(exception.__cause__).__name__)
        return error_page(request, 400)


class LoginRequired(LoginRequiredMiddleware):
    """Every page needs a login unless its view says otherwise; the API answers for itself, also by default no."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Any:
        return None if _is_api(request) else super().process_view(request, view, args, kwargs)


class RefusalMiddleware:
    """An operation that refused becomes a sentence on the page it came from, or an error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if request.path.startswith("/api/"):
            body = {"code": exception.code, "detail": exception.sentence}
            return JsonResponse(body, status=exception.status)
        if getattr(request, "htmx", False):
            response = HttpResponse(status=204)
            response["HX-Trigger"] = _toast(exception.sentence)
            return response
        return error_page(request, exception.status, exception.sentence)


def _toast(sentence: str) -> str:
    return json.dumps({"toast": {"text": sentence, "icon": "warn"}, "closeSheet": True})


def client_ip(request: HttpRequest) -> str:
    """The client's address, believing X-Forwarded-For only as far as our own proxies wrote it."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")
