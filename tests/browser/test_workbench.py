"""The cadres' site in a real browser: on a desk and on a phone, under its policy, from one host alone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.models import JoinApplication
from huigong.people.membership.tests import factories as people
from tests.browser.conftest import fits
from tests.cast import Cast

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_an_application_is_returned_from_its_page_with_a_reason(screen: dict, stage: Cast, open_as) -> None:
    application = people.application(accounts.account(), stage.union, name="林小红")
    page = open_as(stage.officer, "/workbench/", screen)
    expect(page.get_by_text("您好，本会主席")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="林小红的入会申请").click()
    if screen is PHONE:
        page.get_by_text("more_horiz").click()
    page.locator("#header-inner a", has_text="退回").click()
    dialog = page.locator("#modal-content")
    expect(dialog.get_by_text("申请人补正后可再次提交")).to_be_visible()
    dialog.get_by_role("button", name="确认退回").click()
    expect(dialog.get_by_text("请写明原因。")).to_be_visible()
    dialog.get_by_role("textbox", name="原因").fill("照片不清楚")
    dialog.get_by_role("button", name="确认退回").click()
    expect(page.get_by_text("已退回林小红的入会申请。")).to_be_visible()
    assert fits(page)
    application.refresh_from_db()
    assert (application.state, application.decided_reason) == ("returned", "照片不清楚")


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_an_application_is_approved_from_the_menu_of_its_row(screen: dict, stage: Cast, open_as) -> None:
    people.application(accounts.account(), stage.union, name="林小红")
    page = open_as(stage.officer, "/workbench/membership/joinapplication/?waiting=mine", screen)
    assert fits(page)
    page.get_by_role("button", name="操作").click()
    page.locator(".wb-menu").get_by_role("link", name="通过").click()
    page.locator("#modal-content").get_by_role("button", name="确认通过").click()
    expect(page.get_by_text("已通过，林小红成为会员。")).to_be_visible()
    expect(page.get_by_text("没有找到符合条件的入会申请")).to_be_visible()


def test_ticked_applications_are_approved_together(stage: Cast, open_as) -> None:
    for name in ("林小红", "陈海燕"):
        people.application(accounts.account(), stage.union, name=name)
    page = open_as(stage.officer, "/workbench/membership/joinapplication/", DESK)
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("approve_ticked")
    page.get_by_role("button", name="执行").click()
    expect(page.get_by_text("将通过下面 2 份入会申请")).to_be_visible()
    page.get_by_role("button", name="确认全部通过").click()
    expect(page.get_by_text("办好 2 条")).to_be_visible()
    assert JoinApplication.objects.filter(state="approved").count() == 2


def test_a_number_is_shown_in_the_dialog_and_gone_with_it(stage: Cast, open_as) -> None:
    person = people.person(name="陈海燕", phone="13712345678")
    people.membership(person, stage.union)
    page = open_as(stage.officer, f"/workbench/membership/person/{person.pk}/change/", DESK)
    page.get_by_text("查看号码").click()
    page.locator("#modal-content").get_by_role("textbox", name="原因").fill("通知参会")
    page.locator("#modal-content").get_by_role("button", name="查看").click()
    expect(page.get_by_text("13712345678")).to_be_visible()
    page.locator("#modal-content").get_by_text("关闭", exact=True).click()
    assert "13712345678" not in page.content()


def test_an_export_is_downloaded_from_its_dialog(stage: Cast, open_as) -> None:
    page = open_as(stage.officer, "/workbench/membership/person/", DESK)
    page.locator("#header-inner a", has_text="导出").click()
    page.locator("#modal-content").get_by_role("textbox", name="原因").fill("年度统计")
    page.locator("#modal-content").get_by_role("button", name="生成表格").click()
    with page.expect_download() as download:
        page.get_by_text("下载 Excel").click()
    assert (
        download.value.suggested_filename
        == f"职工-{timezone.localtime():%Y%m%d}" + (download.value.suggested_filename[11:])
    )
    assert download.value.suggested_filename.endswith(".xlsx")


def test_the_search_in_the_sidebar_leads_to_a_person(stage: Cast, open_as) -> None:
    people.membership(people.person(name="陈海燕"), stage.union)
    page = open_as(stage.officer, "/workbench/", DESK)
    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially("chy")
    page.locator("#command-results").get_by_text("陈海燕").click()
    expect(page.get_by_role("heading", name="陈海燕")).to_be_visible()
