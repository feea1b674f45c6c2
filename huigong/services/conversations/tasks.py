"""Daily jobs of conversations."""

from huigong.core import jobs
from huigong.services.conversations import operations


@jobs.periodic("conversations.escalate", cron="5 0 * * *")
def escalate(timestamp: int) -> None:
    """Just after eight in the morning in China: what a union did not answer in time goes to the one above."""
    operations.escalate_overdue()
