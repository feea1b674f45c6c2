"""Jobs of points."""

from huigong.core import jobs
from huigong.resources.points import operations


@jobs.periodic("points.warn_of_expiry", cron="30 1 * * *")
def warn_of_expiry(timestamp: int) -> None:
    """Daily at half past nine in China: who is about to lose points hears of it."""
    operations.warn_of_expiry()


@jobs.periodic("points.expire", cron="0 18 * * *")
def expire(timestamp: int) -> None:
    """Nightly (02:00 in China, an hour before the ledger is proved): points whose day has passed end."""
    while operations.expire():
        pass
