"""What surrounds every member's page: the tab bar, who is looking, how much is unread."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from huigong.core.jinja import Tab
from huigong.faces.portal import queries

_TABS = {
    "portal:home": "home",
    "portal:me": "me",
    "portal:member-card": "code",
    "activities": "activities",
    "conversations": "inbox",
    "inbox": "inbox",
    "notices": "inbox",
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
        return sum(self._unread)

    @cached_property
    def _unread(self) -> queries.Unread:
        return queries.unread(self.account) if self.account else queries.Unread(0, 0)

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """What the pages under 消息 lead to, with how much is unread in each."""
        counts = self._unread
        return [
            {"key": "inbox", "label": _counted("消息", counts.messages), "href": reverse("inbox:index")},
            {
                "key": "notices",
                "label": _counted("工会通知", counts.notices),
                "href": reverse("notices:index"),
            },
            {"key": "conversations", "label": "留言", "href": reverse("conversations:index")},
        ]


def _counted(label: str, count: int) -> str:
    return f"{label} {min(count, 99)}" if count else label


class PageMiddleware:
    """Sets `request.page`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.page = PageFrame(request)  # type: ignore[attr-defined]
        return self.get_response(request)
