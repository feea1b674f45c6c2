"""Queued and periodic jobs of activities."""

from huigong.core import jobs
from huigong.services.activities import operations


@jobs.periodic("activities.expire_offers", cron="* * * * *")
def expire_offers(timestamp: int) -> None:
    """Every minute: unanswered offers lapse, and their places pass on."""
    operations.expire_offers()


@jobs.periodic("activities.freeze_lists", cron="* * * * *")
def freeze_lists(timestamp: int) -> None:
    """Every minute: lists of draws whose window is over are locked, and their hashes published."""
    operations.freeze_due_lists()
