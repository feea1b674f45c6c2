"""Queued and periodic jobs of policies."""

from huigong.core import jobs
from huigong.services.policies import operations


@jobs.task("policies.index_words")
def index_words() -> None:
    """After a change: people find the document by its new words."""
    while operations.index_words():
        pass


@jobs.periodic("policies.index_left_out", cron="*/10 * * * *")
def index_left_out(timestamp: int) -> None:
    """Every ten minutes: documents whose own job was lost."""
    index_words()
