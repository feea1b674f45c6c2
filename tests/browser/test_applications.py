"""A worker applies for hardship aid on the phone; it is returned, corrected, verified, approved, on notice, awarded."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from huigong.core import calendar
from huigong.people.inbox.models import Message
from huigong.services.policies.models import Application
from huigong.services.policies.tests import factories
from tests.browser.conftest import fits
from tests.cast import Cast

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
State = Application.State


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "诊断证明.jpg"
    path.write_bytes(factories.photo().getvalue())
    return path


def _next(page: Page) -> None:
    page.get_by_role("button", name="下一步").click()


def _answer(page: Page, question: str, answer: str) -> None:
    page.locator(f"input[name='a-{question}'][value='{answer}']").check(force=True)


def _sign(page: Page) -> None:
    """A line with the finger across the drawing ground."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=6)
    page.mouse.move(box["x"] + 220, box["y"] + 30, steps=6)
    page.mouse.up()


def _decide(page: Page, layer: str, button: str, **fields: str) -> None:
    page.locator(f"[data-open={layer}]").click()
    for name, value in fields.items():
        page.locator(f"#{layer} [name={name}]").fill(value)
    page.locator(f"#{layer}").get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def test_hardship_aid_from_the_first_question_to_the_award(
    stage: Cast, open_as, paper: Path, live_server
) -> None:
    factories.scheme(stage.county)

    worker = open_as(stage.member, "/policies/apply/", PHONE)
    worker.get_by_role("link", name="困难职工帮扶").click()
    expect(worker.get_by_text("您符合申报条件")).to_be_visible()
    worker.get_by_role("button", name="开始填写").click()
    _fill_in(worker, paper)
    worker.get_by_role("button", name="提交申报").click()
    expect(worker.get_by_text("申报已提交")).to_be_visible()
    application = Application.objects.get()
    assert application.state == State.SUBMITTED
    assert application.evidence.count() == 1
    assert application.signature is not None

    unit = open_as(stage.officer, f"/policies/manage/review/{application.pk}/", PHONE)
    unit.get_by_role("button", name="打开申报材料").click()
    unit.locator("details.r-note summary").first.click()
    unit.locator("input[name=mark_family]").fill("请核对人数。")
    _decide(unit, "return", "退回")
    assert Application.objects.get().state == State.RETURNED

    _correct(worker, f"{live_server.url}/policies/applications/{application.pk}/")
    assert Application.objects.get().answers["family"] == 5

    unit.goto(f"{live_server.url}/policies/manage/review/{application.pk}/")
    unit.get_by_role("button", name="显示").click()
    expect(unit.get_by_text("原来：")).to_be_visible()
    _decide(unit, "verify", "提交核实意见")

    county = open_as(stage.county_officer, f"/policies/manage/review/{application.pk}/", PHONE)
    county.get_by_role("button", name="显示").click()
    _decide(county, "approve", "通过", amount_yuan="3000", award="困难帮扶金")
    assert Application.objects.get().state == State.NOTICED

    reader = open_as(stage.neighbour_member, "/policies/notices/", PHONE)
    expect(reader.get_by_text("3,000 元")).to_be_visible()
    expect(reader.get_by_text("本会会员")).to_have_count(0)

    Application.objects.update(notice_until=calendar.today() - timedelta(days=1))
    county.goto(f"{live_server.url}/policies/manage/review/{application.pk}/")
    _decide(county, "award", "办结")
    worker.goto(f"{live_server.url}/policies/applications/{application.pk}/")
    expect(worker.get_by_text("已经通过。")).to_be_visible()
    expect(worker.get_by_text("3,000 元")).to_be_visible()
    assert fits(worker)
    assert "尿毒症" not in str(list(Message.objects.values()))


def _fill_in(worker: Page, paper: Path) -> None:
    """Through the steps: what is not asked stays hidden, what is typed is kept, the paper is taken in at once."""
    worker.locator("input[name=a-sign-consent]").check()
    _next(worker)
    worker.locator("input[name=a-family]").fill("4")
    expect(worker.locator("input[name=a-disease]")).to_be_hidden()
    _answer(worker, "ill", "是")
    with worker.expect_response(lambda answer: quote("尿毒症") in (answer.request.post_data or "")):
        worker.locator("input[name=a-disease]").fill("尿毒症")
    expect(worker.locator("#saved")).to_contain_text("已自动保存")
    worker.reload()
    expect(worker.locator("input[name=a-sign-consent]")).to_be_checked()
    _next(worker)
    expect(worker.locator("input[name=a-disease]")).to_have_value("尿毒症")
    _next(worker)
    worker.locator("input[name=a-papers]").set_input_files(paper)
    expect(worker.locator("#papers-papers .p-pieces img")).to_be_visible()
    _next(worker)
    _sign(worker)


def _correct(worker: Page, url: str) -> None:
    """What was marked is where the form opens."""
    worker.goto(url)
    expect(worker.get_by_text("请核对人数。").first).to_be_visible()
    worker.get_by_role("link", name="去补正").click()
    expect(worker.get_by_text("请补正：请核对人数。")).to_be_visible()
    worker.locator("input[name=a-family]").fill("5")
    _next(worker)
    expect(worker.locator("#papers-papers .p-pieces img")).to_be_visible()
    _next(worker)
    worker.locator("input[name=a-sign-name]").fill("本会会员")
    worker.get_by_role("button", name="重新提交").click()
    expect(worker.get_by_text("申报已提交")).to_be_visible()


def test_who_leaves_in_the_middle_of_a_word_finds_it_again(stage: Cast, open_as) -> None:
    application = factories.application(factories.scheme(stage.county), stage.member, state="draft")
    page = open_as(stage.member, f"/policies/applications/{application.pk}/form", PHONE)
    _next(page)
    page.locator("input[name=a-family]").fill("9")
    page.get_by_role("link", name="返回").click()
    page.wait_for_url(f"**/applications/{application.pk}/")
    for _ in range(50):  # what the browser sends on leaving comes a moment later
        if Application.objects.get().draft.get("family") == "9":
            break
        page.wait_for_timeout(100)
    assert Application.objects.get().draft["family"] == "9"


def test_steps_without_anything_to_ask_are_passed_over(stage: Cast, open_as) -> None:
    application = factories.application(factories.scheme(stage.county), stage.member, state="draft")
    page = open_as(stage.member, f"/policies/applications/{application.pk}/form", PHONE)
    expect(page.get_by_text("第 1 步，共 3 步")).to_be_visible()
    _next(page)
    _answer(page, "ill", "是")
    expect(page.get_by_text("第 2 步，共 4 步")).to_be_visible()
    _next(page)
    expect(page.locator("#papers-papers")).to_be_visible()
