"""Notices: what a member reads, and what a cadre sees of who has read it."""

from docs.pictures.studio import Studio
from tests.site import Site


def photograph(studio: Studio, site: Site) -> None:
    """The list and one notice by a member; the form and the reach of one by their union's chair."""
    page = studio.log_in(site.accounts["member"])
    page.goto("/notices/")
    studio.shoot(page, "notices")
    page.locator("a.u-msg").first.click()
    studio.shoot(page, "notice")
    page.context.close()
    page = studio.log_in(site.accounts["grassroots_cadre"])
    page.goto("/notices/manage/new")
    studio.shoot(page, "notice-new")
    page.goto("/notices/manage/?stage=published")
    page.locator("article.u-row a").last.click()
    studio.shoot(page, "notice-reach", whole=True)
    page.context.close()
