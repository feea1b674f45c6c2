"""The check-in desk in a real browser: a code with network, codes without it, and what the phone keeps."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from huigong.people.accounts import queries as accounts
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.resources.points.models import Account as PointsAccount
from huigong.services.activities import operations
from huigong.services.activities.models import Session, Signup
from huigong.services.activities.tests import factories
from tests.browser.camera import film, picture
from tests.browser.conftest import FLAGS, chromium_path, violations
from tests.cast import Cast, make_cast


@pytest.fixture
def door(transactional_db: None) -> tuple[Cast, Session]:
    """A session in an hour with two members on its list, who come with nobody."""
    cast = make_cast()
    starts_at = timezone.now() + timedelta(hours=1)
    session = factories.session(
        cast.union, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), closes_at=starts_at
    )
    for account in (cast.member, people.member_account(cast.union, name="林阿土")):
        sign_up(session, account)
    return cast, session


def sign_up(session: Session, account: Account) -> Signup:
    member = membership.member_of(account)
    return operations.sign_up(session, member=member, actor=account).signup


@pytest.fixture
def desk(live_server: object, phone: Page, door: tuple[Cast, Session]) -> Page:
    """The page of that session on the officer's phone, with its worker ready and its list kept."""
    cast, session = door
    log_in(phone.context, live_server, cast.officer)
    phone.goto(f"{live_server}/activities/{session.activity_id}/check-in")
    expect(phone.locator("[data-net]")).to_have_text("在线")
    expect(phone.locator("[data-kept-count]")).to_have_text("2")
    return phone


def log_in(context: BrowserContext, live_server: object, account: Account) -> None:
    client = Client()
    client.force_login(account)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}])


def wait_until(page: Page, test: str) -> None:
    """Wait for a script that answers with a promise; `wait_for_function` takes the promise itself for a yes."""
    for _ in range(200):
        if page.evaluate(test):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not within 10 seconds: {test}")


def worker_has_the_page(page: Page) -> None:
    """Wait until the page opens without network."""
    wait_until(
        page,
        """async () => {
            const names = await caches.keys();
            if (!names.length || !navigator.serviceWorker.controller) return false;
            const kept = await (await caches.open(names[0])).keys();
            const has = (part) => kept.some((request) => request.url.includes(part));
            return ['session=', 'jsQR', 'union.css', 'union.js', 'scanner.js', 'scanner.css'].every(has);
        }""",
    )


def show_code(page: Page, code: str) -> None:
    """As a hand scanner does: it types the code and Enter."""
    field = page.get_by_role("searchbox")
    field.fill(code)
    field.press("Enter")


def code_of(account: Account) -> str:
    return accounts.member_codes(account.uuid)[0].text


def panel(page: Page) -> Locator:
    return page.locator("[data-panel]")


def points_of(account: Account) -> int:
    found = PointsAccount.objects.filter(person_id=membership.member_of(account).person_id).first()
    return found.balance if found else 0


def test_a_code_is_checked_in_at_once_and_the_second_time_said_so(desk: Page, door: tuple) -> None:
    cast, session = door
    code = code_of(cast.member)
    show_code(desk, code)
    expect(panel(desk)).to_have_attribute("data-tone", "ok")
    expect(panel(desk)).to_contain_text("本**员")
    expect(desk.locator("[data-came]")).to_have_text("1")
    desk.wait_for_timeout(1000)
    show_code(desk, code)
    expect(panel(desk)).to_have_attribute("data-tone", "warn")
    expect(panel(desk)).to_contain_text(re.compile(r"已签到过 \d\d:\d\d"))
    assert Signup.objects.filter(session=session, checked_in_at__isnull=False).count() == 1
    assert points_of(cast.member) == 20


def test_codes_taken_offline_survive_a_reload_and_are_uploaded_with_points(desk: Page, door: tuple) -> None:
    cast, session = door
    worker_has_the_page(desk)
    desk.context.set_offline(True)
    expect(desk.locator("[data-net]")).to_contain_text("离线")

    desk.reload()
    expect(desk.get_by_role("heading", name="签到", exact=True)).to_be_visible()
    expect(desk.locator("[data-net]")).to_contain_text("离线")
    show_code(desk, code_of(cast.member))
    expect(panel(desk)).to_have_attribute("data-tone", "ok")
    expect(panel(desk)).to_contain_text("待上传")
    expect(desk.locator("[data-came]")).to_have_text("1")

    desk.reload()
    expect(desk.get_by_role("button", name="上传 1 条")).to_be_visible()
    expect(desk.locator("[data-came]")).to_have_text("1")
    assert not Signup.objects.filter(session=session, checked_in_at__isnull=False).exists()

    desk.context.set_offline(False)
    expect(desk.get_by_role("button", name=re.compile("上传"))).to_be_hidden()
    expect(desk.locator("[data-net]")).to_have_text("在线")
    signup = Signup.objects.get(session=session, person__account=cast.member)
    assert signup.checked_in_at is not None
    assert points_of(cast.member) == 20


def test_offline_the_phone_itself_refuses_what_is_not_good(desk: Page, door: tuple) -> None:
    cast, _ = door
    stranger = people.member_account(cast.union, name="没报名")
    forged = code_of(cast.member)[:-4] + "AAAA"
    desk.context.set_offline(True)
    cases = [
        (forged, "bad", "这不是有效的会员码"),
        (accounts.member_codes(cast.member.uuid)[4].text, "bad", "会员码已过期"),
        (code_of(stranger), "bad", "不在离线名单里"),
        (code_of(cast.member), "ok", "待上传"),
        (code_of(cast.member), "warn", "已签到过"),
    ]
    for code, tone, words in cases:
        show_code(desk, code)
        expect(panel(desk)).to_contain_text(words)
        expect(panel(desk)).to_have_attribute("data-tone", tone)
        desk.wait_for_timeout(950)
    expect(desk.get_by_role("button", name="上传 1 条")).to_be_visible()


def test_what_the_phone_keeps_names_nobody_and_goes_when_told(desk: Page, door: tuple) -> None:
    cast, _ = door
    kept = desk.evaluate("Object.values(localStorage).join()")
    assert "本会" not in kept
    assert "林阿" not in kept
    assert str(cast.member.uuid) not in kept
    assert cast.member.uuid.hex not in kept
    worker_has_the_page(desk)
    assert "林*" not in desk.evaluate(
        """async () => {
            const cache = await caches.open((await caches.keys())[0]);
            const texts = await Promise.all((await cache.matchAll()).map((response) => response.text()));
            return texts.join('');
        }"""
    )
    desk.get_by_role("button", name="清除").first.click()
    desk.get_by_role("alertdialog").get_by_role("button", name="清除", exact=True).click()
    expect(desk.locator("[data-kept]")).to_be_hidden()
    assert desk.evaluate("Object.keys(localStorage).length") == 0
    wait_until(desk, "async () => !(await caches.keys()).length")


def test_logging_out_takes_the_list_from_the_phone(desk: Page, live_server: object) -> None:
    assert desk.evaluate("Object.keys(localStorage).length") == 1
    desk.goto(f"{live_server}/me")
    desk.get_by_role("button", name="退出登录").click()
    desk.wait_for_url(re.compile("/login|/$"))
    assert (
        desk.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('session.')).length") == 0
    )


def test_by_hand_with_a_reason_and_taken_back(desk: Page, door: tuple) -> None:
    _, session = door
    desk.get_by_role("searchbox").fill("林阿土")
    desk.get_by_role("searchbox").press("Enter")
    roster = desk.locator("#roster")
    expect(roster).to_contain_text("找到 1 人")
    roster.get_by_role("button", name="签到").click()
    sheet = desk.get_by_role("dialog", name="手工签到")
    sheet.get_by_role("button", name="没带手机").click()
    assert violations(desk) == []
    sheet.get_by_role("button", name="确认签到").click()
    expect(sheet).to_be_hidden()
    expect(roster).to_contain_text("手工签到：没带手机")
    expect(desk.locator("[data-came]")).to_have_text("1")
    roster.get_by_role("button", name="撤销").click()
    sheet = desk.get_by_role("dialog", name="撤销签到")
    expect(sheet).to_contain_text("20 积分会一起收回")
    sheet.get_by_role("button", name="点错了人").click()
    sheet.get_by_role("button", name="撤销签到").click()
    expect(desk.locator("[data-came]")).to_have_text("0")
    assert not Signup.objects.filter(session=session, checked_in_at__isnull=False).exists()


def test_the_desk_is_accessible_and_fits_a_small_phone(desk: Page) -> None:
    assert violations(desk) == []
    desk.set_viewport_size({"width": 360, "height": 780})
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360


# --- Eyes: the camera where the page is secure, a photo elsewhere


@pytest.fixture
def eyed(browser: Browser, tmp_path: Path, door: tuple[Cast, Session]) -> Iterator[BrowserContext]:
    """A browser whose camera sees the member's code, and for which lan.test is this machine."""
    code = code_of(door[0].member)
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film(code, tmp_path / 'code.y4m')}",
        "--host-resolver-rules=MAP lan.test 127.0.0.1",
    ]
    other = browser.browser_type.launch(executable_path=chromium_path(), args=flags)
    yield other.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", permissions=["camera"])
    other.close()


def test_the_camera_reads_the_code_and_checks_in(
    eyed: BrowserContext, live_server: object, door: tuple
) -> None:
    cast, session = door
    log_in(eyed, str(live_server), cast.officer)
    page = eyed.new_page()
    page.goto(f"{live_server}/activities/{session.activity_id}/check-in")
    page.get_by_role("button", name="打开摄像头扫码").click()
    expect(panel(page)).to_contain_text("签到成功")
    page.wait_for_timeout(2000)  # the code is still in the picture: it must not turn into "was in already"
    expect(panel(page)).to_contain_text("签到成功")
    assert Signup.objects.filter(session=session, checked_in_at__isnull=False).count() == 1


def test_without_https_a_photo_does_and_the_server_judges(
    eyed: BrowserContext, live_server: object, door: tuple, tmp_path: Path, settings: object
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    cast, session = door
    lan = re.sub(r"//[^:]+", "//lan.test", str(live_server))
    log_in(eyed, lan, cast.officer)
    page = eyed.new_page()
    page.goto(f"{lan}/activities/{session.activity_id}/check-in")
    expect(page.get_by_role("button", name="打开摄像头扫码")).to_be_hidden()
    photo = page.locator("input[type=file]")
    blank = tmp_path / "blank.png"
    Image.new("RGB", (300, 300), "white").save(blank)
    photo.set_input_files(str(blank))
    expect(panel(page)).to_contain_text("请靠近一点再拍")
    photo.set_input_files(str(picture(code_of(cast.member), tmp_path / "photo.png")))
    expect(panel(page)).to_contain_text("签到成功")

    eyed.set_offline(True)
    page.wait_for_timeout(1000)
    show_code(page, code_of(people.member_account(cast.union)))
    expect(panel(page)).to_contain_text("待核验")
    eyed.set_offline(False)
    expect(page.locator("[data-refused]")).to_contain_text("不在名单里")
