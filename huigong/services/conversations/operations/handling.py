"""Seeing a thread through: read, taken on, closed, opened again, rated, brought before the union above."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit, calendar
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.conversations import queries
from huigong.services.conversations.models import Handling, Thread
from huigong.services.conversations.operations.telling import (
    accounts_at,
    author_url,
    desk_url,
    note_event,
    pulse,
    tell_author,
    tell_union,
)
from huigong.services.conversations.operations.writing import due_day, locked

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State = Thread.State


@transaction.atomic
def mark_read_by_author(thread: Thread, *, actor: audit.Actor) -> None:
    """The writing side has it before their eyes. A mark: no audit row."""
    Thread.objects.filter(pk=thread.pk, is_new_to_author=True).update(is_new_to_author=False)
    inbox.mark_page_read(author_url(thread), actor=actor)


@transaction.atomic
def mark_read_by_union(thread: Thread, *, actor: audit.Actor) -> None:
    """The answering side has it before their eyes; the first time the author sees that. A mark: no audit row."""
    Thread.objects.filter(pk=thread.pk, is_new_to_union=True).update(is_new_to_union=False)
    inbox.mark_page_read(desk_url(thread), actor=actor)
    if Thread.objects.filter(pk=thread.pk, state=State.NEW).update(state=State.READ):
        pulse(thread)


@transaction.atomic
def assign(thread: Thread, *, to: int, actor: audit.Actor) -> None:
    """Give it to a cadre of the union that owes the answer, and never to its author; both sides see who."""
    now = locked(thread)
    if not now.is_open:
        raise Refused("这件事已经办结，不用再指派。", "closed")
    names = dict(queries.colleagues(now))
    if to not in names:
        raise Refused("只能指派给承办工会的在任干部。", "not-colleague", status=422)
    if now.assignee_id == to:
        return
    before = {"assignee": now.assignee_id}
    Thread.objects.filter(pk=now.pk).update(assignee_id=to)
    note_event(now, f"由{names[to]}经办")
    audit.record(
        actor, "conversations:thread:assign", now, before=before, after={"assignee": to}, org=now.union
    )
    if to != actor.pk:
        inbox.send(
            [to], kind=inbox.Kind.TASK, title=f"请您办理：{now.title}", body=str(now), url=desk_url(now)
        )
    pulse(now)


@transaction.atomic
def close(thread: Thread, *, actor: audit.Actor, union: "Union | None" = None) -> None:
    """The matter is over. The author may say so at any time, a `union` that answers only after its answer."""
    now = locked(thread)
    by_author = union is None or (now.person_id is None and union.pk == now.home_id)
    if not now.is_open:
        raise Refused("这件事已经办结。", "closed")
    if not by_author and now.answered_at is None:
        raise Refused("正式答复之后才能办结。", "not-answered")
    Thread.objects.filter(pk=now.pk).update(state=State.CLOSED, due_on=None, closed_at=Now())
    who = "留言人" if union is None else union.short_name or union.name
    note_event(now, f"{who}确认办结")
    audit.record(
        actor, "conversations:thread:close", now, before={"state": now.state}, org=union or now.union
    )
    if by_author:
        tell_union(now, f"已办结：{now.title}", f"{who}确认办结")
    else:
        tell_author(now, f"已办结：{now.title}", "如果还没解决，可以重新打开，也请给个评价。")


@transaction.atomic
def reopen(thread: Thread, *, actor: audit.Actor, union: "Union | None" = None) -> None:
    """Take a closed matter up again, by either side; the union owes an answer anew. Refuses an open one."""
    now = locked(thread)
    if now.is_open:
        raise Refused("这件事还没有办结，直接写就可以。", "open")
    Thread.objects.filter(pk=now.pk).update(state=State.REOPENED, due_on=due_day(), closed_at=None)
    who = "留言人" if union is None else union.short_name or union.name
    note_event(now, f"{who}重新打开")
    audit.record(actor, "conversations:thread:reopen", now, org=union or now.union)
    if union is None or union.pk == now.home_id:
        tell_union(now, f"重新打开：{now.title}", "留言人认为还没有办好。")
    else:
        tell_author(now, f"重新打开：{now.title}", f"{who}会继续办理。")


@transaction.atomic
def rate(thread: Thread, *, stars: int, words: str, actor: audit.Actor) -> None:
    """The worker says once how well they were answered, by one conditional statement. Refuses before an answer."""
    answered = Thread.objects.filter(pk=thread.pk, rating=None, answered_at__isnull=False)
    if not answered.update(rating=stars, rating_words=words):
        raise Refused("答复之后可以评价一次。", "not-ratable")
    audit.record(actor, "conversations:thread:rate", thread, after={"stars": stars}, org=thread.union)
    pulse(thread)


def escalate_overdue() -> int:
    """Bring what was not answered in time before the union above, whose time then runs anew. Returns how many."""
    late = Thread.objects.filter(due_on__lt=calendar.today(), union__parent__isnull=False)
    return sum(_escalate(thread) for thread in late.select_related("union"))


@transaction.atomic
def _escalate(thread: Thread) -> bool:
    """By one conditional statement, so that two workers move it once. The silent union keeps its part."""
    silent = thread.union
    above = _nearest_office_above(silent)
    if above is None:
        return False
    late = Thread.objects.filter(pk=thread.pk, union=silent, due_on__lt=calendar.today())
    if not late.update(union=above, assignee=None, due_on=due_day()):
        return False
    Handling.objects.get_or_create(thread=thread, union=above, defaults={"reason": Handling.Reason.ESCALATED})
    now = locked(thread)
    text = f"{silent.name}没有按期答复，已转{above.name}督办"
    note_event(now, text)
    audit.record(audit.SYSTEM, "conversations:thread:escalate", now, before={"union": silent.name}, org=above)
    inbox.send(
        accounts_at(silent, now),
        kind=inbox.Kind.TASK,
        title=f"已转上级督办：{now.title}",
        body=text,
        url=desk_url(now),
    )
    tell_union(now, f"请督办：{now.title}", text, always=True)
    tell_author(now, f"已转上级工会：{now.title}", text)
    return True


def _nearest_office_above(union: "Union") -> "Union | None":
    for place in orgs.ancestors(union).reverse():
        if orgs.officers(place, *offices.CADRES).exists():
            return place
    return None
