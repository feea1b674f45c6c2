"""Jobs of accounts."""

from huigong.core import jobs
from huigong.people.accounts import operations


@jobs.task("accounts.text_code", retries=3)
def text_code(code_id: int) -> None:
    """Send a code; what the gateway could not take is tried again while the code is good."""
    operations.text_code(code_id)


@jobs.periodic("accounts.sweep", cron="40 18 * * *")
def sweep(timestamp: int) -> None:
    """Nightly (02:40 in China): spent codes, dead tokens and sessions that are over are forgotten."""
    operations.sweep()
