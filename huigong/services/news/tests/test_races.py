"""Reviews with several at once; and the same with the guard off, which must go wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.people.approvals import queries as trails
from huigong.services.news import operations
from huigong.services.news.models import Article
from huigong.services.news.operations import reviewing
from huigong.services.news.tests import factories
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def reviewed_at_once(cast: Cast) -> tuple[list[str], int]:
    """What two reviewers of one step hear, and how many decisions of it stand."""
    article = factories.submitted(cast.union, actor=cast.officer, steps=["own", "top"])
    reviewers = [factories.colleague(cast.union), factories.colleague(cast.union, "另一位同事")]
    copies = [
        Article.objects.select_related("union__parent", "channel").get(pk=article.pk) for _ in reviewers
    ]

    def approve(place: int) -> None:
        operations.approve(copies[place], actor=reviewers[place])

    outcomes = at_once(lambda: approve(0), lambda: approve(1))
    return outcomes, sum(step.decision == "approved" for step in trails.trail(article))


def test_two_reviewers_at_once_decide_once(cast: Cast) -> None:
    assert reviewed_at_once(cast) == (["decided", "done"], 1)


def test_without_the_condition_both_would_decide(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def anyhow(article: Article, step: int, actor: Actor, state: str) -> None:
        Article.objects.filter(pk=article.pk).update(state=state, step=step + 1)
        article.refresh_from_db()

    monkeypatch.setattr(reviewing, "_claim", anyhow)
    assert reviewed_at_once(cast) == (["done", "done"], 2)


def test_an_hour_that_two_workers_see_publishes_once(cast: Cast) -> None:
    later = timezone.now() + timedelta(hours=1)
    article = factories.article(cast.union, actor=cast.officer, publish_at=later)
    Article.objects.filter(pk=article.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    counts = at_once(
        lambda: f"{operations.publish_due()} came out", lambda: f"{operations.publish_due()} came out"
    )
    assert counts == ["0 came out", "1 came out"]
