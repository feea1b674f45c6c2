"""Handing a thread to another union, which needs the worker's consent."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.services.conversations import queries
from huigong.services.conversations.models import Forwarding, Handling, Thread
from huigong.services.conversations.operations.telling import note_event, pulse, tell_author, tell_union
from huigong.services.conversations.operations.writing import due_day, locked

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State = Forwarding.State


@transaction.atomic
def ask_to_forward(thread: Thread, *, union: "Union", to: int, reason: str, actor: audit.Actor) -> Forwarding:
    """The union that owes the answer asks the worker whether another may take over. That one learns nothing yet.

    Refuses a closed thread, one between unions, a second question while one is open, and a union already taking part.
    """
    now = locked(thread)
    if not now.is_open or now.person_id is None or union.pk != now.union_id:
        raise Refused("只有承办工会能转办还没办结的职工留言。", "not-forwardable")
    names = dict(queries.places_to_forward(now))
    if to not in names:
        raise Refused("请从列出的工会里选一个。", "not-a-place", status=422)
    try:
        with transaction.atomic():
            asked = Forwarding.objects.create(thread=now, to_id=to, reason=reason)
    except IntegrityError:
        raise Refused("已经问过本人了，请等本人决定。", "asked") from None
    text = f"建议转给{names[to]}办理：{reason}。等留言人决定"
    note_event(now, text)
    audit.record(actor, "conversations:thread:ask-to-forward", now, after={"to": names[to]}, org=union)
    tell_author(now, f"是否同意转办：{now.title}", text)
    return asked


@transaction.atomic
def answer_forwarding(thread: Thread, *, agrees: bool, actor: audit.Actor) -> None:
    """The worker decides, once: with their consent the other union reads the thread and owes the answer.

    The notes of the first union stay with it. Refuses when nothing was asked or the thread is closed.
    """
    now = locked(thread)
    asked = now.forwardings.select_related("to").filter(state=State.ASKED).first()
    if asked is None or not now.is_open:
        raise Refused("现在没有要您决定的转办。", "not-asked")
    state = State.AGREED if agrees else State.DECLINED
    Forwarding.objects.filter(pk=asked.pk).update(state=state)
    audit.record(
        actor, f"conversations:thread:{'agree' if agrees else 'decline'}-forwarding", now, org=now.union
    )
    if not agrees:
        note_event(now, f"留言人不同意转给{asked.to.name}")
        tell_union(now, f"不同意转办：{now.title}", "请继续办理。")
        return
    note_event(now, f"留言人同意，已转{asked.to.name}办理")
    Handling.objects.create(thread=now, union=asked.to, reason=Handling.Reason.FORWARDED)
    Thread.objects.filter(pk=now.pk).update(
        union=asked.to, assignee=None, due_on=due_day(), state=Thread.State.REPLYING
    )
    taken = locked(now)
    tell_union(taken, f"转来：{now.title}", asked.reason, always=True)
    pulse(taken)
