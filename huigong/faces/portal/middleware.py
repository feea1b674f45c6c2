"""What surrounds every member's page: the tab bar, who is looking, how much is unread."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from huigong.core.jinja import Tab
from huigong.people.inbox import queries as inbox

_TABS = {
    "portal:home": "home",
    "portal:me": "me",
    "portal:member-card": "code",
    "activities": "activities",
    "inbox": "inbox",
}


class PageFrame:
    """Worked out only when a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def account(self) -> Any:
        user = self._request.user
        return user if user.is_authenticated else None

    @cached_property
    def tab(self) -> str:
        match = self._request.resolver_match
        if match is None:
            return ""
        return _TABS.get(match.view_name) or _TABS.get(match.app_name, "")

    @property
    def tabs(self) -> tuple[Tab, ...]:
        return (
            Tab("home", "首页", "house", reverse("portal:home")),
            Tab("activities", "活动", "ticket", reverse("activities:index")),
            Tab("code", "会员码", "qr-code", reverse("portal:member-card"), raised=True),
            Tab("inbox", "消息", "bell", reverse("inbox:index")),
            Tab("me", "我的", "user", reverse("portal:me")),
        )

    def unread(self) -> int:
        return inbox.unread_count(self.account) if self.account else 0


class PageMiddleware:
    """Sets `request.page`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.page = PageFrame(request)  # type: ignore[attr-defined]
        return self.get_response(request)
