"""Every page of members in a browser: accessible, no wider than a phone, within the policy, in light, dark and care."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from huigong.people.accounts.models import Account
from tests.browser.conftest import SMALL_TARGETS, violations
from tests.browser.members import Album, fill
from tests.test_every_url import ADDRESSES, Address

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
LOOKS: dict[str, dict[str, Any]] = {
    "light": PHONE | {"color_scheme": "light"},
    "dark": PHONE | {"color_scheme": "dark"},
    "care": PHONE,
    "desk": DESK,
}
MODULES = ("portal:", "accounts:", "inbox:", "membership:", "orgs:", "activities:")
CADRES = (
    "activities/manage/",
    "activities/<int:activity_id>/check-in",
    "activities/signups/",
    "membership/review",
    "membership/import",
    "membership/people/",
    "membership/expulsions/",
)
NO_PAGES = {
    "portal:member-codes",
    "inbox:unread",
    "membership:signature",
    "activities:signup-calendar",
    "activities:calendar-feed",
    "activities:draw-sheet",
    "activities:work-photo",
    "activities:work-thumbnail",
}
"""What members' pages ask for: figures, pictures, calendars."""


@pytest.fixture
def album(transactional_db: None) -> Album:
    return fill()


@pytest.fixture
def open_context(browser: Browser, live_server: Any) -> Iterator[Any]:
    """A context for somebody, or nobody, with a look; the complaints of all its pages are collected."""
    contexts: dict[int | None, BrowserContext] = {}
    wrong: list[str] = []

    def context_of(who: Account | None, look: str) -> BrowserContext:
        key = who.pk if who else None
        if key in contexts:
            return contexts[key]
        made = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **LOOKS[look])
        cookies = {"care": "1"} if look == "care" else {}
        if who:
            client = Client()
            client.force_login(who)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        made.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        contexts[key] = made
        return made

    yield context_of, wrong
    for context in contexts.values():
        context.close()


def _listen(page: Page, path: str, home: str, wrong: list[str]) -> None:
    """Script errors, what the policy blocked and requests to other hosts."""
    page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
    page.on(
        "console",
        lambda said: wrong.append(f"{path}: {said.text}") if "Security Policy" in said.text else None,
    )
    page.on(
        "request",
        lambda sent: (
            None
            if sent.url.startswith((home, "data:", "blob:", "ws"))
            else wrong.append(f"{path}: {sent.url}")
        ),
    )


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_members_is_accessible_and_fits(
    look: str, album: Album, open_context: Any, live_server: Any
) -> None:
    context_of, wrong = open_context
    width = LOOKS[look]["viewport"]["width"]
    for visit in album.visits:
        page = context_of(visit.who, look).new_page()
        where = f"{visit.name} {visit.path} {visit.who}"
        _listen(page, where, live_server.url, wrong)
        answer = page.goto(live_server.url + visit.path)
        assert answer, where
        assert answer.status == 200, where
        assert urlsplit(page.url).path == urlsplit(visit.path).path, where
        wrong += [f"{where}: {found}" for found in violations(page)]
        wrong += [f"{where}: too small {found}" for found in page.evaluate(SMALL_TARGETS)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{where}: scrolls sideways")
        page.close()
    assert wrong == []


def _is_members(address: Address) -> bool:
    return address.name.startswith(MODULES) and not address.route.startswith(CADRES)


def test_no_page_of_members_is_left_out(album: Album, client: Client) -> None:
    client.force_login(album.cast.member)
    values = dict.fromkeys({name for address in ADDRESSES for name in address.parameters}, 1)
    readable = {
        address.name
        for address in ADDRESSES
        if _is_members(address) and "GET" in client.options(address.path(values)).get("Allow", "GET")
    }
    assert readable - NO_PAGES == {visit.name for visit in album.visits}
