"""Periodic jobs of membership."""

from huigong.core import jobs
from huigong.people.membership import operations


@jobs.periodic("membership.escalate_overdue", cron="0 1 * * *")
def escalate_overdue(timestamp: int) -> None:
    """Daily at nine in China: requests that an office left lying go to the union above."""
    operations.escalate_overdue()
