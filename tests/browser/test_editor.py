"""Writing an introduction on the phone: what is seen while writing is what members read."""

import io

from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from huigong.services.activities.models import Activity
from huigong.services.activities.tests import factories as activities
from tests.browser.conftest import violations
from tests.browser.test_journey import open_as, stage
from tests.cast import Cast

__all__ = ["open_as", "stage"]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 180), "#c7000b").save(out, "PNG")
    return out.getvalue()


def test_an_introduction_is_written_with_headings_lists_links_and_pictures(stage: Cast, open_as) -> None:
    activity = activities.draft(stage.union)
    page = open_as(stage.officer, reverse("activities:edit", args=[activity.pk]))
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    text = page.get_by_role("textbox", name="活动介绍")
    text.click()
    page.get_by_role("button", name="标题", exact=True).click()
    page.keyboard.type("比赛项目")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="列表", exact=True).click()
    expect(page.get_by_role("button", name="列表", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("拔河")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="链接", exact=True).click()
    page.get_by_label("链接地址").fill("https://example.org/rules")
    page.get_by_role("button", name="加上").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="图片", exact=True).click()
    chooser.value.set_files({"name": "场地.png", "mimeType": "image/png", "buffer": png()})
    expect(text.locator("img")).to_have_attribute("alt", "场地")
    assert violations(page) == []
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**" + reverse("activities:manage", args=[activity.pk]))
    activity.refresh_from_db()
    assert "<h3>比赛项目</h3><ul><li>拔河</li></ul>" in activity.body
    assert '<a href="https://example.org/rules"' in activity.body
    assert '<img src="/files/' in activity.body
    assert [line for line in complaints if "Content Security Policy" in line] == []


def test_a_paste_comes_as_words_and_unchanged_text_stays(stage: Cast, open_as) -> None:
    body = "<h2>说明</h2><p>自备<strong>水杯</strong></p>"
    activity = activities.draft(stage.union, body=body)
    page = open_as(stage.officer, reverse("activities:edit", args=[activity.pk]))
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**" + reverse("activities:manage", args=[activity.pk]))
    assert Activity.objects.get(pk=activity.pk).body == body
    page.goto(page.url + "edit")
    text = page.get_by_role("textbox", name="活动介绍")
    text.evaluate("""(node) => {
        node.focus();
        document.getSelection().selectAllChildren(node);
        document.getSelection().collapseToEnd();
        const data = new DataTransfer();
        data.setData("text/plain", "<i>斜</i>");
        data.setData("text/html", "<i style='color:red'>斜</i>");
        node.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**" + reverse("activities:manage", args=[activity.pk]))
    body = Activity.objects.get(pk=activity.pk).body
    assert "水杯" in body
    assert "&lt;i&gt;斜&lt;/i&gt;" in body
