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


@jobs.periodic("policies.escalate", cron="10 0 * * *")
def escalate(timestamp: int) -> None:
    """Daily (08:10 in China): what a unit left lying goes to the union above, what nobody follows up any more ends."""
    operations.escalate_overdue()
    operations.lapse_uncorrected()
    while operations.withdraw_closed_accounts():
        pass


@jobs.periodic("policies.remind", cron="20 0 * * *")
def remind(timestamp: int) -> None:
    """Daily (08:20 in China): who has a few working days left to hand in or to correct is told, once."""
    while operations.remind_to_correct():
        pass
    while operations.remind_of_drafts():
        pass


@jobs.periodic("policies.purge", cron="35 18 * * *")
def purge(timestamp: int) -> None:
    """Nightly (02:35 in China): what is private goes when its time is over, drafts a month after the end."""
    while operations.purge_old():
        pass
    while operations.discard_old_drafts():
        pass
