"""Who looked at cases, for the auditor: the readers and the days, and nothing of what they read."""

from typing import NamedTuple

from huigong.core.formats import minute_zh
from huigong.core.vault import vault
from huigong.services.complaints.models import Case, Reading
from huigong.services.complaints.permissions import Conflicts, apart_from

PER_PAGE = 40


class Look(NamedTuple):
    """One reading."""

    when: str
    who: str
    what: str
    number: str
    reason: str


class ReadingsPage(NamedTuple):
    rows: list[Look]
    next: int | None


def readings_page(too_close: Conflicts, *, before: int | None = None) -> ReadingsPage:
    """The readings of all cases, newest first, but of those that accuse whom the auditor is too close to."""
    with vault():
        found = Reading.objects.filter(case__in=apart_from(Case.objects.all(), too_close))
        if before:
            found = found.filter(pk__lt=before)
        readings = list(found.select_related("case").order_by("-pk")[: PER_PAGE + 1])
    shown = readings[:PER_PAGE]
    return ReadingsPage([_look(row) for row in shown], shown[-1].pk if len(readings) > PER_PAGE else None)


def _look(row: Reading) -> Look:
    words = row.case.unseal("reading", row.words_sealed)
    what = row.get_what_display().replace("您", "提交人")
    return Look(minute_zh(row.at), words["who"], what, row.case.number, words.get("reason", ""))
