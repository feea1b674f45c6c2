"""The journey that everything is for, as its people see it: from a cadre's Excel to points on a member's phone."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from docs.pictures.sheets import CLAIMANT, JOINER, UNION, Somebody, write_long_roll, write_roll
from docs.pictures.studio import DESK, Studio, await_words, sign
from huigong.core.calendar import SHANGHAI
from tests.browser.camera import before_camera
from tests.site import Site

ACTIVITY = "石雕技艺体验日"


def eyes(film: Path) -> list[str]:
    """Flags that let Chromium's camera see `film`, which may be drawn until the camera is opened."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


def photograph(studio: Studio, site: Site, film: Path) -> None:
    """Every step in its order, each with its pictures."""
    roll = write_roll(site.data / "山霞镇会员花名册.xlsx", elsewhere=_on_another_roll())
    township = studio.log_in(site.accounts["township_cadre"], DESK)
    _show_sheet(studio, roll)
    _import(studio, township, roll)
    claimant = _claim(studio)
    joiner = _join(studio, site.accounts["applicant"])
    cadre = studio.log_in(site.accounts["grassroots_cadre"], permissions=["camera"])
    _approve(studio, cadre)
    address = _publish(studio, studio.log_in(site.accounts["grassroots_cadre"], DESK))
    _sign_up(studio, claimant, joiner, address)
    _check_in(studio, cadre, claimant, address, film)
    _points(studio, claimant, joiner)
    _see_progress(studio, township, roll)


def _on_another_roll() -> Somebody:
    """The neighbour's member, whose union is not of this township."""
    from huigong.people.membership.models import Person

    person = Person.objects.get(name="张永海", account__isnull=False)
    return Somebody(person.name, person.id_number, person.phone)


# --- The cadre at the desk


def _show_sheet(studio: Studio, roll: Path) -> None:
    """The file as Excel shows it, drawn as a table: merged cells, floats and formulas as they stand in it."""
    sheet = load_workbook(roll).active
    merged = {area.coord.split(":")[0]: area for area in sheet.merged_cells.ranges}
    covered = {
        cell.coordinate for area in merged.values() for row in sheet[area.coord] for cell in row
    } - merged.keys()
    rows = [f"<tr><th></th>{''.join(f'<th>{letter}</th>' for letter in 'ABCDEFGHIJ')}</tr>"]
    for row in sheet.iter_rows(max_col=10):
        cells = []
        for cell in row:
            if cell.coordinate in covered:
                continue
            area = merged.get(cell.coordinate)
            span = (
                f' colspan="{area.size["columns"]}" rowspan="{area.size["rows"]}" class="m"' if area else ""
            )
            cells.append(f"<td{span}>{_as_excel(cell.value)}</td>")
        rows.append(f"<tr><th>{row[0].row}</th>{''.join(cells)}</tr>")
    page = studio.visit(DESK)
    page.set_content(f"<style>{_GRID}</style><table>{''.join(rows)}</table>")
    studio.shoot(page, "journey-01-roll")
    page.context.close()


_GRID = """
body { margin: 0; font: 14px "Noto Sans CJK SC", sans-serif; color: #222 }
table { border-collapse: collapse; width: 100% }
td, th { border: 1px solid #d4d4d4; padding: 5px 8px; white-space: pre }
th { background: #f0f0f0; font-weight: normal; color: #666 }
.m { text-align: center; font-weight: bold }
"""


def _as_excel(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.5E}"
    return f"{value:%Y/%-m/%-d}" if isinstance(value, datetime) else str(value)


def _upload(page: Page, roll: Path) -> None:
    page.goto("/membership/import/new")
    page.locator("input[type=file]").set_input_files(str(roll))


def _import(studio: Studio, page: Page, roll: Path) -> None:
    _upload(page, roll)
    studio.shoot(page, "journey-02-upload")
    page.get_by_role("button", name="上传，核对列").click()
    await_words(page, "系统已认出这些列")
    kind = page.get_by_label("就业形态")
    column = kind.locator("option", has_text="用的什么工").first.get_attribute("value")
    kind.select_option(column)  # a heading that the proposal could not know
    studio.shoot(page, "journey-03-columns", whole=True)
    page.get_by_role("button", name="开始试跑").click()
    await_words(page, "试跑结果")
    studio.shoot(page, "journey-04-trial")
    studio.shoot(page, "journey-05-reasons", whole=True)
    with page.expect_download() as report:
        page.get_by_role("link", name="结果表").click()
    report.value.save_as(roll.with_name("试跑结果.xlsx"))
    page.get_by_role("button", name="开始导入").click()
    studio.shoot(page, "journey-06-start")
    page.get_by_role("alertdialog").get_by_role("button", name="导入", exact=True).click()
    await_words(page, "导入完成")
    studio.shoot(page, "journey-08-done")
    _upload(page, roll)
    page.get_by_role("button", name="上传，核对列").click()
    page.get_by_role("button", name="开始试跑").click()
    await_words(page, "试跑结果")
    studio.shoot(page, "journey-09-again")


def _see_progress(studio: Studio, page: Page, roll: Path) -> None:
    """A roll of thousands, so that there is something to see of the bar; stopped, and given up."""
    _upload(page, write_long_roll(roll.with_name("全镇会员名册.xlsx")))
    page.get_by_role("button", name="上传，核对列").click()
    page.get_by_role("button", name="开始试跑").click()
    expect(page.locator(".i-percent b")).to_have_text(re.compile(r"^[2-9]\d$"), timeout=60_000)
    studio.shoot(page, "journey-07-progress", at_once=True)
    page.get_by_role("button", name="停止").click()
    page.get_by_role("alertdialog").get_by_role("button", name="停止", exact=True).click()
    await_words(page, "试跑中断了")


# --- Two workers


def _claim(studio: Studio) -> Page:
    page = studio.visit()
    page.goto("/login?by=code")
    page.get_by_label("手机号").fill(CLAIMANT.phone)
    page.get_by_role("button", name="获取验证码").click()
    told = page.locator("#id_phone_sent b")
    expect(told).to_be_visible()
    page.get_by_label("验证码").fill(told.inner_text())
    studio.shoot(page, "journey-10-login")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile(r"^(?!.*/login)"))
    page.goto("/membership/join")
    studio.shoot(page, "journey-11-known")
    page.get_by_role("link", name="去认领").click()
    page.get_by_label("姓名").fill(CLAIMANT.name)
    page.get_by_label("证件号").fill(CLAIMANT.number)
    studio.shoot(page, "journey-12-claim")
    page.get_by_role("button", name="核对").click()
    await_words(page, "找到您的会员记录了")
    studio.shoot(page, "journey-13-found")
    page.get_by_role("button", name="是我，认领会籍").click()
    studio.shoot(page, "journey-14-member")
    return page


def _join(studio: Studio, account: dict[str, str]) -> Page:
    page = studio.log_in(account)
    page.goto("/membership/join")
    page.get_by_role("searchbox").fill("pysd")
    page.get_by_text(UNION).first.wait_for()
    studio.shoot(page, "journey-15-search")
    page.get_by_text(UNION).first.click()
    page.locator("#id_name").fill(JOINER.name)
    page.locator("#id_id_number").fill(JOINER.number)
    page.locator("#id_unit_name").fill("惠安县磐艺石雕有限公司")
    page.locator("#id_job_title").fill("雕刻工")
    studio.shoot(page, "journey-16-form")
    sign(page)
    page.locator("input[name=agree]").check(force=True)
    studio.shoot(page, "journey-17-signature")
    page.get_by_role("button", name="提交申请").click()
    await_words(page, "已提交")
    studio.shoot(page, "journey-18-sent")
    return page


def _approve(studio: Studio, page: Page) -> None:
    page.goto("/membership/review")
    page.get_by_role("link", name=JOINER.name).wait_for()
    studio.shoot(page, "journey-19-review")
    page.get_by_role("link", name=JOINER.name).click()
    studio.shoot(page, "journey-20-applicant", whole=True)
    page.get_by_role("button", name="通过", exact=True).click()
    studio.shoot(page, "journey-21-approve")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("通过|确认")).click()
    page.wait_for_load_state()


# --- The activity


def _publish(studio: Studio, page: Page) -> str:
    start = datetime.now(SHANGHAI).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    page.goto("/activities/manage/new")
    page.locator("#id_title").fill(ACTIVITY)
    page.locator("#id_summary").fill("跟着老师傅学一手，做好的小石狮带回家")
    page.get_by_role("textbox", name="活动介绍").fill(
        "上午参观展厅，听惠安石雕的来历。\n下午分组动手，老师傅一对一指导。\n工具和护具由工会准备，穿长裤、平底鞋。"
    )
    page.locator("[name$='-starts_at']").first.fill(f"{start:%Y-%m-%dT%H:%M}")
    page.locator("[name$='-ends_at']").first.fill(f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.locator("[name$='-capacity']").first.fill("20")
    page.locator("#id_place").fill("磐艺石雕公司展厅")
    page.locator("#id_points").fill("20")
    page.locator("#id_title").scroll_into_view_if_needed()
    studio.shoot(page, "journey-22-activity")
    page.get_by_role("button", name="保存").click()
    await_words(page, "活动管理")
    page.get_by_role("button", name=re.compile("发布")).click()
    studio.shoot(page, "journey-23-publish")
    page.get_by_role("alertdialog").get_by_role("button", name=re.compile("发布")).click()
    page.wait_for_load_state()
    found = re.search(r"/activities/manage/(\d+)/", page.url)
    assert found
    return f"/activities/{found[1]}/"


def _sign_up(studio: Studio, claimant: Page, joiner: Page, address: str) -> None:
    for page, names in ((claimant, ("journey-24-sign-up", "journey-25-signed-up")), (joiner, ())):
        page.goto(address)
        page.get_by_role("button", name="立即报名").click()
        page.get_by_role("button", name="确认报名").wait_for()
        if names:
            studio.shoot(page, names[0])
        page.get_by_role("button", name="确认报名").click()
        expect(page.locator("#toast")).to_have_text("报名成功")
        if names:
            studio.shoot(page, names[1], at_once=True)
    joiner.goto("/activities/mine")
    studio.shoot(joiner, "journey-26-mine")


def _check_in(studio: Studio, cadre: Page, member: Page, address: str, film: Path) -> None:
    """The cadre's phone has lost its network; it sees the code on the member's phone through its camera."""
    cadre.goto(f"{address}check-in")
    expect(cadre.locator("[data-kept-count]")).to_have_text("2")
    cadre.wait_for_timeout(2500)  # the page is kept for the time without network
    cadre.context.set_offline(True)
    expect(cadre.locator("[data-net]")).to_contain_text("离线")
    member.goto("/me/card")
    code = member.locator("[data-member-codes]")
    code.locator("svg, canvas, img").first.wait_for()
    studio.shoot(member, "journey-27-code")
    photo = film.with_suffix(".png")
    code.screenshot(path=str(photo))
    before_camera(Image.open(photo), film)
    studio.shoot(cadre, "journey-28-offline")
    cadre.get_by_role("button", name="打开摄像头扫码").click()
    expect(cadre.locator("[data-panel]")).to_contain_text("待上传", timeout=15_000)
    studio.shoot(cadre, "journey-29-checked-in")
    cadre.context.set_offline(False)
    expect(cadre.get_by_role("button", name=re.compile("上传"))).to_be_hidden(timeout=15_000)
    expect(cadre.locator("[data-net]")).to_have_text("在线")
    cadre.reload()
    studio.shoot(cadre, "journey-30-uploaded")


def _points(studio: Studio, claimant: Page, joiner: Page) -> None:
    claimant.goto("/me/points")
    studio.shoot(claimant, "journey-31-points")
    joiner.goto("/inbox/")
    studio.shoot(joiner, "journey-32-inbox")
