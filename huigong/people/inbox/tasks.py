"""Jobs of the inbox."""

from huigong.core import jobs
from huigong.people.inbox import operations


@jobs.periodic("inbox.sweep", cron="50 18 * * *")
def sweep(timestamp: int) -> None:
    """Nightly (02:50 in China): old messages are forgotten."""
    operations.sweep()
