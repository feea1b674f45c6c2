"""A talk in two browsers: what one writes the other sees without reloading, once, also after a lost connection.

No live process runs here, so pages hear of news as behind a proxy that blocks streams: they ask, and with an own
clock the test need not wait. What the live process says is in `tests/test_live.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from huigong.people.accounts.models import Account
from huigong.services.conversations import operations
from huigong.services.conversations.models import Message, Thread
from huigong.services.conversations.tests.factories import letter, thread
from tests.cast import Cast, make_cast

POLL = 9000


@pytest.fixture
def talk(transactional_db: None) -> tuple[Cast, Thread]:
    cast = make_cast()
    return cast, thread(cast.member, text="请问互助金怎么报？")


@pytest.fixture
def open_talk(browser: Browser, live_server: Any) -> Iterator[Any]:
    """The page of somebody, on a device of their own, with a clock that the test moves."""
    contexts: list[BrowserContext] = []

    def open_page(who: Account, path: str) -> Page:
        client = Client()
        client.force_login(who)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        contexts.append(context)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.clock.install()
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def lines(page: Page) -> list[str]:
    return page.locator("[data-message] .c-say__text").all_inner_texts()


def test_both_sides_see_what_the_other_writes_without_reloading(talk: tuple[Cast, Thread], open_talk) -> None:
    cast, made = talk
    worker = open_talk(cast.member, f"/conversations/{made.pk}/")
    cadre = open_talk(cast.officer, f"/conversations/manage/{made.pk}/")
    expect(cadre.locator("[data-message]")).to_have_count(1)
    cadre.fill("textarea[name=text]", "带发票来就行。")
    cadre.click("button[value=answer]")
    expect(cadre.locator("[data-message]")).to_have_count(2)
    expect(cadre.locator("textarea[name=text]")).to_have_value("")
    worker.clock.run_for(POLL)
    expect(worker.locator("[data-message]")).to_have_count(2)
    expect(worker.locator("#standing")).to_contain_text("已答复")
    worker.fill("textarea[name=text]", "谢谢！")
    worker.click("text=发送")
    expect(worker.locator("[data-message]")).to_have_count(3)
    cadre.clock.run_for(POLL)
    expect(cadre.locator("[data-message]")).to_have_count(3)
    for page in (worker, cadre):
        assert lines(page) == ["请问互助金怎么报？", "带发票来就行。", "谢谢！"]


def test_a_lost_connection_loses_nothing_and_shows_nothing_twice(
    talk: tuple[Cast, Thread], open_talk
) -> None:
    cast, made = talk
    worker = open_talk(cast.member, f"/conversations/{made.pk}/")
    worker.context.set_offline(True)
    worker.fill("textarea[name=text]", "断网时写的")
    worker.click("text=发送")
    expect(worker.locator("#toast")).to_contain_text("网络不通")
    expect(worker.locator("textarea[name=text]")).to_have_value("断网时写的")
    operations.reply(made, union=cast.union, letter=letter("断网时来的"), actor=cast.officer, is_answer=False)
    worker.context.set_offline(False)
    expect(worker.locator("[data-message]")).to_have_count(2)
    worker.click("text=发送")
    expect(worker.locator("[data-message]")).to_have_count(3)
    worker.clock.run_for(3 * POLL)
    assert lines(worker) == ["请问互助金怎么报？", "断网时来的", "断网时写的"]


def test_an_answer_that_got_lost_on_its_way_makes_no_second_message(
    talk: tuple[Cast, Thread], open_talk
) -> None:
    """The server has it, the phone does not know: it sends again, under the same key."""
    cast, made = talk
    worker = open_talk(cast.member, f"/conversations/{made.pk}/")

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    worker.route("**/send", lose, times=1)
    worker.fill("textarea[name=text]", "只此一次")
    worker.click("text=发送")
    expect(worker.locator("#toast")).to_contain_text("网络不通")
    worker.click("text=发送")
    expect(worker.locator("textarea[name=text]")).to_have_value("")
    expect(worker.locator("[data-message]")).to_have_count(2)
    assert lines(worker) == ["请问互助金怎么报？", "只此一次"]
    assert Message.objects.filter(text="只此一次").count() == 1


def test_a_message_wakes_the_pages_of_both_sides_and_of_nobody_else(talk: tuple[Cast, Thread]) -> None:
    cast, made = talk
    with connection.cursor() as cursor:
        cursor.execute("LISTEN huigong_inbox")
    operations.write(made, letter=letter("在吗"), actor=cast.member)
    raw = connection.connection
    woken = {int(told.payload) for told in raw.notifies(timeout=2, stop_after=2)}
    assert woken == {cast.member.pk, cast.officer.pk}
