"""Every page of members in a browser: accessible, no wider than a phone, within the policy; light, dark, care, desk."""

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from huigong.people.accounts.models import Account
from tests.browser.conftest import SMALL_TARGETS, violations
from tests.browser.members import Album, Visit, fill
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


class Phones:
    """The phone of each person, or of nobody, with one page that goes from address to address.

    Script errors, what the policy blocked and requests to other hosts are `wrong`.
    """

    def __init__(self, browser: Browser, home: str) -> None:
        self.wrong: list[str] = []
        self._browser, self._home = browser, home
        self._pages: dict[int | None, Page] = {}
        self._where = ""

    def open(self, visit: Visit) -> Page:
        """The page of this visit, in the daylight of a narrow phone."""
        page = self._page_of(visit.who)
        self._where = f"{visit.path} {visit.who}"
        page.set_viewport_size(NARROW)
        answer = page.goto(self._home + visit.path)
        assert answer, self._where
        assert answer.status == 200, self._where
        assert urlsplit(page.url).path == urlsplit(visit.path).path, self._where
        return page

    def _page_of(self, who: Account | None) -> Page:
        key = who.pk if who else None
        if key not in self._pages:
            context = self._browser.new_context(
                locale="zh-CN", timezone_id="Asia/Shanghai", viewport=NARROW, is_mobile=True, has_touch=True
            )
            if who:
                client = Client()
                client.force_login(who)
                cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies(
                    [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self._home}]
                )
            self._pages[key] = context.new_page()
            self._listen(self._pages[key])
        return self._pages[key]

    def _listen(self, page: Page) -> None:
        page.on("pageerror", self._note)
        page.on("console", lambda said: self._note(said.text) if "Security Policy" in said.text else None)
        ours = (self._home, "data:", "blob:", "ws")
        page.on("request", lambda sent: None if sent.url.startswith(ours) else self._note(sent.url))

    def _note(self, what: object) -> None:
        self.wrong.append(f"{self._where}: {what}")

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


@pytest.fixture
def phones(browser: Browser, live_server: Any) -> Iterator[Phones]:
    lent = Phones(browser, live_server.url)
    yield lent
    lent.close()


def test_every_page_of_members_is_accessible_and_fits(album: Album, phones: Phones) -> None:
    found = [
        f"{visit.path} {visit.who}: {wrong}"
        for visit in album.visits
        for wrong in _looked_at(phones.open(visit))
    ]
    wrong = found + phones.wrong
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
