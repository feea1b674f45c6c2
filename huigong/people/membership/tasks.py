"""Jobs of membership."""

from huigong.core import jobs
from huigong.people.membership import operations


@jobs.periodic("membership.escalate_overdue", cron="0 1 * * *")
def escalate_overdue(timestamp: int) -> None:
    """Daily at nine in China: requests that an office left lying go to the union above."""
    operations.escalate_overdue()


@jobs.task("membership.run_import", queue="bulk")
def run_import(import_id: int) -> None:
    """Try a roll out, or take it in."""
    operations.run_import(import_id)


@jobs.periodic("membership.resume_imports", cron="* * * * *")
def resume_imports(timestamp: int) -> None:
    """Every minute: imports whose worker died are gone on with."""
    operations.resume_silent_imports()


@jobs.periodic("membership.forget_imports", cron="45 18 * * *")
def forget_imports(timestamp: int) -> None:
    """Nightly (02:45 in China): files of old imports are deleted."""
    operations.forget_old_imports()


@jobs.periodic("membership.forget_applicants", cron="55 18 * * *")
def forget_applicants(timestamp: int) -> None:
    """Nightly (02:55 in China): data of people who were not taken in are deleted when their time is over."""
    while operations.forget_applicants():
        pass
