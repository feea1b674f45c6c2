"""Cadres' pages: the list, the desk, the form, and that the neighbour gets none of it."""

import io
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from huigong.core.models import AuditRow, StoredFile
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.services.activities import operations
from huigong.services.activities.models import Activity
from huigong.services.activities.tests import factories
from tests.cast import Cast

DEAR = 3_000_000


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officer)
    return client


def page(client: Client, name: str, *args: int, **query: str) -> str:
    response = client.get(reverse(f"activities:{name}", args=args), query)
    assert response.status_code == 200, response.content.decode()[-500:]
    return response.content.decode()


# --- The list


def test_index_lists_own_activities_by_stage_and_those_below_on_request(client: Client, cast: Cast) -> None:
    factories.draft(cast.township, title="镇里的草稿")
    factories.activity(cast.township, title="镇里的活动")
    factories.activity(cast.union, title="下级的活动")
    factories.activity(cast.neighbour, title="邻镇的活动")
    client.force_login(cast.township_officer)
    own = page(client, "manage-index")
    assert ["镇里的草稿" in own, "镇里的活动" in own, "下级的活动" in own] == [True, True, False]
    below = page(client, "manage-index", below="1")
    assert "下级的活动" in below
    assert "邻镇的活动" not in below
    drafts = page(client, "manage-index", stage="draft")
    assert ["镇里的草稿" in drafts, "镇里的活动" in drafts] == [True, False]
    assert "没有找到活动" in page(client, "manage-index", q="没有这种")
    assert "镇里的活动" in page(client, "manage-index", stage="乱写", q="镇里")


def test_index_is_not_for_members(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    assert client.get(reverse("activities:manage-index")).status_code == 403
    assert client.get(reverse("activities:new")).status_code == 404


def test_index_costs_the_same_for_one_row_and_for_three(
    officer: Client, cast: Cast, django_capture_queries
) -> None:
    def count() -> int:
        with django_capture_queries() as captured:
            page(officer, "manage-index")
        return len(captured)

    factories.activity(cast.union)
    one = count()
    factories.activity(cast.union)
    factories.draft(cast.union)
    assert count() == one


def test_desk_costs_the_same_for_one_session_and_for_three(
    officer: Client, cast: Cast, django_capture_queries
) -> None:
    small = factories.activity(cast.union)
    large = factories.activity(cast.union, *(factories.plan(name=name) for name in "早中晚"))
    counts = []
    for activity in (small, large):
        for session in activity.sessions.select_related("pool", "activity__union"):
            account = people.member_account(cast.union)
            operations.sign_up(session, member=membership.member_of(account), actor=account)
        with django_capture_queries() as captured:
            page(officer, "manage", activity.pk)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- What can be done, by state


def acts(client: Client, activity: Activity) -> set[str]:
    """The decisions that the desk offers."""
    shown = page(client, "manage", activity.pk)
    verbs = ("submit", "withdraw", "approve", "return", "publish", "close", "cancel")
    return {verb for verb in verbs if reverse(f"activities:{verb}", args=[activity.pk]) in shown}


def test_desk_offers_what_the_state_and_the_budget_allow(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    cheap, dear = factories.draft(cast.union), factories.draft(cast.union, budget_fen=DEAR)
    assert acts(client, cheap) == {"publish", "cancel"}
    assert acts(client, dear) == {"submit", "cancel"}
    operations.submit(dear, actor=cast.officer)
    assert acts(client, dear) == {"withdraw"}
    client.force_login(cast.township_officer)
    assert acts(client, dear) == {"approve", "return", "withdraw"}
    published = factories.activity(cast.union)
    assert acts(client, published) == {"close", "cancel"}
    operations.close(published, actor=cast.officer)
    assert acts(client, published) == {"cancel"}


def test_the_whole_way_by_form_from_submitting_to_cancelling(client: Client, cast: Cast) -> None:
    activity = factories.draft(cast.union, budget_fen=DEAR)

    def decide(verb: str, **data: str) -> str:
        client.post(reverse(f"activities:{verb}", args=[activity.pk]), data)
        activity.refresh_from_db()
        return activity.state

    client.force_login(cast.officer)
    assert decide("submit") == "submitted"
    assert decide("approve") == "submitted"
    client.force_login(cast.township_officer)
    assert decide("return", reason="") == "submitted"
    assert decide("return", reason="请写明细") == "returned"
    assert "退回原因：请写明细" in page(client, "manage", activity.pk)
    client.force_login(cast.officer)
    assert decide("submit") == "submitted"
    client.force_login(cast.township_officer)
    assert decide("approve") == "published"
    assert decide("cancel", reason="台风") == "cancelled"


@pytest.mark.parametrize(
    "verb", ["submit", "withdraw", "approve", "return", "publish", "close", "cancel", "copy"]
)
def test_a_decision_of_the_neighbour_is_not_found_and_changes_nothing(
    client: Client, cast: Cast, verb: str
) -> None:
    activity = factories.activity(cast.union)
    rows = AuditRow.objects.count()
    data = {"reason": "就要这样", "starts_at": "2030-01-01T09:00"}
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        client.force_login(account)
        assert client.post(reverse(f"activities:{verb}", args=[activity.pk]), data).status_code == 404
        assert client.get(reverse(f"activities:{verb}", args=[activity.pk])).status_code == 405
    activity.refresh_from_db()
    assert (activity.state, AuditRow.objects.count(), Activity.objects.count()) == ("published", rows, 1)


def test_copy_makes_a_draft_and_opens_it_for_changes(officer: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    response = officer.post(reverse("activities:copy", args=[activity.pk]), {"starts_at": "2030-05-01T09:00"})
    made = Activity.objects.exclude(pk=activity.pk).get()
    assert response["Location"] == reverse("activities:edit", args=[made.pk])
    assert timezone.localtime(made.starts_at).strftime("%Y-%m-%d %H:%M") == "2030-05-01 09:00"


# --- The form


def filled(**changes: object) -> dict[str, object]:
    """What a browser sends for a simple activity."""
    starts = timezone.localtime() + timedelta(days=9)
    data = {
        "title": "职工拔河赛",
        "category": "sports",
        "kind": "onsite",
        "place": "体育馆",
        "text": "第一段\n第二段",
        "points": "15",
        "budget_yuan": "1200.50",
        "drawing": "tug-of-war",
        "s-TOTAL_FORMS": 1,
        "s-INITIAL_FORMS": 0,
        "s-0-starts_at": f"{starts:%Y-%m-%dT%H:%M}",
        "s-0-ends_at": f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "s-0-capacity": "20",
        "s-0-mode": "rush",
        "s-0-has_waitlist": "on",
        "s-0-offer_minutes": "120",
        "q-TOTAL_FORMS": 0,
        "q-INITIAL_FORMS": 0,
        "v-TOTAL_FORMS": 0,
        "v-INITIAL_FORMS": 0,
    }
    return data | changes


def question(place: int = 0, prefix: str = "q", **changes: str) -> dict[str, object]:
    values = {"label": "衣服尺码", "kind": "single", "options": "S\nM\nL", "required": "on"} | changes
    row = {f"{prefix}-{place}-{name}": value for name, value in values.items()}
    return row | {f"{prefix}-TOTAL_FORMS": place + 1}


def test_new_saves_a_draft_with_everything(officer: Client, cast: Cast) -> None:
    audience = {
        "a-sex": "2",
        "a-min_age": "18",
        "a-max_age": "45",
        "a-tags": "劳模、先进",
        "a-work_forms": "rider",
    }
    response = officer.post(
        reverse("activities:new"), filled(**audience, **question(), **question(prefix="v"))
    )
    activity = Activity.objects.get()
    assert response["Location"] == reverse("activities:manage", args=[activity.pk])
    assert (activity.union, activity.state) == (cast.union, "draft")
    assert (activity.points, activity.budget_fen, activity.drawing) == (15, 120050, "tug-of-war")
    assert activity.body == "<p>第一段</p><p>第二段</p>"
    rule = membership.Rule.parse(activity.audience)
    assert (rule.union_ids, rule.sex, rule.min_age, rule.max_age) == ((cast.union.pk,), "2", 18, 45)
    assert (rule.tags, rule.work_forms) == (("劳模", "先进"), ("rider",))
    assert activity.questions[0] | {"id": ""} == {
        "id": "",
        "kind": "single",
        "label": "衣服尺码",
        "required": True,
        "why": "",
        "options": ["S", "M", "L"],
    }
    assert activity.survey[0]["label"] == "衣服尺码"
    session = activity.sessions.select_related("pool").get()
    assert (session.pool.capacity, session.pool.closes_at) == (20, session.starts_at)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "名称"),
        ({"place": ""}, "线下活动请填写地点。"),
        ({"s-0-ends_at": "2020-01-01T09:00"}, "结束时间要晚于开始时间。"),
        ({"s-0-closes_at": "2020-01-01T09:00"}, "报名截止要晚于报名开始。"),
        ({"s-0-capacity": "0"}, "名额"),
        ({"a-min_age": "40", "a-max_age": "20"}, "不能小于起始年龄。"),
        (question(options="只有一个"), "至少写两个选项"),
        (question(kind="phone", options=""), "请写明为什么要收集"),
        ({"points": "5000"}, "1000"),
    ],
)
def test_new_with_a_mistake_marks_it_and_keeps_what_was_typed(
    officer: Client, cast: Cast, changes: dict, sentence: str
) -> None:
    response = officer.post(reverse("activities:new"), filled(summary="亮点在这里", **changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "亮点在这里" in response.content.decode()
    assert Activity.objects.count() == 0


def test_a_form_sent_empty_asks_for_everything_at_once_by_name(officer: Client) -> None:
    counts = {
        f"{prefix}-{name}_FORMS": str(int(prefix == "s" and name == "TOTAL"))
        for prefix in "sqv"
        for name in ("TOTAL", "INITIAL")
    }
    response = officer.post(reverse("activities:new"), counts | {"kind": "onsite"})
    text = response.content.decode()
    for sentence in (
        "请填写名称。",
        "线下活动请填写地点。",
        "请填写开始时间。",
        "请填写名额。",
        "第 1 场还没有填好",
    ):
        assert sentence in text
    assert Activity.objects.count() == 0


@pytest.mark.parametrize(("more", "prefix"), [("sessions", "s"), ("questions", "q"), ("survey", "v")])
def test_one_more_row_keeps_what_was_typed_and_complains_of_nothing(
    officer: Client, cast: Cast, more: str, prefix: str
) -> None:
    data = filled(title="", more=more, **{"s-0-name": "上午场"}) | question(label="尺码呢")
    shown = officer.post(reverse("activities:new"), data).content.decode()
    assert "上午场" in shown
    assert "尺码呢" in shown
    assert "需要改一改" not in shown
    rows = {"s": 1, "q": 1, "v": 0}
    assert f'name="{prefix}-TOTAL_FORMS" value="{rows[prefix] + 1}"' in shown
    part = officer.post(reverse("activities:new"), data, headers={"HX-Request": "true"}).content.decode()
    assert "<form" not in part
    assert f"{prefix}-{rows[prefix]}-" in part


def test_what_was_added_row_by_row_is_saved(officer: Client, cast: Cast) -> None:
    second = {key.replace("s-0", "s-1"): value for key, value in filled().items() if key.startswith("s-0")}
    data = filled(**second, **{"s-TOTAL_FORMS": 2, "s-INITIAL_FORMS": 1, "s-0-name": "早", "s-1-name": "晚"})
    officer.post(reverse("activities:new"), data)
    assert sorted(Activity.objects.get().sessions.values_list("name", flat=True)) == ["早", "晚"]


class Fields(HTMLParser):
    """What a browser would send of a page's form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: dict[str, object] = {}
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if tag == "input" and name and kind not in ("file", "search"):
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.data[name] = given.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name or ""
        elif tag == "option" and "selected" in given:
            self.data[self._select] = given["value"]
        elif tag == "textarea":
            self._area = name or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.data[self._area] = data.strip("\n")
            self._area = ""


def sent_by_edit(client: Client, activity: Activity) -> dict[str, object]:
    """What a browser would send back if nobody changed anything."""
    return Fields(page(client, "edit", activity.pk)).data


def test_edit_sent_back_unchanged_changes_nothing(officer: Client, cast: Cast) -> None:
    activity = factories.activity(
        cast.union,
        factories.plan(name="早", mode="rush", has_waitlist=True),
        factories.plan(name="晚", mode="draw"),
        rule=membership.Rule(sex="1", tags=("劳模",), joined_by=timezone.localdate()),
        body="<h3>流程</h3><p>九点<strong>集合</strong></p>",
        questions=[{"id": "size", "kind": "single", "label": "尺码", "options": ["S", "M"]}],
    )
    names = ("title", "body", "audience", "points", "starts_at", "ends_at", "budget_fen", "drawing")
    before = {name: getattr(activity, name) for name in names}
    pools = list(activity.sessions.values("name", "starts_at", "ends_at", "pool__mode", "pool__capacity"))
    response = officer.post(reverse("activities:edit", args=[activity.pk]), sent_by_edit(officer, activity))
    assert response.status_code == 302, response.content.decode()
    activity.refresh_from_db()
    floor = {"second": 0, "microsecond": 0}
    for name in names:
        value, old = getattr(activity, name), before[name]
        assert value == (old.replace(**floor) if name.endswith("_at") else old), name
    assert activity.questions[0]["id"] == "size"
    after = list(activity.sessions.values("name", "starts_at", "ends_at", "pool__mode", "pool__capacity"))
    assert [row["pool__mode"] for row in after] == [row["pool__mode"] for row in pools]


def test_edit_crosses_out_a_session_and_a_question(officer: Client, cast: Cast) -> None:
    activity = factories.draft(
        cast.union,
        factories.plan(name="早"),
        factories.plan(name="晚"),
        questions=[{"id": "note", "kind": "text", "label": "备注"}],
    )
    data = sent_by_edit(officer, activity) | {"s-1-DELETE": "on", "q-0-DELETE": "on"}
    officer.post(reverse("activities:edit", args=[activity.pk]), data)
    activity.refresh_from_db()
    assert activity.sessions.count() == 1
    assert activity.questions == []


def test_edit_of_another_kind_of_question_makes_it_a_new_one(officer: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union, questions=[{"id": "note", "kind": "text", "label": "备注"}])
    data = sent_by_edit(officer, activity) | {"q-0-kind": "yes_no"}
    assert officer.post(reverse("activities:edit", args=[activity.pk]), data).status_code == 302
    activity.refresh_from_db()
    assert activity.questions[0]["kind"] == "yes_no"
    assert activity.questions[0]["id"] != "note"


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), "#c7000b").save(out, kind)
    return SimpleUploadedFile("现场.png", out.getvalue())


def test_a_cover_is_uploaded_made_anew_and_given_up_for_a_drawing(officer: Client, cast: Cast) -> None:
    officer.post(reverse("activities:new"), filled() | {"upload": picture()})
    activity = Activity.objects.get()
    assert activity.cover.is_public
    shown = officer.get(reverse("core:file", args=[activity.cover.uuid]))
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).size == (640, 360)
    data = sent_by_edit(officer, activity) | {"drawing": "film"}
    officer.post(reverse("activities:edit", args=[activity.pk]), data)
    activity.refresh_from_db()
    assert (activity.cover, activity.drawing) == (None, "film")


def test_a_cover_that_is_no_picture_is_refused_on_the_form(officer: Client, cast: Cast) -> None:
    bad = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")
    response = officer.post(reverse("activities:new"), filled() | {"upload": bad})
    assert response.status_code == 422
    assert "这不是图片" in response.content.decode()
    assert Activity.objects.count() == StoredFile.objects.count() == 0


@pytest.mark.parametrize("name", ["new", "edit"])
def test_the_form_of_the_neighbour_is_not_found_and_changes_nothing(
    client: Client, cast: Cast, name: str
) -> None:
    activity = factories.draft(cast.union, title="原来的名字")
    args = [activity.pk] if name == "edit" else []
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        client.force_login(account)
        data = filled(union=cast.union.pk)
        assert client.post(reverse(f"activities:{name}", args=args), data).status_code == 404
    activity.refresh_from_db()
    assert activity.title == "原来的名字"
    assert Activity.objects.count() == 1


def test_an_audience_outside_the_subtree_is_refused_by_the_form(officer: Client, cast: Cast) -> None:
    response = officer.post(reverse("activities:new"), filled(**{"a-union_ids": cast.neighbour.pk}))
    assert response.status_code == 422
    assert Activity.objects.count() == 0


def test_quotas_are_set_by_form_and_refused_beyond_the_places(client: Client, cast: Cast) -> None:
    activity = factories.draft(cast.county, factories.plan(mode="quota", capacity=5))
    session = activity.sessions.get()
    client.force_login(cast.county_officer)
    url = reverse("activities:quotas", args=[session.pk])
    assert cast.township.name in client.get(url).content.decode()
    fields = (f"u{cast.township.pk}", f"u{cast.neighbour_township.pk}")
    response = client.post(url, dict.fromkeys(fields, 3))
    assert response.status_code == 422
    assert "超过总名额" in response.content.decode()
    assert client.post(url, {fields[0]: 3, fields[1]: ""}).status_code == 302
    assert list(session.pool.quotas.values_list("union", "capacity")) == [(cast.township.pk, 3)]
    client.force_login(cast.neighbour_officer)
    assert client.get(url).status_code == 404


# --- Pictures in a text


def test_a_picture_for_a_text_is_taken_from_whoever_writes_texts(
    client: Client, officer: Client, cast: Cast
) -> None:
    address = reverse("activities:pictures")
    answer = officer.post(address, {"picture": picture()})
    assert answer.status_code == 201
    stored = StoredFile.objects.get()
    assert answer.json() == {"url": f"/files/{stored.uuid}", "name": "现场"}
    assert (stored.is_public, stored.content_type) == (True, "image/png")
    broken = officer.post(address, {"picture": SimpleUploadedFile("a.png", b"no picture")})
    assert (broken.status_code, "error" in broken.json()) == (422, True)
    assert officer.post(address).status_code == 422
    client.force_login(cast.member)
    assert client.post(address, {"picture": picture()}).status_code == 403
    assert StoredFile.objects.count() == 1
