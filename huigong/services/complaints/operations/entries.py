"""The case's own log: every step a row, sealed, in the step's transaction."""

from datetime import datetime, time
from typing import Any

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.services.complaints.models import Case, Entry

_PRIVATE = {
    Entry.Kind.NOTED,
    Entry.Kind.EXTENSION_ASKED,
    Entry.Kind.EXTENSION_REFUSED,
    Entry.Kind.CHECK_FAILED,
    Entry.Kind.URGED,
    Entry.Kind.MERGED,
    Entry.Kind.TOOK_IN,
    Entry.Kind.UNMERGED,
    Entry.Kind.LETTER_DRAFTED,
    Entry.Kind.LETTER_SUBMITTED,
    Entry.Kind.LETTER_RETURNED,
    Entry.Kind.LETTER_DROPPED,
    Entry.Kind.LETTER_MOVED,
}


def write_entry(case: Case, kind: Entry.Kind, *, actor: Actor | None = None, **words: Any) -> Entry:
    """Note a step; without `actor` it was the author, of whom only the day is kept. Use it inside the vault.

    What the author may see becomes news to them, unless they did it themselves.
    """
    is_public = kind not in _PRIVATE
    entry = Entry(case=case, kind=kind, is_public=is_public, actor_id=actor.pk if actor else None)
    if actor is None:
        entry.at = datetime.combine(calendar.today(), time(), calendar.SHANGHAI)
    words = {"who": actor.display_name if actor else "", **{key: word for key, word in words.items() if word}}
    entry.words_sealed = case.seal("entry", words)
    entry.save()
    if actor and is_public:
        Case.objects.filter(pk=case.pk).update(has_news=True)
    return entry
