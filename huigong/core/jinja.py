"""Members' pages: the Jinja2 environment, what surrounds every page, and rendering a page or one block of it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from jinja2 import Environment, StrictUndefined
from jinja2_fragments import render_block
from lucide import _render_icon
from markupsafe import Markup

from huigong.core import formats, richtext
from huigong.core.identity import mask_id, mask_name, mask_phone


class Tab(NamedTuple):
    """One entry of the bottom tab bar. `key` is compared with the page's active tab."""

    key: str
    label: str
    icon: str
    href: str
    raised: bool = False


class Page:
    """What surrounds the content of every page, worked out when a template asks for it.

    The portal may set `request.page` to any object with `tab`, `tabs`, `boxes`, `account` and `unread` (a number,
    or a function that counts when called); what it leaves out is empty. Without a request, as on an error page
    before middleware ran, everything personal is empty.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        self._request = request
        self._given = getattr(request, "page", None)

    @property
    def site_name(self) -> str:
        return settings.SITE_NAME

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def tab(self) -> str:
        return getattr(self._given, "tab", "")

    @property
    def tabs(self) -> tuple[Tab, ...]:
        return tuple(getattr(self._given, "tabs", ()))

    @property
    def account(self) -> Any:
        return getattr(self._given, "account", None)

    @cached_property
    def unread(self) -> int:
        count = getattr(self._given, "unread", 0)
        return count() if callable(count) else count

    @property
    def boxes(self) -> list[dict[str, Any]]:
        return list(getattr(self._given, "boxes", ()))

    @property
    def live(self) -> str | None:
        """Where the live stream is, for somebody who is logged in; "" when pages ask instead."""
        return settings.LIVE_URL if self.account else None

    @property
    def care(self) -> bool:
        return self._request is not None and self._request.COOKIES.get("care") == "1"

    @property
    def messages(self) -> list[Any]:
        return list(get_messages(self._request)) if self._request is not None else []


def page_context(request: HttpRequest) -> dict[str, Page]:
    """The context processor of every Jinja2 page."""
    return {"page": Page(request)}


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or only `block` of it when htmx asks; one template, one context, no second markup.

    A boosted link and a restored history entry get the whole page, as a browser without script would.
    """
    htmx = request.htmx  # type: ignore[attr-defined]
    if block and htmx and not htmx.boosted and not htmx.history_restore_request:
        response = HttpResponse(_render_block(request, template, block, context), status=status)
    else:
        response = render(request, template, dict(context), status=status, using="jinja2")
    if block:
        patch_vary_headers(response, ["HX-Request"])
    return response


def _render_block(request: HttpRequest, template: str, block: str, context: Mapping[str, Any]) -> str:
    surroundings = {
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
        **page_context(request),
    }
    backend: Any = engines["jinja2"]
    return render_block(backend.env, template, block, {**context, **surroundings})


def environment(**options: Any) -> Environment:
    """The Jinja2 environment that settings.TEMPLATES names.

    A missing variable raises. The ui macros are the global `ui`, because a block rendered alone does not see
    its template's own imports.
    """
    env = Environment(**{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701
    env.globals.update(static=static, url=_url, icon=icon, page=Page(), **_FORMATS)
    env.filters.update(_FORMATS)
    env.filters["rich"] = _rich
    env.globals["ui"] = env.get_template("ui/index.html").module
    return env


_FORMATS: dict[str, Callable[..., str]] = {
    "thousands": formats.thousands,
    "day_zh": formats.day_zh,
    "date_zh": formats.date_zh,
    "span_zh": formats.span_zh,
    "ago_zh": formats.ago_zh,
    "mask_phone": mask_phone,
    "mask_id": mask_id,
    "mask_name": mask_name,
}


def _rich(html: str) -> Markup:
    """Rich text, cleaned once more on its way out: what is stored is not trusted either."""
    return Markup(richtext.clean(html))  # noqa: S704


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


@lru_cache(maxsize=1024)
def icon(name: str, size: int = 24, stroke: float = 2) -> Markup:
    """A Lucide icon as inline SVG, hidden from screen readers: the words beside it say what it means."""
    svg = _render_icon(
        name, size, stroke_width=stroke, aria_hidden="true", focusable="false", **{"class": "u-i"}
    )
    return Markup(" ".join(svg.split()).replace("> <", "><"))  # noqa: S704 - drawn by the package, not by users
