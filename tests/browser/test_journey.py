"""The journey that everything is for: a worker joins, a cadre approves on the phone, the new member signs up."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from huigong.core.identity import check_digit
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.resources.points import queries as points
from huigong.services.activities.models import Signup
from huigong.services.activities.tests import factories as activities
from tests.cast import Cast, make_cast

BODY = "35052119900312018"
ID_NUMBER = BODY + check_digit(BODY)


@pytest.fixture
def stage(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def open_as(browser: Browser, live_server) -> Iterator:
    """Open a path on a phone as somebody: one context for each person."""
    contexts = []

    def open_page(account: Account, path: str) -> Page:
        client = Client()
        client.force_login(account)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        contexts.append(context)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_worker_joins_is_approved_and_signs_up(stage: Cast, open_as) -> None:
    activity = activities.activity(stage.union, title="石雕技能大赛")

    worker = open_as(stage.applicant, "/")
    worker.get_by_role("link", name="入会申请").first.click()
    worker.wait_for_url("**/membership/join")
    worker.get_by_role("searchbox").fill("螺城石雕")
    worker.get_by_text("螺城石雕厂工会").first.click()
    worker.get_by_label("姓名").first.fill("陈海燕")
    worker.locator("#id_id_number").fill(ID_NUMBER)
    worker.locator("#id_unit_name").fill("螺城石雕厂")
    worker.locator("#id_pledge").fill("陈海燕")
    worker.locator("input[name=agree]").check(force=True)
    worker.get_by_role("button", name="提交申请").click()
    expect(worker.get_by_text("已提交").first).to_be_visible()

    cadre = open_as(stage.officer, "/membership/review")
    expect(cadre.get_by_role("link", name="陈海燕")).to_be_visible()
    cadre.locator("a[data-open=decide]").first.click()
    cadre.locator("#decide-body button[type=submit]").click()
    expect(cadre.get_by_text("都办完了")).to_be_visible()

    worker.goto(worker.url.split("/membership")[0] + "/inbox/")
    expect(worker.get_by_text("已通过").first).to_be_visible()
    worker.goto(worker.url.split("/inbox")[0] + f"/activities/{activity.pk}/")
    worker.get_by_role("button", name="立即报名").click()
    worker.get_by_role("button", name="确认报名").click()
    expect(worker.get_by_text("已报名").first).to_be_visible()

    member = membership.member_of(stage.applicant)
    assert member is not None
    assert member.union_id == stage.union.pk
    assert Signup.objects.get(person_id=member.person_id).entry.state == "confirmed"
    assert points.balance(member.person_id) == 0
