"""The words by which people find a document, or something to apply for."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from huigong.core import jobs, richtext, search
from huigong.services.policies.models import Policy, Scheme

_AT_ONCE = 200


def reindex(row: Policy | Scheme) -> None:
    """Its words are to be read again, by a job; call it before saving, inside the transaction that changes it."""
    row.words = None
    jobs.enqueue("policies.index_words", once="policies.index_words")


@transaction.atomic
def index_words() -> int:
    """Read the words of rows that have none yet, some hundreds at most; returns how many it read.

    Twice changes nothing. Rows that somebody is changing at this moment are left to the job of that change.
    """
    return _read(Policy.objects.all()) + _read(Scheme.objects.all())


def _read(everything: QuerySet[Any]) -> int:
    waiting = everything.filter(words=None).select_for_update(skip_locked=True)
    rows = list(waiting.order_by("id")[:_AT_ONCE])
    for row in rows:
        everything.filter(pk=row.pk).update(words=_vector(row))
    return len(rows)


def _vector(row: Policy | Scheme) -> object:
    """Its name and number first, then what it is about in plain words, then its initials, then the full text."""
    if isinstance(row, Scheme):
        return search.vector(row.title, f"{row.intro} 申报 申请", search.initials(row.title), "")
    around = " ".join([row.summary, row.issuer, row.get_topic_display(), row.get_level_display()])
    return search.vector(
        f"{row.title} {row.number}", around, search.initials(row.title), richtext.to_text(row.body)
    )
