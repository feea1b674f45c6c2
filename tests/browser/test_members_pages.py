"""Every page of members in a browser: accessible, no wider than a phone, within the policy; light, dark, care, desk."""

import uuid
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

NARROW, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
CARE = "document.body.setAttribute('data-weui-mode', 'care')"
MODULES = (
    "portal:",
    "accounts:",
    "inbox:",
    "membership:",
    "orgs:",
    "activities:",
    "complaints:",
    "conversations:",
    "funds:",
    "news:",
    "notices:",
    "policies:",
)
CADRES = (
    "activities/manage/",
    "activities/<activity_id>/check-in",
    "activities/signups/",
    "complaints/desk/",
    "notices/manage/",
    "policies/manage/",
    "conversations/manage/",
    "funds/manage/",
    "news/manage/",
    "membership/review",
    "membership/import",
    "membership/people/",
    "membership/audience",
    "membership/expulsions/",
)
NO_PAGES = {
    "portal:member-codes",
    "portal:unread",
    "membership:signature",
    "activities:signup-calendar",
    "activities:calendar-feed",
    "activities:draw-sheet",
    "activities:work-photo",
    "activities:work-thumbnail",
    "complaints:evidence",
    "notices:attachment",
    "policies:file",
    "policies:evidence",
    "policies:evidence-small",
    "policies:print",
    "policies:signature",
    "conversations:enclosure",
    "conversations:newer",
    "funds:file",
    "news:attachment",
}
"""What members' pages ask for: figures, pictures, calendars."""


@pytest.fixture
def album(transactional_db: None) -> Album:
    return fill()


@pytest.fixture
def context_of(browser: Browser, live_server: Any) -> Iterator[Any]:
    """The phone of somebody, or of nobody: one for each person."""
    contexts: dict[int | None, BrowserContext] = {}

    def made_for(who: Account | None) -> BrowserContext:
        key = who.pk if who else None
        if key not in contexts:
            contexts[key] = browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", viewport=NARROW, is_mobile=True, has_touch=True
            )
            if who:
                client = Client()
                client.force_login(who)
                cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
                contexts[key].add_cookies(
                    [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
                )
        return contexts[key]

    yield made_for
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


def test_every_page_of_members_is_accessible_and_fits(
    album: Album, context_of: Any, live_server: Any
) -> None:
    wrong: list[str] = []
    for visit in album.visits:
        page = context_of(visit.who).new_page()
        where = f"{visit.path} {visit.who}"
        _listen(page, where, live_server.url, wrong)
        answer = page.goto(live_server.url + visit.path)
        assert answer, where
        assert answer.status == 200, where
        assert urlsplit(page.url).path == urlsplit(visit.path).path, where
        wrong += [f"{where}: {found}" for found in _looked_at(page)]
        page.close()
    assert not wrong, "\n".join(wrong)


def _looked_at(page: Page) -> list[str]:
    """What is wrong with the open page in each of its looks; only colours and sizes differ between them."""
    wrong = [*violations(page), *_sizes(page)]
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark {found}" for found in violations(page, rules=["color-contrast"])]
    page.evaluate(CARE)
    wrong += [f"dark care {found}" for found in violations(page, rules=["color-contrast"])]
    page.emulate_media(color_scheme="light")
    wrong += [f"care {found}" for found in [*violations(page, rules=["color-contrast"]), *_sizes(page)]]
    page.set_viewport_size(DESK)
    return [*wrong, *(f"desk {found}" for found in _sizes(page))]


def _sizes(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*page.evaluate(SMALL_TARGETS), *([f"{wide} pixels too wide"] if wide > 0 else [])]


def _is_members(address: Address) -> bool:
    return address.name.startswith(MODULES) and not address.route.startswith(CADRES)


def test_no_page_of_members_is_left_out(album: Album, client: Client) -> None:
    client.force_login(album.cast.member)
    values = dict.fromkeys({name for address in ADDRESSES for name in address.parameters}, 1)
    values["case_uuid"] = uuid.uuid4()
    readable = {
        address.name
        for address in ADDRESSES
        if _is_members(address) and "GET" in client.options(address.path(values)).get("Allow", "GET")
    }
    assert readable - NO_PAGES == {visit.name for visit in album.visits}
