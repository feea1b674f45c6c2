"""Several complaints about the same employer handled as one: one leads, the others go its way until it is answered.

Each keeps its key, its evidence, its days and its log. Nothing tells an author that there is another case: whoever
complains to find out whether somebody else has would learn it.
"""

from django.db import transaction

from huigong.core.audit import Actor
from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.services.complaints import permissions, queries
from huigong.services.complaints.models import Access, Case, Deadline, Entry, Extension
from huigong.services.complaints.operations.deadlines import calendar_of_the_year, set_deadline
from huigong.services.complaints.operations.entries import write_entry
from huigong.services.complaints.operations.handling import give
from huigong.services.complaints.operations.moving import State
from huigong.services.complaints.operations.telling import tell_author

MERGEABLE = (State.RECEIVED, State.ACCEPTED, State.HANDLING)
_TAKEN_ON = "属于工会维权职责，已受理。"


@transaction.atomic
def merge(case: Case, *, into: Case, reason: str, actor: Actor) -> None:
    """Let `case` follow `into`: the same people handle both, and what is done with that one is done with this one.

    One that was not taken on yet is taken on by it, and its author told so. Refuses cases about different employers,
    handlers who are too close to either, a case that leads others, and one into which nothing can go any more.
    """
    free = set(permissions.handlers_for(case))
    days = calendar_of_the_year()
    with vault():
        _hold(case, into)
        parts = dict(Access.objects.filter(case=into, revoked_at=None).values_list("account_id", "part"))
        if not set(parts) <= free:
            raise Refused("主件的办理人里有人要回避这一件，不能并案。", "too-close", status=422)
        give(case, parts, actor)
        was_new = case.state == State.RECEIVED
        if was_new:
            write_entry(case, Entry.Kind.ACCEPTED, actor=actor, text=_TAKEN_ON)
            set_deadline(case, Deadline.Task.HANDLE, Deadline.Why.ACCEPTED, days)
        if case.state != State.HANDLING:
            write_entry(case, Entry.Kind.ASSIGNED, actor=actor)
        Extension.objects.filter(case=case, decided_by=None).delete()
        Case.objects.filter(pk=case.pk).update(state=State.HANDLING, leading=into)
        case.refresh_from_db()
        write_entry(case, Entry.Kind.MERGED, actor=actor, text=reason, other=into.number)
        write_entry(into, Entry.Kind.TOOK_IN, actor=actor, text=reason, other=case.number)
    if was_new:
        tell_author(case)


def _hold(case: Case, into: Case) -> None:
    """Keep both as they are, and refuse what cannot be merged. Locked by number, so that two at once wait in turn."""
    ids = (case.pk, into.pk)
    rows = {row.pk: row for row in Case.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    one, other = rows[case.pk], rows[into.pk]
    fits = one.state in MERGEABLE and other.state == State.HANDLING and one.pk != other.pk
    if not fits or one.leading_id or other.leading_id or Case.objects.filter(leading=one).exists():
        raise Refused("这两件诉求现在不能并案，请刷新后再看。", "wrong-state")
    if not Case.objects.filter(queries.same_employer(other), pk=one.pk).exists():
        raise Refused("只有同一用人单位的诉求可以并案。", "other-employer", status=422)
    case.refresh_from_db()
    into.refresh_from_db()


@transaction.atomic
def unmerge(case: Case, *, reason: str, actor: Actor) -> None:
    """Let the case go its own way again, with the same people and the days that it has left. Refuses one that does."""
    with vault():
        into = Case.objects.filter(followers=case).first()
        freed = Case.objects.filter(pk=case.pk, leading=into).exclude(leading=None).update(leading=None)
        if into is None or not freed:
            raise Refused("这件诉求没有并入别的诉求，可能已由别人恢复。", "wrong-state")
        case.refresh_from_db()
        write_entry(case, Entry.Kind.UNMERGED, actor=actor, text=reason, other=into.number)
        write_entry(into, Entry.Kind.UNMERGED, actor=actor, text=reason, other=case.number)
