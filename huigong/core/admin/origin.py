"""Where a button was pressed, as the browser tells it."""

from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest


def came_from(request: HttpRequest) -> SplitResult:
    """The page that htmx sent a request from, in parts; empty when it names none or writes nonsense."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return urlsplit("")
