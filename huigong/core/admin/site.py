"""The site at /workbench/: unfold's, with our own entrance and without Django's own writes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST
from unfold.dataclasses import SearchResult
from unfold.sites import UnfoldAdminSite

from huigong.core.admin.scoped import ScopedModelAdmin

_NOT_OURS = {"password_change", "password_change_done", "view_on_site"}
"""Django's own password form would write without a trace; accounts have a page of their own."""


class WorkbenchSite(UnfoldAdminSite):
    """Open to whoever holds an office today. Everybody else is asked to log in, or refused with 403."""

    site_title = index_title = "工作台"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in what is scoped. Packages that bring an admin of their own know no unions, so it stays out."""
        if admin_class is not None and issubclass(admin_class, ScopedModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in _NOT_OURS]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold's, without the colours: they stand in the stylesheet, where browsers keep them."""
        return {**super().each_context(request), "colors": None}

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The groups of the sidebar, with the entry marked whose page, or a page below it, is open."""
        groups = import_string(settings.UNFOLD["SIDEBAR"]["navigation"])(request)
        home = reverse("admin:index")
        for item in (item for group in groups for item in group["items"]):
            here = request.path
            item["active"] = here == item["link"] or (item["link"] != home and here.startswith(item["link"]))
        return groups

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing: the sidebar tells what there is. Django would list every model for every page."""
        return []

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Django's guard, with 403 instead of a login form for who is logged in, and unfold's own CSP."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return csp(settings.WORKBENCH_CSP)(inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in, at /login."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or request.path.removesuffix("login/"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Leave on this device."""
        return _logout(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Search in the sidebar: pages by name, then people and unions within reach. Nothing is cached."""
        text = request.GET.get("s", "").strip()
        if not text:
            return HttpResponse()
        results = [
            SearchResult(item["title"], group["title"], item["link"], item["icon"])
            for group in self.get_sidebar_list(request)
            for item in group["items"]
            if text.lower() in item["title"].lower()
        ]
        for model_admin in self._registry.values():
            if getattr(model_admin, "in_site_search", False) and model_admin.has_view_permission(request):
                results += model_admin.search_results(request, text)
        context = {"results": results[:20]}
        return TemplateResponse(
            request, "workbench/search_results.html", context, headers={"HX-Trigger": "search"}
        )


WorkbenchSite.login = login_not_required(WorkbenchSite.login)  # type: ignore[method-assign]


@require_POST
def _logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("accounts:login")


def environment(request: HttpRequest) -> list[str] | None:
    """The label in the header: a demonstration says that it is one."""
    return ["演示环境", "warning"] if settings.DEMO else None
