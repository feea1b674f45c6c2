"""Cadres' pages of what may be applied for: building it, trying it out, opening and closing; and those next door."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from huigong.core.models import AuditRow
from huigong.services.policies.models import Scheme
from huigong.services.policies.tests import factories
from huigong.services.policies.tests.pages import page, post
from tests.cast import Cast


def filled(**changed: Any) -> dict[str, Any]:
    """The editor as sent, with two questions, the second under a condition."""
    rows = [
        {"label": "有没有低保", "kind": "single", "options": "有\n没有", "required": "on", "section": "家庭"},
        {
            "label": "低保证",
            "kind": "files",
            "private": "on",
            "why": "核对",
            "max": "2",
            "only_place": "1",
            "only_answers": "有",
        },
    ]
    data = {f"q-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    about = {
        "title": "临时救助",
        "intro": "家里有急难的来",
        "unit_first": "on",
        "unit_days": 5,
        "notice_days": 3,
        "keep_months": 12,
    }
    return {"q-TOTAL_FORMS": 2, "q-INITIAL_FORMS": 0, "a-sex": "", **about, **data, **changed}


def test_a_cadre_builds_opens_extends_and_closes_a_scheme(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_officer)
    assert "金秋助学" in page(client, "scheme-new")
    client.post(reverse("policies:scheme-new") + "?blank=1", filled())
    scheme = Scheme.objects.get()
    first, second = scheme.questions
    assert (first["section"], second["kind"], second["max"], second["private"]) == ("家庭", "files", 2, True)
    assert second["only_if"] == {"id": first["id"], "answers": ["有"]}
    assert "临时救助" in page(client, "schemes")
    assert "开放申报" in page(client, "scheme-desk", scheme.pk)
    tried = page(client, "scheme-preview", scheme.pk)
    assert ("这是预览" in tried, "低保证" in tried, "hx-post" in tried) == (True, True, False)
    bad = post(client, "scheme-open", scheme.pk, closes_at="2020-01-01T10:00")
    assert bad.status_code == 422
    post(client, "scheme-open", scheme.pk, closes_at="2099-01-01T10:00")
    post(client, "scheme-extend", scheme.pk, closes_at="2099-02-01T10:00")
    post(client, "scheme-close", scheme.pk)
    scheme.refresh_from_db()
    assert (scheme.state, scheme.closes_at.year) == ("closed", 2099)
    post(client, "scheme-copy", scheme.pk)
    copied = Scheme.objects.get(state="draft")
    assert "临时救助" in page(client, "scheme-edit", copied.pk)
    post(client, "scheme-discard", copied.pk)
    assert Scheme.objects.count() == 1


@pytest.mark.parametrize("key", ["hardship", "schooling", "legal", "mutual"])
def test_a_sample_saved_unchanged_is_the_sample(key: str, client: Client, cast: Cast) -> None:
    client.force_login(cast.county_officer)
    address = reverse("policies:scheme-new") + f"?sample={key}"
    client.post(address, as_drawn(client.get(address).content.decode()))
    from huigong.core.questions import parse_schema
    from huigong.services.policies.queries import SAMPLES

    made, sample = Scheme.objects.get(), SAMPLES[key]
    wanted = parse_schema(list(sample.questions)).as_json()
    assert made.questions == wanted
    assert (made.title, made.intro, made.unit_first, made.notice_days) == (
        sample.title,
        sample.intro,
        sample.unit_first,
        sample.notice_days,
    )


def as_drawn(html: str) -> dict[str, Any]:
    """The form of a page as a browser sends it untouched."""
    from html.parser import HTMLParser

    class Drawn(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.data: dict[str, Any] = {}
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "input" and name and given.get("type") not in ("file", "search"):
                if given.get("type") in ("checkbox", "radio") and "checked" not in given:
                    return
                self.data[name] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")
            elif tag == "textarea":
                self.area = name
                self.data[name] = ""
            elif tag == "select":
                self.select = name
            elif tag == "option" and "selected" in given:
                self.data[self.select] = given.get("value") or ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.data[self.area] += data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.data[self.area] = self.data[self.area].lstrip("\n")
                self.area = ""

    drawn = Drawn()
    drawn.feed(html)
    return drawn.data


def test_rows_are_added_and_moved_without_script(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_officer)
    address = reverse("policies:scheme-new") + "?blank=1"
    more = client.post(address, filled(again="add")).content.decode()
    assert 'name="q-2-label"' in more
    moved = as_drawn(client.post(address, filled(again="up-2", **{"q-1-kind": "yes_no"})).content.decode())
    assert (moved["q-0-label"], moved["q-1-label"]) == ("低保证", "有没有低保")
    crossed = as_drawn(client.post(address, filled(again="add", **{"q-0-DELETE": "on"})).content.decode())
    assert crossed["q-0-label"] == "低保证"
    assert not Scheme.objects.exists()


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_officer)
    wrong = filled(title="", **{"q-1-why": "", "q-1-only_place": ""})
    response = client.post(reverse("policies:scheme-new") + "?blank=1", wrong)
    body = response.content.decode()
    assert response.status_code == 422
    assert all(
        words in body
        for words in ("请填写项目名称", "保密的内容，请写明", "请选择看前面的哪一题", "家里有急难的来")
    )
    mistaken = client.post(
        reverse("policies:scheme-new") + "?blank=1", filled(**{"q-1-only_answers": "有的"})
    )
    assert "要与“有没有低保”的选项一致" in mistaken.content.decode()


def test_after_somebody_applied_a_removed_question_is_said_plainly(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    factories.application(scheme, cast.member)
    client.force_login(cast.county_officer)
    drawn = page(client, "scheme-edit", scheme.pk)
    assert "已有 1 人开始申报" in drawn
    response = post(client, "scheme-edit", scheme.pk, **as_drawn(drawn) | {"q-0-DELETE": "on"})
    assert (response.status_code, "不能删掉" in response.content.decode()) == (422, True)
    assert (
        post(client, "scheme-edit", scheme.pk, **as_drawn(drawn) | {"q-0-label": "几口人"}).status_code == 302
    )


def test_next_door_no_scheme_is_written(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.union)
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        client.force_login(account)
        for name in ("desk", "edit", "preview"):
            assert client.get(reverse(f"policies:scheme-{name}", args=[scheme.pk])).status_code == 404
        for verb in ("open", "extend", "close", "copy", "discard", "edit"):
            assert post(client, f"scheme-{verb}", scheme.pk, **filled()).status_code == 404
        written = client.post(reverse("policies:scheme-new"), filled(union=cast.union.pk))
        assert written.status_code == 404
    assert Scheme.objects.count() == 1


# --- Trying it out before it is saved


TRIED = {"preview": "1"}


def test_what_is_typed_is_tried_out_and_kept_nowhere(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_officer)
    typed = client.post(reverse("policies:scheme-new") + "?blank=1", filled(**TRIED)).content.decode()
    assert all(words in typed for words in ("这是预览", "还没有保存", "临时救助", "低保证", "选“有”才要"))
    assert 'formtarget="_blank"' not in typed
    assert not Scheme.objects.exists()


def test_a_change_is_tried_out_beside_what_is_kept(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    client.force_login(cast.county_officer)
    drawn = page(client, "scheme-edit", scheme.pk)
    assert 'name="preview" value="1" formtarget="_blank"' in drawn
    sent = as_drawn(drawn) | TRIED | {"q-0-label": "家中人口", "notice_days": "9"}
    typed = post(client, "scheme-edit", scheme.pk, **sent).content.decode()
    assert ("家中人口" in typed, "公示 9 个工作日" in typed) == (True, True)
    kept = page(client, "scheme-preview", scheme.pk)
    assert ("家里几口人" in kept, "家中人口" in kept, "还没有保存" in kept) == (True, False, False)
    assert not AuditRow.objects.filter(action__startswith="policies:scheme").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, "请填写项目名称"),
        ({"q-1-why": ""}, "第 2 题还没有填好"),
        ({"a-min_age": "70", "a-max_age": "20"}, "年龄到：不能小于起始年龄"),
    ],
)
def test_what_cannot_be_tried_out_yet_is_told(
    client: Client, cast: Cast, changed: dict[str, str], words: str
) -> None:
    client.force_login(cast.county_officer)
    response = client.post(reverse("policies:scheme-new") + "?blank=1", filled(**TRIED, **changed))
    told = response.content.decode()
    assert (response.status_code, "还不能预览" in told, words in told) == (422, True, True)
    assert not Scheme.objects.exists()


def test_next_door_nothing_is_tried_out(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.union)
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        client.force_login(account)
        assert post(client, "scheme-edit", scheme.pk, **filled(**TRIED)).status_code == 404
        tried = client.post(reverse("policies:scheme-new"), filled(union=cast.union.pk, **TRIED))
        assert tried.status_code == 404
