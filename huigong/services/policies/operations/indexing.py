"""The words by which people find a document."""

from django.db import transaction

from huigong.core import jobs, richtext, search
from huigong.services.policies.models import Policy

_AT_ONCE = 200


def reindex(policy: Policy) -> None:
    """Its words are to be read again, by a job; call it before saving, inside the transaction that changes it."""
    policy.words = None
    jobs.enqueue("policies.index_words", once="policies.index_words")


@transaction.atomic
def index_words() -> int:
    """Read the words of documents that have none yet, some hundreds at most; returns how many it read.

    Twice changes nothing. Documents that somebody is changing at this moment are left to the job of that change.
    """
    waiting = Policy.objects.filter(words=None).select_for_update(skip_locked=True)
    rows = list(waiting.order_by("id")[:_AT_ONCE])
    for row in rows:
        Policy.objects.filter(pk=row.pk).update(words=_vector(row))
    return len(rows)


def _vector(row: Policy) -> object:
    """Its name and number first, then what it is about in plain words, then its initials, then the full text."""
    around = " ".join([row.summary, row.issuer, row.get_topic_display(), row.get_level_display()])
    return search.vector(
        f"{row.title} {row.number}", around, search.initials(row.title), richtext.to_text(row.body)
    )
