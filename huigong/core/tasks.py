"""Housekeeping jobs."""

import structlog
from django.utils import timezone
from procrastinate.contrib.django import app

from huigong.core import jobs, operations, verify

log = structlog.get_logger("huigong.core")


@jobs.periodic("core.beat", cron="* * * * * */20")
def beat(timestamp: int) -> None:
    """The worker is alive; /readyz looks at this."""
    operations.beat("worker")


@jobs.periodic("core.retry_stalled", cron="* * * * *")
async def retry_stalled(timestamp: int) -> None:
    """Jobs of a worker that died are run again."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job, retry_at=timezone.now())


@jobs.periodic("core.sweep", cron="30 18 * * *")
def sweep(timestamp: int) -> None:
    """Nightly (02:30 in China): forget what no longer matters."""
    operations.sweep()


@jobs.periodic("core.verify", cron="0 19 * * *")
def verify_nightly(timestamp: int) -> None:
    """Nightly (03:00 in China): prove the invariants; a broken one is an error in the log and a failed job."""
    broken = [finding for finding in verify.run() if not finding.ok]
    for finding in broken:
        log.error("invariant", name=finding.name, detail=finding.detail)
    if broken:
        raise AssertionError(f"{len(broken)} invariants are broken")
