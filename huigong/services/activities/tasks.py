"""Queued and periodic jobs of activities."""

from huigong.core import jobs
from huigong.services.activities import operations


@jobs.periodic("activities.expire_offers", cron="* * * * *")
def expire_offers(timestamp: int) -> None:
    """Every minute: unanswered offers lapse, and their places pass on."""
    operations.expire_offers()
