"""Campaigns: who reads which activities in them, and who makes them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.services.activities import operations
from huigong.services.activities.models import Campaign
from huigong.services.activities.tests import factories
from tests.cast import Cast


def today() -> date:
    return timezone.localdate()


def page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    response = client.get(reverse(f"activities:{name}", args=args), query)
    assert response.status_code == status
    return response.content.decode()


def form(**fields: Any) -> dict[str, Any]:
    first, last = today().isoformat(), (today() + timedelta(days=9)).isoformat()
    return {
        "title": "春节专题",
        "starts_on": first,
        "ends_on": last,
        "drawing": "lantern",
        "text": "",
    } | fields


# --- Reading


def test_each_reader_sees_in_a_campaign_the_activities_meant_for_them(client: Client, cast: Cast) -> None:
    everybody = factories.activity(cast.county, title="全县灯会")
    ours = factories.activity(cast.union, title="本会年夜饭")
    theirs = factories.activity(cast.neighbour, title="邻会年夜饭")
    made = factories.campaign(cast.county, everybody, ours, theirs)
    seen = {}
    for who in ("member", "neighbour_member", None):
        client.logout() if who is None else client.force_login(getattr(cast, who))
        text = page(client, "campaign", made.pk)
        seen[who] = [activity.title for activity in (everybody, ours, theirs) if activity.title in text]
    assert seen == {
        "member": ["全县灯会", "本会年夜饭"],
        "neighbour_member": ["全县灯会", "邻会年夜饭"],
        None: ["全县灯会"],
    }


def test_a_campaign_of_the_union_is_hidden_from_its_neighbours(client: Client, cast: Cast) -> None:
    made = factories.campaign(cast.union, factories.activity(cast.union))
    for who, status in (("member", 200), ("neighbour_member", 404), ("neighbour_officer", 404)):
        client.force_login(getattr(cast, who))
        page(client, "campaign", made.pk, status=status)


def test_a_draft_is_seen_by_its_editors_alone(client: Client, cast: Cast) -> None:
    made = factories.campaign(cast.union, factories.activity(cast.union), published=False)
    for who, status in (
        ("officer", 200),
        ("township_officer", 200),
        ("member", 404),
        ("retired_officer", 404),
    ):
        client.force_login(getattr(cast, who))
        page(client, "campaign", made.pk, status=status)


def test_a_cancelled_activity_is_left_out(client: Client, cast: Cast) -> None:
    activity = factories.activity(cast.county, title="取消的灯会")
    made = factories.campaign(cast.county, activity, factories.activity(cast.county))
    operations.cancel_activity(activity, actor=SYSTEM, reason="下雨")
    assert "取消的灯会" not in page(client, "campaign", made.pk)


def test_the_list_of_activities_opens_with_what_runs_today(client: Client, cast: Cast) -> None:
    activity = factories.activity(cast.county)
    factories.campaign(cast.county, activity, title="正在进行")
    factories.campaign(
        cast.county, activity, title="已经过去", starts_on=date(2024, 1, 1), ends_on=date(2024, 2, 1)
    )
    factories.campaign(cast.county, activity, title="还是草稿", published=False)
    factories.campaign(cast.neighbour, factories.activity(cast.neighbour), title="邻会专题")
    client.force_login(cast.member)
    text = page(client, "index")
    assert [title for title in ("正在进行", "已经过去", "还是草稿", "邻会专题") if title in text] == [
        "正在进行"
    ]
    assert "正在进行" not in page(client, "index", q="羽毛球")


@pytest.mark.parametrize("name", ["campaign", "campaigns"])
def test_a_page_costs_the_same_for_one_activity_and_for_three(
    name: str, client: Client, cast: Cast, django_capture_queries: Any
) -> None:
    client.force_login(cast.officer)
    client.get("/")
    counts = []
    for number in (1, 3):
        for _ in range(number):
            made = factories.campaign(cast.union, *(factories.activity(cast.union) for _ in range(number)))
        with django_capture_queries() as captured:
            page(client, name, *([made.pk] if name == "campaign" else []))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Making


def test_an_officer_makes_publishes_and_takes_down_a_campaign(client: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union, title="本会灯会")
    client.force_login(cast.officer)
    assert "本会灯会" in page(client, "new-campaign")
    client.post(reverse("activities:new-campaign"), form(activities=[activity.pk], text="第一段\n第二段"))
    made = Campaign.objects.get()
    assert (made.union, made.is_published, list(made.activities.all())) == (cast.union, False, [activity])
    assert made.body.count("<p>") == 2
    assert "checked" in page(client, "edit-campaign", made.pk).split(f'value="{activity.pk}"')[1][:20]
    client.post(reverse("activities:publish-campaign", args=[made.pk]))
    client.post(reverse("activities:publish-campaign", args=[made.pk]))
    client.post(
        reverse("activities:edit-campaign", args=[made.pk]), form(title="改名", activities=[activity.pk])
    )
    made.refresh_from_db()
    assert (made.title, made.is_published) == ("改名", True)
    client.post(reverse("activities:take-down-campaign", args=[made.pk]))
    verbs = AuditRow.objects.filter(action__startswith="activities:campaign").order_by("id")
    said = [row.action.rsplit(":", 1)[1] for row in verbs]
    assert said == ["create", "publish", "update", "take-down"]
    assert {row.org_id for row in verbs} == {cast.union.pk}


def test_mistakes_are_marked_and_nothing_is_saved(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    wrong = form(title="", ends_on=(today() - timedelta(days=1)).isoformat())
    response = client.post(reverse("activities:new-campaign"), wrong)
    assert response.status_code == 422
    assert "不能早于" in response.content.decode()
    assert Campaign.objects.count() == 0


def test_an_editor_chooses_only_published_activities_of_their_reach(client: Client, cast: Cast) -> None:
    theirs = factories.activity(cast.neighbour, title="邻会活动")
    draft = factories.draft(cast.union, title="本会草稿")
    client.force_login(cast.officer)
    picker = page(client, "campaign-choices")
    assert "邻会活动" not in picker
    assert "本会草稿" not in picker
    for activity in (theirs, draft):
        answer = client.post(reverse("activities:new-campaign"), form(activities=[activity.pk]))
        assert answer.status_code == 422
    assert Campaign.objects.count() == 0


def test_an_activity_put_in_by_the_union_above_stays_when_others_edit(client: Client, cast: Cast) -> None:
    far, near = factories.activity(cast.neighbour, title="远处活动"), factories.activity(cast.union)
    made = factories.campaign(cast.union, far, near)
    client.force_login(cast.officer)
    assert "远处活动" in page(client, "edit-campaign", made.pk)
    client.post(reverse("activities:edit-campaign", args=[made.pk]), form(activities=[far.pk, near.pk]))
    assert made.activities.count() == 2


def test_the_picker_finds_by_name_and_keeps_what_is_ticked(client: Client, cast: Cast) -> None:
    ticked = factories.activity(cast.union, title="灯会")
    factories.activity(cast.union, title="拔河")
    factories.activity(cast.union, title="钓鱼")
    client.force_login(cast.officer)
    text = page(client, "campaign-choices", activities=[ticked.pk], find="拔")
    assert [title for title in ("灯会", "拔河", "钓鱼") if title in text] == ["灯会", "拔河"]


def test_a_campaign_without_activities_is_not_published(cast: Cast) -> None:
    made = factories.campaign(cast.union, published=False)
    with pytest.raises(Refused) as refused:
        operations.publish_campaign(made, actor=cast.officer)
    assert (refused.value.code, made.is_published) == ("no-activities", False)


def test_an_activity_that_was_never_published_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        factories.campaign(cast.union, factories.draft(cast.union))
    assert refused.value.code == "not-published"


@pytest.mark.parametrize("who", ["member", "neighbour_officer", "neighbour_member", "retired_officer"])
def test_nobody_else_edits_publishes_or_takes_down(who: str, client: Client, cast: Cast) -> None:
    made = factories.campaign(cast.union, factories.activity(cast.union))
    client.force_login(getattr(cast, who))
    page(client, "edit-campaign", made.pk, status=404)
    for name in ("edit-campaign", "publish-campaign", "take-down-campaign"):
        answer = client.post(reverse(f"activities:{name}", args=[made.pk]), form(title="篡改"))
        assert answer.status_code == 404
    answer = client.post(reverse("activities:new-campaign"), form(union=cast.union.pk))
    assert answer.status_code in (404, 422) or who == "neighbour_officer"
    made.refresh_from_db()
    assert (made.title, made.is_published) == ("留惠过好年", True)
    assert not Campaign.objects.exclude(pk=made.pk).filter(union=cast.union).exists()
