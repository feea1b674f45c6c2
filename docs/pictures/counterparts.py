"""The moments that the design drew, in the product: same size of screen, same light. README.md beside them compares."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from docs.pictures.studio import DESK, PHONE, Studio
from tests.site import Site

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "device_scale_factor": 1}


def photograph(studio: Studio, site: Site) -> None:
    """Members' pages by a member and somebody who is none yet, the workbench by the county's administrator."""
    _members(studio, site)
    _joining(studio, site)
    _workbench(studio, site)


def _members(studio: Studio, site: Site) -> None:
    account = site.accounts["member"]
    page = studio.log_in(account)
    page.goto("/")
    studio.shoot(page, "home")
    _activity(studio, page)
    page.goto("/")
    page.locator("[data-care]").first.click()
    page.goto("/")
    studio.shoot(page, "home-care")
    page.context.close()
    for name, device, options in (
        ("home-dark", PHONE, {"color_scheme": "dark"}),
        ("home-desktop", WIDE, {}),
    ):
        page = studio.log_in(account, device, **options)
        page.goto("/")
        studio.shoot(page, name)
        page.context.close()


def _activity(studio: Studio, page: Page) -> None:
    """The first activity that the member can sign up for."""
    page.goto("/activities/")
    links = page.locator("main a[href^='/activities/']").evaluate_all("all => all.map((a) => a.pathname)")
    for path in dict.fromkeys(path for path in links if re.fullmatch(r"/activities/\d+/", path)):
        page.goto(path)
        if page.get_by_role("button", name="立即报名", exact=True).is_visible():
            break
    studio.shoot(page, "activity")
    page.get_by_role("button", name="立即报名", exact=True).click()
    for question in page.locator("#signup [role=radiogroup]").all():
        question.locator("label").last.click()
    studio.shoot(page, "activity-sheet")
    page.get_by_role("button", name="确认报名").click()
    expect(page.locator("#toast")).to_be_visible()
    studio.shoot(page, "activity-toast", at_once=True)


def _joining(studio: Studio, site: Site) -> None:
    for name, options in (("join", {}), ("join-dark", {"color_scheme": "dark"})):
        page = studio.log_in(site.accounts["applicant"], **options)
        page.goto("/membership/join")
        page.get_by_role("searchbox").fill("磐艺石雕")
        page.get_by_text("惠安县磐艺石雕有限公司工会").first.click()
        page.locator("#id_name").wait_for()
        studio.shoot(page, name)
        page.context.close()


def _workbench(studio: Studio, site: Site) -> None:
    account = site.accounts["county_admin"]
    page = studio.log_in(account, DESK)
    page.goto("/workbench/")
    studio.shoot(page, "workbench-home")
    page.goto("/workbench/membership/joinapplication/")
    studio.shoot(page, "workbench-list")
    waiting = page.locator("#result_list tr", has_text="待审核").first
    waiting.locator("th a, td a").first.click()
    studio.shoot(page, "workbench-detail")
    page.locator("#header-inner a", has_text="退回").click()
    expect(page.locator("#modal-content").get_by_role("button", name="确认退回")).to_be_visible()
    studio.shoot(page, "workbench-return")
    page.context.close()
    page = studio.log_in(account)
    page.goto("/workbench/membership/joinapplication/")
    studio.shoot(page, "workbench-phone")
    page.context.close()
