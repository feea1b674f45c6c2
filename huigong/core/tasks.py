"""Housekeeping jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from huigong.core import jobs, operations


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
