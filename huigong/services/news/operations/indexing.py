"""The words by which readers find an article."""

from django.db import transaction

from huigong.core import jobs, richtext, search
from huigong.services.news.models import Article

_AT_ONCE = 200


def reindex(article: Article) -> None:
    """Its words are to be read again, by a job; call it before saving, inside the transaction that changes it."""
    article.words = None
    jobs.enqueue("news.index_words", once="news.index_words")


@transaction.atomic
def index_words() -> int:
    """Read the words of articles that have none yet, some hundreds at most; returns how many it read.

    Twice changes nothing. Articles that somebody is changing at this moment are left to the job of that change.
    """
    waiting = Article.objects.filter(words=None).select_for_update(skip_locked=True, of=("self",))
    rows = list(waiting.select_related("union", "channel").order_by("id")[:_AT_ONCE])
    for row in rows:
        Article.objects.filter(pk=row.pk).update(words=_vector(row))
    return len(rows)


def _vector(row: Article) -> object:
    """Its title first, then what it is about and from whom, then its initials, then the text."""
    around = " ".join([row.summary, row.channel.name, row.union.name, row.source, row.trade])
    return search.vector(row.title, around, search.initials(row.title), richtext.to_text(row.body))
