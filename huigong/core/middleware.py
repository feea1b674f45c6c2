"""What surrounds every request: its id, its timing, and refusals turned into answers."""

import ipaddress
import json
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.signals import user_logged_in
from django.db import DataError, connection
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from huigong.core import audit
from huigong.core.confidential import is_confidential, keep_quiet
from huigong.core.errors import Refused, error_page
from huigong.core.once import one_page

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
            reads = one_page() if request.method in ("GET", "HEAD") else nullcontext()
            with connection.execute_wrapper(meter), reads:
                response = self.get_response(request)
        finally:
            audit.request_id.reset(token)
        milliseconds = (time.perf_counter() - began) * 1000
        if is_confidential(request):
            keep_quiet(response)
            if response.status_code < 500:
                return response
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


MOST_BYTES = 25 * 2**20
"""A request may be so long: the largest file that anything takes (a roll, 20 MB), and what surrounds it."""


class UnkeepableText:
    """Answers 400 to NUL, which no person types and PostgreSQL cannot keep, wherever in a request it stands.

    A body that is longer than anything we take is answered 413 unread, before a stranger fills the disk with it.

    What is asked for is looked at before anything reads it, the form once the request may pass. Whatever the
    database itself calls bad data later is bad input too: 400 and a line in the log, not a broken page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return error_page(request, 413)
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


class OfficeHours:
    """Whoever may open the workbench logs in again after half an hour without a page, and after twelve hours anyway.

    Their screen shows other people's records. Members stay logged in for as long as the session cookie lasts.
    What pages ask by themselves is no sign of anybody.
    """

    IDLE, LONGEST = 30 * 60, 12 * 3600
    _GRAIN = 60
    _ASKED_BY_PAGES = {"portal:unread", "portal:member-codes"}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if _is_api(request) or not getattr(request.user, "is_staff", False):
            return
        now = int(time.time())
        entered, seen = request.session.get("entered", now), request.session.get("seen", now)
        if now - entered > self.LONGEST or now - seen > self.IDLE:
            auth.logout(request)
        elif request.resolver_match and request.resolver_match.view_name in self._ASKED_BY_PAGES:
            return
        elif now - seen >= self._GRAIN or "seen" not in request.session:
            request.session["entered"], request.session["seen"] = entered, now


@receiver(user_logged_in)
def _note_entry(request: HttpRequest, **kwargs: Any) -> None:
    """Half an hour and twelve hours count from here."""
    request.session["entered"] = request.session["seen"] = int(time.time())


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
    """Where a request comes from, for counting: X-Forwarded-For is believed only as far as our own proxies wrote it.

    Of an IPv6 address its network of 64 bits: one subscriber has all the addresses in it.
    """
    address = _address(request)
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


def _address(request: HttpRequest) -> str:
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return request.META.get("REMOTE_ADDR", "")
