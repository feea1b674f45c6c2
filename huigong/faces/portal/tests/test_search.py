"""One box over everything: each finds what they may see, and nothing of a neighbour's."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huigong.core import search as fulltext
from huigong.services.activities import operations as activity_operations
from huigong.services.activities.tests import factories as activities
from huigong.services.news import operations as news_operations
from huigong.services.news.tests import factories as news
from huigong.services.notices import operations as notice_operations
from huigong.services.notices.models import Notice
from huigong.services.notices.tests import factories as notices
from huigong.services.policies import operations as policy_operations
from huigong.services.policies.tests import factories as policies
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def found(client: Client, text: str, kind: str = "", **headers: str) -> str:
    response = client.get(f"/search?{urlencode({'q': text, 'kind': kind})}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def filled(cast: Cast) -> Cast:
    """One of each kind that speaks of 高温, in the books of the member's own union or the county."""
    activities.activity(cast.union, title="高温送清凉慰问")
    notices.notice(cast.union, actor=cast.officer, title="关于高温补贴发放的通知")
    policies.policy(
        cast.county, actor=cast.county_officer, title="防暑降温措施管理办法", summary="高温天气停工"
    )
    activity_operations.index_words()
    policy_operations.index_words()
    return cast


def test_a_member_finds_each_kind_with_the_words_marked(filled: Cast, client: Client) -> None:
    client.force_login(filled.member)
    html = found(client, "高温")
    for heading in ("送清凉慰问", "补贴发放的通知", "防暑降温措施管理办法"):
        assert heading in html
    assert html.count("<mark>高温</mark>") >= 3
    assert "全部<" in html


def test_one_kind_alone_shows_nothing_else(filled: Cast, client: Client) -> None:
    client.force_login(filled.member)
    html = found(client, "高温", "notices")
    assert "补贴发放的通知" in html
    assert "送清凉慰问" not in html


@pytest.mark.parametrize("asked", ["高温", "gwbt", "送清凉"])
def test_a_neighbour_and_a_stranger_find_only_what_is_everybodys(
    filled: Cast, client: Client, asked: str
) -> None:
    for account in (filled.neighbour_member, filled.neighbour_officer, filled.applicant, None):
        client.logout()
        if account:
            client.force_login(account)
        html = found(client, asked)
        assert "慰问" not in html
        assert "补贴发放" not in html
        assert ("防暑降温" in html) == (asked == "高温")


def test_a_notice_that_was_withdrawn_is_found_no_more(cast: Cast, client: Client) -> None:
    notice = notices.notice(cast.union, actor=cast.officer)
    client.force_login(cast.member)
    assert "补贴发放的通知" in found(client, "高温")
    notice_operations.withdraw(notice, actor=cast.officer, reason="金额写错")
    assert "补贴发放的通知" not in found(client, "高温")


@pytest.mark.parametrize("asked", ["转会", "zhbl", "ZHBL"])
def test_services_are_found_by_name_and_by_sound(cast: Cast, client: Client, asked: str) -> None:
    client.force_login(cast.member)
    assert "转会办理" in found(client, asked)


def test_nothing_found_leads_to_the_list_of_unions(cast: Cast, client: Client) -> None:
    html = found(client, "查无此事")
    assert "没有找到“查无此事”" in html
    assert "/membership/join?q=" in html


@pytest.mark.parametrize(
    "asked", ["", "   ", "，。", "'&|!:*", "\\", "<script>alert(1)</script>", "长" * 5000]
)
def test_odd_questions_are_answered_calmly(cast: Cast, client: Client, asked: str) -> None:
    assert "<script>alert" not in found(client, asked)
    assert found(client, asked, "no-such-kind")


def test_typing_gets_the_results_alone(filled: Cast, client: Client) -> None:
    client.force_login(filled.member)
    html = found(client, "高温", **{"HX-Request": "true"})
    assert "<html" not in html
    assert "补贴发放的通知" in html


@pytest.mark.parametrize("count", [1, 3])
def test_searching_costs_the_same_however_much_is_found(cast: Cast, client: Client, count: int) -> None:
    for _ in range(count):
        activities.activity(cast.union, title="高温送清凉慰问")
        notices.notice(cast.union, actor=cast.officer)
        policies.policy(cast.county, actor=cast.county_officer, title="高温作业规定")
        policies.scheme(cast.county, title="高温补助申报")
        news.article(cast.county, actor=cast.county_officer, title="高温天这样干活")
    activity_operations.index_words()
    policy_operations.index_words()
    news_operations.index_words()
    client.force_login(cast.member)
    found(client, "高温")
    with CaptureQueriesContext(connection) as captured:
        found(client, "高温")
    assert len(captured) == 20


def test_what_lies_far_back_is_found_when_the_newest_rows_do_not_fill_the_list(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked through from the newest rows back; a full list ends it."""
    monkeypatch.setattr(fulltext, "_WIDTHS", (2, None))
    titles = ["最早的高温通知", "高温", "第三个高温通知", "第四个高温通知"]
    for title in titles:
        notices.notice(cast.union, actor=cast.officer, title=title)
    everything = Notice.objects.all()

    def best(limit: int) -> list[str]:
        return [row.title for row in fulltext.best(everything, "高温", latest="-published_at", limit=limit)]

    assert best(2) == ["第四个高温通知", "第三个高温通知"]
    assert sorted(best(3)) == sorted(titles[1:])
    assert sorted(best(9)) == sorted(titles)


# --- Beside an article


def related(client: Client, article_id: int, **headers: str) -> str:
    response = client.get(f"/related/{article_id}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_an_article_leads_to_what_speaks_of_the_same(client: Client, filled: Cast) -> None:
    activities.activity(filled.union, title="职工羽毛球赛")
    past = activities.activity(filled.union, title="去年的高温慰问")
    type(past).objects.filter(pk=past.pk).update(
        starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
    )
    activity_operations.index_words()
    article = news.article(filled.union, actor=filled.officer, title="高温天气，工会给职工送清凉")
    client.force_login(filled.member)
    html = related(client, article.pk, **{"HX-Request": "true"})
    assert "<html" not in html
    assert "高温送清凉慰问" in html
    assert "羽毛球" not in html, "that both are for 职工 brings nothing together"
    assert past.title not in html
    assert f"/related/{article.pk}" in client.get(f"/news/{article.pk}/").content.decode()
    assert "<html" in related(client, article.pk)


def test_what_goes_with_an_article_is_only_what_the_reader_may_see(client: Client, filled: Cast) -> None:
    article = news.article(filled.county, actor=filled.county_officer, title="高温天气怎么防暑")
    client.force_login(filled.neighbour_member)
    html = related(client, article.pk)
    assert "高温送清凉慰问" not in html
    assert "防暑降温措施管理办法" in html
    hidden = news.article(filled.union, actor=filled.officer, title="高温送清凉")
    assert client.get(f"/related/{hidden.pk}").status_code == 404


def test_an_article_of_common_words_leads_nowhere(client: Client, filled: Cast) -> None:
    article = news.article(filled.county, actor=filled.county_officer, title="关于2026年工会职工活动的通知")
    assert "没有相关" in related(client, article.pk)
