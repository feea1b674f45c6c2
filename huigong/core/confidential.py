"""Views about which nothing may be told: not by the log, a cache, a link to elsewhere, or how long an answer took."""

from collections.abc import Callable
from typing import Any

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


class NullOrigin:
    """Stands before Django's check of forms and says for ``Origin: null`` what it stands for on confidential pages.

    A page without Referer sends its forms like that: it is how browsers take `no-referrer`. The token decides alone
    then; it comes from a page of ours and a cookie that no other site can set or read.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if request.META.get("HTTP_ORIGIN") == "null" and getattr(view, "is_confidential", False):
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
