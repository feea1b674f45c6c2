"""Jobs of complaints. They name no case: what they look through lies in the vault."""

from huigong.core import jobs
from huigong.services.complaints import operations


@jobs.periodic("desk.recompute_deadlines", cron="0 18 * * *")
def recompute_deadlines(timestamp: int) -> None:
    """Nightly (02:00 in China): holidays may have been published or corrected."""
    operations.recompute_deadlines()
    operations.recompute_answers()


@jobs.periodic("desk.send_digests", cron="30 0 * * *")
def send_digests(timestamp: int) -> None:
    """Half past eight in the morning: what awaits whom."""
    operations.send_digests()
