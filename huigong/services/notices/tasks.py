"""Queued jobs of notices."""

from huigong.core import jobs
from huigong.services.notices import operations


@jobs.task("notices.send_reminder", queue="default")
def send_reminder(notice_id: int) -> None:
    """The one reminder that a cadre asked for, to everybody who has not read."""
    operations.send_reminder(notice_id)
