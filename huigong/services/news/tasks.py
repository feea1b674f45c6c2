"""Queued and periodic jobs of news."""

from huigong.core import jobs
from huigong.services.news import operations


@jobs.task("news.index_words")
def index_words() -> None:
    """After a change: readers find the article by its new words."""
    while operations.index_words():
        pass


@jobs.periodic("news.index_left_out", cron="*/10 * * * *")
def index_left_out(timestamp: int) -> None:
    """Every ten minutes: articles that came in by the dozen, or whose own job was lost."""
    index_words()


@jobs.periodic("news.publish_due", cron="* * * * *")
def publish_due(timestamp: int) -> None:
    """Every minute: what waits for an hour that has come is published."""
    operations.publish_due()


@jobs.task("news.tell_followers")
def tell_followers(article_id: int) -> None:
    """After publication: who follows the channel is told."""
    operations.tell_followers(article_id)
