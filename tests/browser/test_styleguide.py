"""The ui kit in a browser: accessible and without sideways scroll in every mode, and its pieces work."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from huigong.demo.styleguide import MODES, SAMPLES
from tests.browser.conftest import SMALL_TARGETS, violations

PAGES = ["/demo/ui", *(f"/demo/ui/{name}" for name in SAMPLES)]
PHONE, NARROW, DESKTOP = (390, 844), (360, 780), (1440, 900)
VIEWS = [*((PHONE, mode) for mode in MODES), (NARROW, ""), (NARROW, "care"), (DESKTOP, ""), (DESKTOP, "dark")]


@pytest.mark.parametrize(("size", "mode"), VIEWS, ids=lambda part: str(part) if part else "plain")
def test_every_page_is_accessible_and_fits(
    live_server: object, browser: Browser, size: tuple[int, int], mode: str
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = context.new_page()
    rules = ["color-contrast"] if "dark" in mode else None  # only colours differ between light and dark
    for path in PAGES:
        page.goto(f"{live_server}{path}?mode={mode}")
        assert violations(page, rules=rules) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        assert page.evaluate(SMALL_TARGETS) == [], path
    context.close()


def test_sheet_takes_the_focus_keeps_it_and_gives_it_back(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/activity")
    opener = phone.get_by_role("button", name="立即报名")
    opener.click()
    sheet = phone.get_by_role("dialog", name="确认报名")
    expect(sheet).to_be_visible()
    assert violations(phone) == []
    for _ in range(5):
        phone.keyboard.press("Tab")
        assert sheet.evaluate("sheet => sheet.contains(document.activeElement)")
    phone.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()


def test_back_closes_the_sheet_and_stays_on_the_page(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/home")
    phone.goto(f"{live_server}/demo/ui/activity")
    phone.get_by_role("button", name="立即报名").click()
    phone.go_back()
    expect(phone.get_by_role("dialog", name="确认报名")).to_be_hidden()
    expect(phone).to_have_url(re.compile(r"/demo/ui/activity$"))


def test_confirming_says_so_and_shows_the_new_state(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/activity")
    phone.get_by_role("button", name="立即报名").click()
    phone.get_by_role("button", name="确认报名").click()
    expect(phone.get_by_role("status").filter(has_text="报名成功")).to_be_visible()
    expect(phone.get_by_role("link", name="已报名 · 查看签到码")).to_be_visible()
    expect(phone.locator("#seats")).to_contain_text("还剩 29 个名额")
    expect(phone.get_by_role("dialog", name="确认报名")).to_be_hidden()


def test_without_script_the_same_sheet_opens_and_posts(live_server: object, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}/demo/ui/activity")
    page.get_by_role("button", name="立即报名").click()
    page.get_by_role("button", name="确认报名").click()
    expect(page.get_by_role("status").filter(has_text="报名成功")).to_be_visible()
    context.close()


def test_care_mode_enlarges_words_and_is_remembered(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/home")
    size = "() => parseFloat(getComputedStyle(document.querySelector('.u-grid a')).fontSize)"
    usual = phone.evaluate(size)
    phone.get_by_role("button", name="关怀版").click()
    assert phone.evaluate(size) > usual * 1.15
    phone.reload()
    assert phone.evaluate(size) > usual * 1.15
    phone.get_by_role("button", name="标准版").click()
    assert phone.evaluate(size) == usual


def test_a_list_filters_and_goes_on_where_it_ended(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/activities")
    rows = phone.locator(".u-row")
    expect(rows).to_have_count(5)
    phone.get_by_role("link", name="加载更多").click()
    expect(rows).to_have_count(10)
    phone.get_by_role("link", name="技能", exact=True).click()
    expect(rows).to_have_count(2)
    expect(phone.get_by_role("link", name="技能", exact=True)).to_have_attribute("aria-current", "true")
    phone.get_by_role("link", name="帮扶", exact=True).click()
    expect(phone.get_by_text("没有这类活动")).to_be_visible()


def test_wrong_form_lists_its_mistakes_and_leads_to_them(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui")
    phone.get_by_role("button", name="提交申请").click()
    summary = phone.get_by_role("alert").filter(has_text="需要改一改")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="姓名：请填写姓名").click()
    name = phone.locator("#id_name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("请填写姓名")
    assert violations(phone) == []


def test_code_button_waits_before_it_can_be_pressed_again(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/join")
    phone.get_by_role("button", name="获取验证码").click()
    waiting = phone.get_by_role("button", name="秒后重发")
    expect(waiting).to_be_disabled()
    expect(waiting).to_have_text(re.compile("5[0-9] 秒后重发"))


def test_signature_is_handed_to_the_form_and_can_be_redone(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui")
    pad = phone.locator("[data-signature-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    phone.mouse.move(box["x"] + 40, box["y"] + 40)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 160, box["y"] + 100, steps=8)
    phone.mouse.up()
    value = phone.locator("[data-signature-value]")
    expect(value).to_have_value(re.compile("^data:image/png;base64,"))
    phone.get_by_role("button", name="重写").click()
    expect(value).to_have_value("")


def test_offline_is_said(live_server: object, phone: Page) -> None:
    phone.goto(f"{live_server}/demo/ui/home")
    phone.context.set_offline(True)
    expect(phone.get_by_role("alert")).to_have_text("网络已断开，恢复后请再试")
    phone.context.set_offline(False)
    expect(phone.locator("#offline")).to_be_hidden()
