"""Queued and periodic jobs of activities."""

from huigong.core import jobs
from huigong.services.activities import operations, queries


@jobs.task("activities.index_words")
def index_words() -> None:
    """After a change: members find the activity by its new words."""
    while operations.index_words():
        pass


@jobs.periodic("activities.index_left_out", cron="*/10 * * * *")
def index_left_out(timestamp: int) -> None:
    """Every ten minutes: activities that came in by the dozen, or whose own job was lost."""
    index_words()


@jobs.periodic("activities.expire_offers", cron="* * * * *")
def expire_offers(timestamp: int) -> None:
    """Every minute: unanswered offers lapse, and their places pass on."""
    operations.expire_offers()


@jobs.periodic("activities.freeze_lists", cron="* * * * *")
def freeze_lists(timestamp: int) -> None:
    """Every minute: lists of draws whose window is over are locked, and their hashes published."""
    operations.freeze_due_lists()


@jobs.periodic("activities.close_over", cron="20 * * * *")
def close_over(timestamp: int) -> None:
    """Every hour: what is over since a day is closed, and its report asked for."""
    operations.close_over()


@jobs.periodic("activities.remind_tomorrow", cron="0 1-12 * * *")
def remind_tomorrow(timestamp: int) -> None:
    """From nine in the morning, China time: who has a place tomorrow is told, each once."""
    for session in queries.sessions_tomorrow():
        operations.remind(session)
