"""Complaining in a browser: the draft that stays on the device, the code, and the way out."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from huigong.core.vault import vault
from huigong.services.complaints.models import Case
from tests.browser.conftest import SMALL_TARGETS, violations
from tests.cast import Cast

PHONE = {"viewport": {"width": 390, "height": 844}}
DRAFT = "sessionStorage.getItem('draft') || localStorage.getItem('draft')"


def fill(page: Page) -> None:
    page.locator("input[value=resolve]").check(force=True)
    page.locator("select[name=cause]").select_option("wages")
    page.fill("input[name=employer]", "某某石材厂")
    page.fill("textarea[name=narrative]", "三个月没有发工资，一共五个人。")
    page.fill("textarea[name=wanted]", "补发工资")


def until_kept(page: Page) -> None:
    """The draft is kept a moment after the last letter; the page's policy lets no function be polled."""
    for _ in range(50):
        if page.evaluate(DRAFT):
            return
        page.wait_for_timeout(100)
    raise AssertionError("no draft was kept")


@pytest.fixture
def page(stage: Cast, open_as: Any) -> Page:
    return open_as(stage.member, "/", PHONE)


def go(page: Page, name: str) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + reverse(f"complaints:{name}"))


def test_without_a_name_by_hand_and_nothing_is_left_on_the_device(page: Page) -> None:
    go(page, "lodge-anonymously")
    fill(page)
    until_kept(page)
    assert page.evaluate("localStorage.getItem('draft')") is None, "only as long as the window is open"
    page.reload()
    assert page.input_value("textarea[name=narrative]") == "三个月没有发工资，一共五个人。"
    page.get_by_role("button", name="提交给县总工会").click()
    code = page.locator(".c-code__digits").inner_text().replace("\n", "")
    assert page.evaluate(DRAFT) is None
    assert code not in page.url
    assert violations(page) == []
    go(page, "receipt")
    page.fill("input[name=code]", code)
    page.get_by_role("button", name="查看").click()
    page.wait_for_selector("text=三个月没有发工资")
    assert code not in page.url
    assert violations(page) == []
    assert page.evaluate(SMALL_TARGETS) == []
    with vault():
        assert Case.objects.get().author_index == ""


def test_a_draft_under_a_name_waits_on_the_device_until_it_is_sent_or_deleted(page: Page) -> None:
    go(page, "lodge")
    fill(page)
    until_kept(page)
    page.get_by_role("button", name="删除草稿").click()
    assert page.evaluate(DRAFT) is None
    assert page.input_value("textarea[name=narrative]") == ""
    fill(page)
    until_kept(page)
    page.locator("input[name=agree]").check()
    page.get_by_role("button", name="提交给县总工会").click()
    page.wait_for_selector("text=县总工会已收到")
    assert page.evaluate(DRAFT) is None


def test_the_way_out_leaves_at_once_and_the_page_is_not_in_the_history(page: Page) -> None:
    go(page, "lodge-anonymously")
    fill(page)
    until_kept(page)
    before = page.evaluate("history.length")
    page.get_by_role("link", name="立即离开").click()
    page.wait_for_url(lambda url: url.endswith("/"))
    assert page.evaluate("history.length") == before
    assert page.evaluate(DRAFT) is None
    page.go_back()
    assert "complaints" not in page.url
