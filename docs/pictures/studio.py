"""A browser before the running product: people with phones and at desks, and a camera that keeps what they see."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, chromium_path

SCREENS = Path(__file__).resolve().parents[1] / "screens"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1}
QUALITY = 82
"""Of a WebP: small words stay sharp, and a phone's screen takes 50 KB."""


class Studio:
    """Opens pages of one site and keeps pictures of them in docs/screens under names that do not change."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.taken: list[str] = []

    def visit(self, device: dict[str, Any] = PHONE, **options: Any) -> Page:
        """Somebody new with their own browser."""
        context = self.browser.new_context(
            **device, locale="zh-CN", timezone_id="Asia/Shanghai", base_url=self.address, **options
        )
        return context.new_page()

    def log_in(self, account: dict[str, str], device: dict[str, Any] = PHONE, **options: Any) -> Page:
        """One of the demo accounts, with the password."""
        page = self.visit(device, **options)
        page.goto("/login")
        page.get_by_label("手机号").fill(account["phone"])
        page.get_by_label("密码").fill(account["password"])
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(re.compile(r"^(?!.*/login)"))
        return page

    def shoot(self, page: Page, name: str, *, whole: bool = False, at_once: bool = False) -> None:
        """Keep what stands on the screen, or with `whole` the page to its end.

        Waits until a toast has gone, unless it is wanted: `at_once`.
        """
        page.wait_for_load_state("load" if at_once else "networkidle")
        page.evaluate("document.fonts.ready")
        if not at_once:
            expect(page.locator("#toast:visible")).to_have_count(0)
        page.wait_for_timeout(350)  # a sheet or dialog has come to rest
        with _as_tall_as_the_page(page) if whole else nullcontext():
            picture = Image.open(io.BytesIO(page.screenshot()))
        keep(picture, name)
        self.taken.append(name)


@contextmanager
def _as_tall_as_the_page(page: Page) -> Iterator[None]:
    """Bars at the foot of the screen stand at the foot of the picture."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": height})
    page.wait_for_timeout(300)
    yield
    page.set_viewport_size(size)


def keep(picture: Image.Image, name: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    picture.convert("RGB").save(SCREENS / f"{name}.webp", quality=QUALITY, method=6)


@contextmanager
def opened(address: str, *flags: str) -> Iterator[Studio]:
    """A studio before the site at `address`; `flags` are further ones for Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *flags])
        yield Studio(browser, address)
        browser.close()


def sign(page: Page) -> None:
    """Write 许晓燕 on the signature canvas, stroke by stroke, as a finger does."""
    pad = page.locator("[data-signature-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    strokes = [
        # 许
        [(0.13, 0.28), (0.16, 0.34)],
        [(0.11, 0.46), (0.16, 0.45), (0.15, 0.70), (0.19, 0.62)],
        [(0.23, 0.27), (0.20, 0.43)],
        [(0.20, 0.40), (0.30, 0.38)],
        [(0.19, 0.54), (0.32, 0.52)],
        [(0.26, 0.40), (0.26, 0.78)],
        # 晓
        [(0.39, 0.34), (0.40, 0.66), (0.46, 0.64), (0.45, 0.34), (0.39, 0.35)],
        [(0.40, 0.49), (0.45, 0.48)],
        [(0.49, 0.38), (0.60, 0.34)],
        [(0.54, 0.26), (0.57, 0.42), (0.62, 0.46)],
        [(0.49, 0.52), (0.61, 0.50)],
        [(0.53, 0.52), (0.51, 0.68), (0.47, 0.76)],
        [(0.57, 0.52), (0.58, 0.72), (0.64, 0.73), (0.64, 0.66)],
        # 燕
        [(0.70, 0.33), (0.90, 0.31)],
        [(0.76, 0.26), (0.76, 0.38)],
        [(0.84, 0.25), (0.84, 0.38)],
        [(0.77, 0.44), (0.83, 0.43), (0.83, 0.54), (0.77, 0.55), (0.77, 0.44)],
        [(0.70, 0.52), (0.74, 0.48), (0.73, 0.62)],
        [(0.88, 0.44), (0.86, 0.60), (0.91, 0.60)],
        [(0.71, 0.70), (0.69, 0.78)],
        [(0.77, 0.70), (0.78, 0.77)],
        [(0.83, 0.69), (0.85, 0.77)],
        [(0.89, 0.68), (0.93, 0.77)],
    ]
    for first, *rest in strokes:
        page.mouse.move(box["x"] + first[0] * box["width"], box["y"] + first[1] * box["height"])
        page.mouse.down()
        for across, down in rest:
            page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=6)
        page.mouse.up()


def await_words(page: Page, words: str, seconds: float = 60) -> None:
    expect(page.get_by_text(words).first).to_be_visible(timeout=seconds * 1000)
