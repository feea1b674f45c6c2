"""The words by which members find an activity."""

from django.db import transaction

from huigong.core import jobs, richtext, search
from huigong.services.activities.models import Activity

_AT_ONCE = 200


def reindex(activity: Activity) -> None:
    """Its words are to be read again, by a job; call it before saving, inside the transaction that changes it."""
    activity.words = None
    jobs.enqueue("activities.index_words", once="activities.index_words")


@transaction.atomic
def index_words() -> int:
    """Read the words of activities that have none yet, some hundreds at most; returns how many it read.

    Twice changes nothing. Activities that somebody is changing at this moment are left to the job of that change.
    """
    waiting = Activity.objects.filter(words=None).select_for_update(skip_locked=True, of=("self",))
    rows = list(waiting.select_related("union").order_by("id")[:_AT_ONCE])
    for row in rows:
        Activity.objects.filter(pk=row.pk).update(words=_vector(row))
    return len(rows)


def _vector(row: Activity) -> object:
    """Its name first, then where and what, then its initials, then the introduction."""
    around = " ".join([row.place, row.summary, row.get_category_display(), row.union.name, row.co_hosts])
    return search.vector(row.title, around, search.initials(row.title), richtext.to_text(row.body))
