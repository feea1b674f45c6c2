"""Views about which nothing may be told: not by the log, a cache, a link to elsewhere, or how long an answer took."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def confidential(view: View) -> View:
    """Mark `view`: no line in the log, no copy in any cache, no Referer to anybody, whatever it answers."""
    view.is_confidential = True  # type: ignore[attr-defined]
    return view


def is_confidential(request: HttpRequest) -> bool:
    """Does the request go to a view marked `confidential`?"""
    match = request.resolver_match
    return match is not None and getattr(match.func, "is_confidential", False)


def keep_quiet(response: HttpResponseBase) -> None:
    """The headers of an answer that nobody keeps and that no other site hears of."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"


class InMemory(MemoryFileUploadHandler):
    """Takes a file of whatever size a request may have: nothing confidential waits in a temporary file."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class ConfidentialMiddleware:
    """What has to be settled for confidential views before anything reads the form.

    Uploads stay in memory. And a page without Referer sends its forms with ``Origin: null``, which is how browsers take
    `no-referrer`: Django's check is told that it stands for ours. The token alone decides then; it comes from a page
    of ours and a cookie that no other site can set or read.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if not getattr(view, "is_confidential", False):
            return
        request.upload_handlers = [InMemory(request)]
        if request.META.get("HTTP_ORIGIN") == "null":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
