"""What several views answer with."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def lead_on(request: HttpRequest, url: str, said: str = "") -> HttpResponse:
    """Go on to `url`, for a plain form and for htmx alike; `said` is shown there once."""
    if said:
        messages.success(request, said)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def one_of(text: str | None, allowed: list[str]) -> str:
    """`text` when it is one of `allowed`, else nothing."""
    return text if text in allowed else ""
