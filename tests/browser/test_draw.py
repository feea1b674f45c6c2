"""A draw recomputed on the reader's phone: the browser and Python agree, and tampering shows."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from huigong.core.audit import SYSTEM
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.resources.seats import queries as seats
from huigong.resources.seats.models import Pool
from huigong.services.activities import operations
from huigong.services.activities.models import Session
from huigong.services.activities.tests import factories
from tests.browser.conftest import violations
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


def drawn_session(cast: Cast, *, asking: int = 12) -> Session:
    """Seven places; the cast's member and others, some with a companion, asked for them."""
    made = factories.activity(cast.county, factories.plan(mode="draw", capacity=7), max_companions=2)
    session = made.sessions.select_related("pool", "activity__union").get()
    accounts = [cast.member, *(people.member_account(cast.union) for _ in range(asking - 1))]
    for place, account in enumerate(accounts):
        party = [{"name": "家属"}] * (place % 3)
        member = membership.member_of(account)
        operations.sign_up(session, member=member, actor=account, companions=party)
    Pool.objects.filter(pk=session.pool_id).update(closes_at=timezone.now() - timedelta(minutes=1))
    operations.freeze_list(session, actor=SYSTEM)
    return operations.draw_lots(session, actor=SYSTEM)


def log_in(page: Page, server: LiveServer, account: Account) -> None:
    client = Client()
    client.force_login(account)
    cookie = {"name": "sid", "value": client.cookies["sid"].value, "url": server.url}
    page.context.add_cookies([cookie])


def open_draw(page: Page, server: LiveServer, session: Session) -> None:
    page.goto(server.url + reverse("activities:draw", args=[session.activity_id]))


def recompute(page: Page) -> list[str]:
    """Tap the button; the lines of the result."""
    page.click("[data-recompute]")
    page.wait_for_selector("[data-results] li")
    return page.locator("[data-results] li").all_inner_texts()


def tampered(page: Page, change: Any) -> None:
    """Let the network change the sheet on its way."""

    def answer(route: Route) -> None:
        sheet = json.loads(route.fetch().text())
        change(sheet)
        route.fulfill(json=sheet)

    page.route("**/draw.json*", answer)


def test_the_phone_finds_the_same_winners_and_marks_every_row(phone: Page, live_server: LiveServer) -> None:
    session = drawn_session(make_cast())
    open_draw(phone, live_server, session)
    lines = recompute(phone)
    assert [line[0] for line in lines] == ["✓"] * 6
    assert "全部一致" in lines[-1]
    assert phone.locator(".d-mark_ok").count() == 12
    assert phone.locator(".d-mark_bad").count() == 0
    assert violations(phone) == []


def test_my_own_row_stands_out(phone: Page, live_server: LiveServer) -> None:
    cast = make_cast()
    session = drawn_session(cast)
    log_in(phone, live_server, cast.member)
    open_draw(phone, live_server, session)
    assert phone.locator("tr.is-mine").count() == 1
    assert "我的编号" in phone.inner_text(".d-mine")


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (lambda sheet: sheet.update(seed="0" * 64), "种子指纹"),
        (lambda sheet: sheet["entries"].pop(), "名单指纹"),
        (lambda sheet: sheet["entries"].append(sheet["entries"][0]), "编号不重复"),
        (lambda sheet: sheet["winners"].pop(), "中签编号"),
        (lambda sheet: sheet.update(seed="x", seed_hash=seats.seed_hash("x")), "下载的名单与本页公布的指纹"),
    ],
)
def test_the_phone_finds_out_a_tampered_sheet(
    change: Any, title: str, phone: Page, live_server: LiveServer
) -> None:
    open_draw(phone, live_server, drawn_session(make_cast()))
    tampered(phone, change)
    lines = recompute(phone)
    assert any(line.startswith("✗") and title in line for line in lines)
    assert lines[-1].startswith("✗")


def test_the_phone_remembers_fingerprints_and_notices_others(phone: Page, live_server: LiveServer) -> None:
    session = drawn_session(make_cast())
    open_draw(phone, live_server, session)
    phone.reload()
    assert any("记下的指纹" in line and line.startswith("✓") for line in recompute(phone))
    phone.evaluate(
        "localStorage.setItem(localStorage.key(0), JSON.stringify({seed: 'other', list: '', at: 1}))"
    )
    phone.reload()
    assert any("记下的指纹" in line and line.startswith("✗") for line in recompute(phone))


def test_browser_and_python_agree_on_many_lists(phone: Page, live_server: LiveServer) -> None:
    open_draw(phone, live_server, drawn_session(make_cast(), asking=2))
    sheets = []
    for case in range(50):
        seed = f"seed {case} 种子"
        entries = [[number * 7 % 1009 + 1, number % 4 + 1] for number in range(case)]
        won = seats.winners(entries, seed, case)
        head = {"seed_hash": seats.seed_hash(seed), "entries_hash": seats.list_hash(entries), "places": case}
        sheets.append({"seed": seed, "entries": entries, "winners": won, **head})
    verdicts = phone.evaluate(
        "sheets => sheets.map(sheet => recomputeDraw(sheet).every(check => check.ok))", sheets
    )
    assert verdicts == [True] * 50
