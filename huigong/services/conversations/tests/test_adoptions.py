"""Suggestions: adopted or not, shown in the union's words after a second look, and never a word of the thread."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.inbox.models import Message as InboxMessage
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.tests import factories as unions
from huigong.resources.points import queries as points
from huigong.services.conversations import operations, permissions, queries
from huigong.services.conversations.models import Adoption, Support
from huigong.services.conversations.tests.factories import adopted, answered
from tests.cast import Cast

WRITES = ("publish-adoption", "return-wording", "withdraw-adoption")


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"conversations:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def state_of(adoption: Adoption) -> str:
    return Adoption.objects.values_list("state", flat=True).get(pk=adoption.pk)


# --- Deciding


def test_an_adopted_suggestion_is_told_and_rewarded_once(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer, kind="suggestion")
    person = membership.person_of(cast.member)
    values = {"union": cast.union, "reason": "条件还不够", "actor": cast.officer}
    operations.decide_suggestion(made, adopts=False, **values)
    assert points.balance(person.pk) == 0
    adoption = operations.decide_suggestion(made, adopts=True, **values | {"reason": "列入计划"})
    assert (adoption.state, adoption.reason, adoption.shows_name) == ("adopted", "列入计划", False)
    assert points.balance(person.pk) == queries.points_for_a_suggestion() > 0
    for adopts in (True, False):
        with pytest.raises(Refused) as refused:
            operations.decide_suggestion(made, adopts=adopts, **values)
        assert refused.value.code == "decided"
    assert points.balance(person.pk) == queries.points_for_a_suggestion()
    assert AuditRow.objects.filter(action__startswith="conversations:adoption:").count() == 2
    assert "列入计划" in [bubble.text for bubble in queries.said(made)][-1]


def test_only_an_answered_suggestion_is_decided_and_only_by_who_owes_it(cast: Cast) -> None:
    help_asked = answered(cast.member, cast.union, cast.officer, kind="help")
    suggested = answered(cast.member, cast.union, cast.officer, kind="suggestion")
    for thread, union, code in (
        (help_asked, cast.union, "not-decidable"),
        (suggested, cast.township, "not-decidable"),
    ):
        with pytest.raises(Refused) as refused:
            operations.decide_suggestion(
                thread, union=union, adopts=True, reason="好", actor=cast.township_officer
            )
        assert refused.value.code == code
    type(suggested).objects.filter(pk=suggested.pk).update(answered_at=None)
    with pytest.raises(Refused, match="先正式答复"):
        operations.decide_suggestion(
            suggested, union=cast.union, adopts=True, reason="好", actor=cast.officer
        )
    assert not Adoption.objects.exists()


# --- The words and who reads them first


def test_words_are_published_by_somebody_else_and_as_they_were_read(cast: Cast) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer)
    assert state_of(adoption) == "reviewing"
    assert InboxMessage.objects.filter(account=cast.township_officer, title__contains="待审").exists()
    with pytest.raises(Refused) as refused:
        operations.publish_adoption(adoption, version=1, actor=cast.officer)
    assert refused.value.code == "own-words"
    operations.submit_wording(adoption, title="改过", wording="改过", reply="改过", actor=cast.officer)
    with pytest.raises(Refused) as refused:
        operations.publish_adoption(adoption, version=1, actor=cast.township_officer)
    assert refused.value.code == "changed"
    assert state_of(adoption) == "reviewing"
    operations.publish_adoption(adoption, version=2, actor=cast.township_officer)
    with pytest.raises(Refused):
        operations.publish_adoption(adoption, version=2, actor=cast.township_officer)
    told = InboxMessage.objects.filter(account=cast.member).order_by("id").values_list("title", flat=True)
    assert ["已采纳您的建议" in told[1], "您的建议已公示" in told[2]] == [True, True]
    assert [found.name for found in verify.run() if not found.ok] == []


def test_words_come_back_with_a_reason_and_go_again(cast: Cast) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer)
    operations.return_wording(adoption, version=1, reason="看得出是谁", actor=cast.township_officer)
    assert state_of(adoption) == "adopted"
    assert InboxMessage.objects.filter(account=cast.officer, body="看得出是谁").exists()
    with pytest.raises(Refused):
        operations.return_wording(adoption, version=1, reason="再退", actor=cast.township_officer)
    operations.submit_wording(adoption, title="新", wording="新", reply="新", actor=cast.officer)
    assert state_of(adoption) == "reviewing"


def test_what_is_shown_is_taken_down_before_it_is_changed(cast: Cast) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer, publisher=cast.township_officer)
    with pytest.raises(Refused) as refused:
        operations.submit_wording(adoption, title="改", wording="改", reply="改", actor=cast.officer)
    assert refused.value.code == "not-adopted"
    operations.withdraw_adoption(adoption, reason="数字写错", actor=cast.officer)
    assert queries.shown_page(cast.member).rows == []
    with pytest.raises(Refused):
        operations.withdraw_adoption(adoption, reason="再撤", actor=cast.officer)
    operations.submit_wording(adoption, title="改", wording="改", reply="改", actor=cast.officer)
    assert state_of(adoption) == "reviewing"


def test_a_suggestion_declined_has_no_words(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer, kind="suggestion")
    adoption = operations.decide_suggestion(
        made, union=cast.union, adopts=False, reason="没有经费", actor=cast.officer
    )
    with pytest.raises(Refused):
        operations.submit_wording(adoption, title="偷偷", wording="公示", reply="一下", actor=cast.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.filter(pk=adoption.pk).update(state="published")


# --- Who sees it


def test_members_of_the_union_and_below_read_the_words_and_never_the_thread(
    client: Client, cast: Cast
) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer, publisher=cast.township_officer)
    colleague = people.member_account(cast.union, name="工友")
    client.force_login(colleague)
    html = page(client, "suggestion", adoption.pk)
    assert "一位职工" in html
    assert "本会会员" not in html
    assert "私下里说的话" not in html + page(client, "suggestions")
    assert client.get(reverse("conversations:detail", args=[adoption.thread_id])).status_code == 404
    client.force_login(cast.neighbour_member)
    assert client.get(reverse("conversations:suggestion", args=[adoption.pk])).status_code == 404
    assert adoption.title not in page(client, "suggestions")


def test_a_name_stands_there_only_when_the_author_says_so(client: Client, cast: Cast) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer, publisher=cast.township_officer)
    url = reverse("conversations:put-name", args=[adoption.thread_id])
    client.force_login(cast.officer)
    assert client.post(url, {"shown": "yes"}).status_code == 404
    client.force_login(cast.member)
    for word, stands in (("yes", True), ("no", False)):
        client.post(url, {"shown": word})
        assert ("本会会员" in page(client, "suggestion", adoption.pk)) is stands
    assert AuditRow.objects.filter(action="conversations:adoption:sign").count() == 2


def test_me_too_counts_once_and_not_for_the_author(client: Client, cast: Cast) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer, publisher=cast.township_officer)
    url = reverse("conversations:support", args=[adoption.pk])
    client.force_login(people.member_account(cast.union, name="工友"))
    for _ in range(2):
        assert client.post(url).status_code == 302
    assert Support.objects.count() == 1
    assert "1 人有同感" in page(client, "suggestion", adoption.pk)
    client.force_login(cast.member)
    client.post(url)
    client.force_login(cast.neighbour_member)
    assert client.post(url).status_code == 404
    assert Support.objects.count() == 1


# --- Cadres


def test_the_union_above_reviews_the_words_and_reaches_nothing_else(client: Client, cast: Cast) -> None:
    waiting = adopted(cast.member, cast.union, cast.officer)
    made = answered(cast.member, cast.union, cast.officer, kind="suggestion")
    private = operations.decide_suggestion(
        made, union=cast.union, adopts=True, reason="只对本人说", actor=cast.officer
    )
    client.force_login(cast.township_officer)
    html = page(client, "adoption", waiting.pk)
    assert waiting.wording in html
    for secret in ("私下里说的话", "可行，列入计划", "本会会员", "送核对</button>"):
        assert secret not in html
    assert waiting.title in page(client, "adoptions")
    assert client.get(reverse("conversations:adoption", args=[private.pk])).status_code == 404
    words = {"title": "改", "wording": "改", "reply": "改"}
    assert client.post(reverse("conversations:adoption", args=[waiting.pk]), words).status_code == 404
    client.post(reverse("conversations:publish-adoption", args=[waiting.pk]), {"version": "1"})
    assert state_of(waiting) == "published"


def test_neighbours_and_members_reach_no_desk_and_change_nothing(client: Client, cast: Cast) -> None:
    adoption = adopted(cast.member, cast.union, cast.officer)
    for who in (cast.neighbour_officer, cast.member, cast.retired_officer):
        client.force_login(who)
        assert client.get(reverse("conversations:adoption", args=[adoption.pk])).status_code == 404
        for name in WRITES:
            sent = {"version": "1", "reason": "邻居来了"}
            assert client.post(reverse(f"conversations:{name}", args=[adoption.pk]), sent).status_code == 404
        decide = reverse("conversations:decide", args=[adoption.thread_id])
        assert client.post(decide, {"adopts": "no", "reason": "邻居来了"}).status_code == 404
    assert state_of(adoption) == "reviewing"


def test_who_made_a_suggestion_never_decides_nor_reviews_it(cast: Cast) -> None:
    unions.post(cast.member, cast.union, "cadre")
    adoption = adopted(cast.member, cast.union, cast.officer)
    assert cast.member not in [row.account for row in InboxMessage.objects.filter(title__contains="待审")]
    with pytest.raises(Http404):
        permissions.get_adoption(cast.member, adoption.pk)
    assert not queries.adoptions_to_review(cast.member).exists()


def test_a_cadre_adopts_writes_and_another_publishes(client: Client, cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer, kind="suggestion")
    client.force_login(cast.officer)
    assert "采纳建议" in page(client, "desk", made.pk)
    decide = reverse("conversations:decide", args=[made.pk])
    assert client.post(decide, {"adopts": "yes", "reason": ""}).status_code == 422
    client.post(decide, {"adopts": "yes", "reason": "列入计划"})
    adoption = Adoption.objects.get()
    url = reverse("conversations:adoption", args=[adoption.pk])
    assert client.post(url, {"title": "", "wording": "x", "reply": "y"}).status_code == 422
    client.post(url, {"title": "加冷风机", "wording": "概括", "reply": "六月装"})
    assert "现在公示" not in page(client, "adoption", adoption.pk)
    client.force_login(cast.township_officer)
    assert "现在公示" in page(client, "adoption", adoption.pk)
    withdraw = reverse("conversations:withdraw-adoption", args=[adoption.pk])
    client.post(reverse("conversations:publish-adoption", args=[adoption.pk]), {"version": "1"})
    assert client.post(withdraw, {"reason": ""}).status_code == 422
    assert state_of(adoption) == "published"
    client.post(withdraw, {"reason": "数字写错"})
    assert state_of(adoption) == "withdrawn"


@pytest.mark.parametrize(("who", "name"), [("member", "suggestions"), ("officer", "adoptions")])
def test_lists_cost_the_same_for_one_row_and_three(client: Client, cast: Cast, who: str, name: str) -> None:
    url = reverse(f"conversations:{name}") + "?show=all"
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            adopted(cast.member, cast.union, cast.officer, publisher=cast.township_officer)
        client.force_login(getattr(cast, who))
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]
