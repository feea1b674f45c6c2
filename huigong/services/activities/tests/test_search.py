"""Finding activities: by words, by pinyin initials, before and after their words are read, and by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from huigong.core.audit import SYSTEM
from huigong.people.membership.queries import Rule
from huigong.services.activities import operations, queries
from huigong.services.activities.models import Activity
from huigong.services.activities.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def found(cast: Cast, text: str) -> list[str]:
    return [card.title for card in queries.page(cast.member, queries.Search(text=text)).cards]


@pytest.fixture
def match(cast: Cast) -> Activity:
    """One that is found, beside one that never is."""
    factories.activity(cast.union, title="厨艺比赛", place="食堂")
    match = factories.activity(
        cast.union, title="职工羽毛球公开赛", place="县体育馆", body="<p>分男子、女子、混合三个组别</p>"
    )
    operations.index_words()
    return match


@pytest.mark.parametrize(
    "text", ["羽毛球", "公开赛羽毛球", "体育馆", "混合", "ymq", "YMQ", "zgymq", "羽毛 体育"]
)
def test_an_activity_is_found_by_what_it_says(text: str, match: Activity, cast: Cast) -> None:
    assert found(cast, text) == ["职工羽毛球公开赛"]


@pytest.mark.parametrize("text", ["篮球", "qmy", "羽毛球 篮球", "p", "！？"])
def test_it_is_not_found_by_what_it_does_not_say(text: str, match: Activity, cast: Cast) -> None:
    assert found(cast, text) == []


def test_before_its_words_are_read_it_is_found_by_the_letter(cast: Cast) -> None:
    factories.activity(cast.union, title="职工羽毛球公开赛")
    assert found(cast, "毛球公") == ["职工羽毛球公开赛"]
    assert operations.index_words() == 1
    assert operations.index_words() == 0


def test_a_change_is_read_again(cast: Cast) -> None:
    draft = factories.draft(cast.union)
    operations.index_words()
    plans = [factories.plan(session_id=draft.sessions.get().pk)]
    operations.update_activity(draft, rule=Rule(), plans=plans, actor=SYSTEM, title="厨艺比赛")
    assert operations.index_words() == 1
    operations.publish(draft, actor=SYSTEM)
    assert found(cast, "厨艺") == ["厨艺比赛"]
    assert found(cast, "羽毛球") == []


def test_a_neighbour_finds_nothing(match: Activity, cast: Cast) -> None:
    assert queries.page(cast.neighbour_member, queries.Search(text="羽毛球")).cards == []


def test_the_page_marks_what_was_asked_for_and_counts(match: Activity, cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = client.get(reverse("activities:index"), {"q": "羽毛球"}).content.decode()
    assert "职工<mark>羽毛球</mark>公开赛" in page
    assert "找到 1 个活动" in page
    assert "<mark>羽毛球</mark>" in client.get(reverse("activities:index"), {"q": "ymq"}).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_costs_the_same_for_any_number(
    number: int, cast: Cast, client: Client, django_assert_num_queries
) -> None:
    for _ in range(number):
        factories.activity(cast.union)
    operations.index_words()
    client.force_login(cast.member)
    client.get(reverse("activities:index"), {"q": "羽毛球"})
    with django_assert_num_queries(7):
        client.get(reverse("activities:index"), {"q": "羽毛球"})
