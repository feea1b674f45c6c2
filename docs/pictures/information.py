"""Information and voice: what members read, find and complain about, and what cadres see of it."""

from playwright.sync_api import Page

from docs.pictures.studio import DESK, Studio
from tests.site import Site


def photograph(studio: Studio, site: Site) -> None:
    """The pages of a member, then those of their union's chair, the editor and the county's rights handler."""
    _member(studio, site)
    _chair(studio, site)
    _accounts(studio, site)
    _editor(studio, site)
    _handler(studio, site)
    _aid(studio, site)


def _member(studio: Studio, site: Site) -> None:
    page = studio.log_in(site.accounts["member"])
    for path, name, first in (
        ("/services", "services", None),
        ("/search?q=职工", "search", None),
        ("/notices/", "notices", ("a.u-msg", "notice")),
        ("/news/", "news", ("main a[href^='/news/']:has(h2)", "article")),
        ("/policies/", "policies", ("main article a", "policy")),
        ("/policies/apply/", "apply-index", ("main a[href*='/policies/apply/']", "apply-scheme")),
        ("/my-union", "my-union", None),
        ("/conversations/", "letters", ("a.u-msg", "letter")),
        ("/conversations/suggestions/", "suggestions", ("a.u-msg", "suggestion")),
        ("/funds/", "funds", ("a.u-msg", "funds-report")),
        ("/complaints/start", "complaint-start", None),
        ("/complaints/", "complaints", ("main a[href*='/complaints/mine/']", "complaint")),
    ):
        page.goto(path)
        studio.shoot(page, name)
        if first:
            page.locator(first[0]).first.click()
            studio.shoot(page, first[1])
    _application(studio, page)
    page.context.close()


def _application(studio: Studio, page: Page) -> None:
    """What was returned, and its form at the place that was marked."""
    page.goto("/policies/apply/")
    page.locator("article.u-row", has_text="退回补正").locator("a").click()
    studio.shoot(page, "application")
    page.get_by_role("link", name="去补正").click()
    studio.shoot(page, "apply-form")


def _chair(studio: Studio, site: Site) -> None:
    page = studio.log_in(site.accounts["grassroots_cadre"])
    page.goto("/notices/manage/new")
    studio.shoot(page, "notice-new")
    page.goto("/notices/manage/?stage=published")
    page.locator("article.u-row a").last.click()
    studio.shoot(page, "notice-reach", whole=True)
    page.goto("/conversations/manage/")
    studio.shoot(page, "letters-desk")
    page.locator("main a[href^='/conversations/manage/']:not([href*='?']):not([href*=canned])").first.click()
    studio.shoot(page, "letter-answer")
    page.goto("/conversations/manage/suggestions/?show=published")
    page.locator("article.u-row a").first.click()
    studio.shoot(page, "adoption")
    page.goto("/conversations/manage/figures")
    studio.shoot(page, "letters-figures")
    page.context.close()


def _accounts(studio: Studio, site: Site) -> None:
    page = studio.log_in(site.accounts["grassroots_cadre"], DESK)
    page.goto("/funds/manage/new")
    studio.shoot(page, "funds-new")
    page.context.close()
    page = studio.log_in(site.accounts["township_cadre"])
    page.goto("/funds/manage/")
    page.locator("article.u-row a").first.click()
    studio.shoot(page, "funds-check")
    page.context.close()


def _editor(studio: Studio, site: Site) -> None:
    page = studio.log_in(site.accounts["editor"])
    page.goto("/news/manage/")
    studio.shoot(page, "news-desk")
    page.goto("/news/manage/new")
    studio.shoot(page, "news-new")
    page.context.close()


def _handler(studio: Studio, site: Site) -> None:
    page = studio.log_in(site.accounts["rights_handler"])
    page.goto("/complaints/desk/")
    studio.shoot(page, "complaint-desk")
    page.locator("main a[href*='/complaints/desk/']").first.click()
    studio.shoot(page, "complaint-handling", whole=True)
    page.goto("/complaints/desk/?which=letters")
    page.locator("article", has_text="前回函").get_by_role("link").first.click()
    page.locator("main a[href*='/letters/']").first.click()
    studio.shoot(page, "complaint-letter", whole=True)
    page.context.close()


def _aid(studio: Studio, site: Site) -> None:
    """What the county decides about on the phone, and the form it asks with on the desk."""
    page = studio.log_in(site.accounts["county_admin"])
    page.goto("/policies/manage/review/")
    studio.shoot(page, "aid-list")
    page.locator("article.u-row", has_text="待审定").locator("a").first.click()
    page.locator("form.r-locked button").click()
    page.locator(".r-answer", has_text="户口簿").scroll_into_view_if_needed()
    studio.shoot(page, "aid-review")
    page.locator("a[data-open=approve]").click()
    studio.shoot(page, "aid-approve")
    page.goto("/policies/manage/review/statistics")
    studio.shoot(page, "aid-statistics")
    page.context.close()
    page = studio.log_in(site.accounts["county_admin"], DESK)
    page.goto("/policies/manage/schemes/new?sample=hardship")
    page.locator(".s-q summary").nth(1).click()
    studio.shoot(page, "scheme-edit")
    page.goto("/policies/manage/schemes/")
    page.locator("article.u-row", has_text="困难职工帮扶").locator("a").click()
    page.get_by_role("link", name="手机预览").click()
    studio.shoot(page, "scheme-preview")
    page.context.close()
