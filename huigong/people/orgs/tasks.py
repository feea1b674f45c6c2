"""Daily jobs of offices."""

from huigong.core import jobs
from huigong.people.orgs import operations


@jobs.periodic("orgs.expire_posts", cron="5 16 * * *")
def expire_posts(timestamp: int) -> None:
    """Just after midnight in China: offices whose term is over end."""
    operations.expire_posts()


@jobs.periodic("orgs.remind_of_term_ends", cron="0 1 * * *")
def remind_of_term_ends(timestamp: int) -> None:
    """At nine in the morning in China: terms that end within thirty days are announced."""
    operations.remind_of_term_ends()


@jobs.periodic("orgs.escalate_registrations", cron="0 1 * * *")
def escalate_registrations(timestamp: int) -> None:
    """At nine in the morning in China: foundings that nobody answered go one level up."""
    operations.escalate_overdue_registrations()
