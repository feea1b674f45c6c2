"""A real Chromium, driven by Playwright, against the live server of pytest-django."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from huigong.people.accounts.models import Account
from tests.browser.chromium import FLAGS, chromium_path
from tests.cast import Cast, make_cast

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    """Undone when the file's tests are."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def browser(monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Browser]:
    """One browser for a file of tests; afterwards this thread is free for tests with an event loop of their own."""
    chromium = chromium_path()
    # Playwright keeps an event loop running in this thread; Django would refuse to clean the database beside it.
    monkeypatch_module.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page of a phone's size; a script error on it fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    context.close()
    assert errors == []


# Links inside sentences may be as tall as the sentence; a row whose title is a link is the link as a whole.
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea')]
    .filter(e => !e.closest('.u-layer, .u-skip, .u-rich, .u-tip, .u-agree span, .u-row h2'))
    .map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
    .filter(([e, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
    .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 100)}`)"""


def violations(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong, one line each; with `rules` only these are asked.

    It is evaluated through the debugger, which no policy stops.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def stage(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def open_as(browser: Browser, live_server) -> Iterator:
    """A page for somebody; a script error, a blocked resource or a request to another host fails the test."""
    contexts, wrong = [], []

    def open_page(account: Account, path: str, screen: dict) -> Page:
        client = Client()
        client.force_login(account)
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **screen)
        contexts.append(context)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(_told(said)) if said.type == "error" else None)
        page.on("request", lambda sent: _from_elsewhere(sent.url, live_server.url, wrong))
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location['url']})"


def _from_elsewhere(url: str, home: str, wrong: list[str]) -> None:
    if not url.startswith((home, "data:", "blob:")):
        wrong.append(f"request to {url}")


def fits(page: Page) -> bool:
    """Does the page need no scrolling to the side?"""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")
