"""What the operator set: the days that everything has, with what the law allows at most, and names on letters."""

from dataclasses import dataclass

from django.conf import settings

from huigong.services.complaints.models import Case, Deadline


@dataclass(frozen=True)
class Terms:
    """Working days, as the operator set them."""

    accept: int
    plain: int
    hard: int
    complex: int
    extra: int
    """The most that one extension may add."""
    letter: int

    def handle(self, tier: str) -> int:
        """For a case of that tier, from the day it was taken on."""
        return {Case.Tier.PLAIN: self.plain, Case.Tier.HARD: self.hard, Case.Tier.COMPLEX: self.complex}[
            Case.Tier(tier)
        ]


MOST_CALENDAR_DAYS = {Deadline.Task.ACCEPT: 15, Deadline.Task.HANDLE: 60}
"""信访工作条例: fifteen days to tell whether it is taken on, sixty to close it."""
MOST_EXTENDED = 90
"""And thirty more, once somebody else has approved of it."""


def terms() -> Terms:
    """The days that count now."""
    return Terms(**settings.CASE_DAYS)


def issuer() -> str:
    """In whose name letters go out."""
    return settings.SITE_NAME


def letter_mark() -> str:
    """What numbers of letters begin with."""
    return settings.LETTER_MARK
