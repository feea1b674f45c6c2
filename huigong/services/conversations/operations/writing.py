"""Saying something: the first message, every other, and a union's own notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce, Now

from huigong.core import audit, calendar, files
from huigong.core import queries as core
from huigong.core.errors import Refused
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.conversations import queries
from huigong.services.conversations.models import Enclosure, Handling, Message, Thread
from huigong.services.conversations.operations.telling import pulse, tell_author, tell_union

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

State, Kind, Reason = Thread.State, Message.Kind, Handling.Reason
MOST_FILES = 6
LONGEST = 2000
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic")


@dataclass(frozen=True)
class Letter:
    """What somebody wrote: the words, the key of the page they wrote it on, pictures and documents by name."""

    text: str
    key: UUID
    uploads: Sequence[tuple[IO[bytes], str]] = ()


def due_day() -> date:
    """By when a union answers what reaches it today."""
    return calendar.add_working_days(calendar.today(), queries.answer_within(), core.calendar_overrides())


def locked(thread: Thread) -> Thread:
    """The row as it is now, held until the transaction ends."""
    rows = Thread.objects.select_for_update(of=("self",)).select_related("union", "home", "person")
    return rows.get(pk=thread.pk)


@transaction.atomic
def start(
    member: "Member", *, kind: str, title: str, letter: Letter, union: "Union", actor: audit.Actor
) -> Thread:
    """A worker writes to `union`, their own; when nobody is in office there, the nearest above that has somebody.

    The same letter (by its key) sent twice is one thread. Refuses files that are no pictures or plain documents.
    Tells who answers for the union.
    """
    office, reason = _staffed(union)

    def make() -> Thread:
        return Thread.objects.create(
            kind=kind, title=title, person_id=member.person_id, home=union, union=office,
            due_on=due_day(), last_at=Now(),
        )  # fmt: skip

    return _begin(make, reason, letter, None, actor)


@transaction.atomic
def write_to_union(home: "Union", *, to: int, title: str, letter: Letter, actor: audit.Actor) -> Thread:
    """A cadre writes in the name of `home` to the union above or to one right below. Refuses any other."""
    if to not in dict(queries.places_to_write(home)):
        raise Refused("只能写给上一级工会，或直接下级工会。", "not-related", status=422)

    def make() -> Thread:
        return Thread.objects.create(
            kind=Thread.Kind.UNION, title=title, home=home, union_id=to, due_on=due_day(), last_at=Now()
        )

    return _begin(make, Reason.ADDRESSED, letter, home, actor)


def _staffed(union: "Union") -> tuple["Union", str]:
    """`union`, or the nearest above with somebody in office, so that no letter falls into an empty one."""
    for place in [union, *orgs.ancestors(union).reverse()]:
        if orgs.officers(place, *offices.CADRES).exists():
            return place, Reason.OWN if place.pk == union.pk else Reason.VACANT
    return union, Reason.OWN


def _begin(
    make: Callable[[], Thread], reason: str, letter: Letter, union: "Union | None", actor: audit.Actor
) -> Thread:
    _check(letter)
    try:
        with transaction.atomic():
            thread = make()
            message = _say(thread, Kind.WORDS, letter, union, actor)
    except IntegrityError:
        return _known(letter, actor).thread
    Handling.objects.create(thread=thread, union=thread.union, reason=reason)
    _enclose(message, letter, actor)
    audit.record(actor, "conversations:thread:start", thread, after={"kind": thread.kind}, org=thread.union)
    tell_union(thread, f"新{thread.get_kind_display()}：{thread.title}", letter.text, always=True)
    return thread


def _check(letter: Letter) -> None:
    if not letter.text.strip() and not letter.uploads:
        raise Refused("请先写点什么，或选一张图片。", "empty", status=422)
    if len(letter.text) > LONGEST:
        raise Refused(f"一次最多写 {LONGEST:,} 字，请分几次发。", "too-long", status=422)
    if len(letter.uploads) > MOST_FILES:
        raise Refused(f"一次最多带 {MOST_FILES} 个附件。", "too-many", status=422)


def _say(thread: Thread, kind: str, letter: Letter, union: "Union | None", actor: audit.Actor) -> Message:
    """The row that claims the letter's key: of two sendings the second raises IntegrityError."""
    return Message.objects.create(
        thread=thread, kind=kind, writer_id=actor.pk, union=union, key=letter.key, text=letter.text.strip()
    )


def _known(letter: Letter, actor: audit.Actor) -> Message:
    return Message.objects.select_related("thread").get(writer_id=actor.pk, key=letter.key)


def _enclose(message: Message, letter: Letter, actor: audit.Actor) -> None:
    for upload, name in letter.uploads:
        store: Any = files.store_image if name.lower().endswith(_PICTURES) else files.store_document
        try:
            stored = store(upload, owner=actor, name=name)
        except ValueError as error:
            raise Refused(f"“{name[:40]}”：{error}", "bad-file", status=422) from None
        Enclosure.objects.create(message=message, file=stored)


def _add(
    thread: Thread, kind: str, letter: Letter, union: "Union | None", actor: audit.Actor
) -> Message | None:
    """The message, or None when it had arrived before."""
    _check(letter)
    try:
        with transaction.atomic():
            message = _say(thread, kind, letter, union, actor)
    except IntegrityError:
        _known(letter, actor)
        return None
    _enclose(message, letter, actor)
    return message


@transaction.atomic
def write(thread: Thread, *, letter: Letter, actor: audit.Actor, union: "Union | None" = None) -> None:
    """The writing side says more: a worker, or a cadre in the name of `union` that wrote the thread.

    After an answer the other side owes one again. Sent twice it arrives once. Refuses a thread that is closed.
    """
    now = locked(thread)
    if not now.is_open and not _arrived(letter, actor):
        raise Refused("这件事已经办结，先点“重新打开”再写。", "closed")
    if _add(now, Kind.WORDS, letter, union, actor) is None:
        return
    values: dict[str, Any] = {"last_at": Now()}
    if now.state == State.ANSWERED:
        values |= {"state": State.REPLYING, "due_on": due_day()}
    Thread.objects.filter(pk=now.pk).update(**values)
    audit.record(actor, "conversations:thread:write", now, org=now.union)
    tell_union(now, f"新留言：{now.title}", letter.text)


def _arrived(letter: Letter, actor: audit.Actor) -> bool:
    return Message.objects.filter(writer_id=actor.pk, key=letter.key).exists()


@transaction.atomic
def reply(thread: Thread, *, union: "Union", letter: Letter, actor: audit.Actor, is_answer: bool) -> None:
    """A cadre speaks for `union`, which takes part: in between, which gives them time anew, or as the answer.

    Sent twice it arrives once. Refuses a thread that is closed. Tells the writing side.
    """
    now = locked(thread)
    if not now.is_open and not _arrived(letter, actor):
        raise Refused("这件事已经办结，先点“重新打开”再回复。", "closed")
    if _add(now, Kind.ANSWER if is_answer else Kind.REPLY, letter, union, actor) is None:
        return
    values: dict[str, Any] = {"last_at": Now(), "is_new_to_union": False}
    if is_answer:
        values |= {"state": State.ANSWERED, "due_on": None, "answered_at": Coalesce("answered_at", Now())}
    elif now.is_waiting:
        values |= {"state": State.REPLYING, "due_on": due_day()}
    Thread.objects.filter(pk=now.pk).update(**values)
    deed = "answer" if is_answer else "reply"
    audit.record(actor, f"conversations:thread:{deed}", now, org=union)
    tell_author(
        now, f"{union.short_name or union.name}{'已答复' if is_answer else '回复了'}您的留言", letter.text
    )


@transaction.atomic
def note(thread: Thread, *, union: "Union", letter: Letter, actor: audit.Actor) -> None:
    """A cadre notes something for the colleagues at `union`. Nobody else reads it, least of all the author."""
    if letter.uploads:
        raise Refused("内部备注不能带附件。", "note-with-files", status=422)
    if _add(thread, Kind.NOTE, letter, union, actor) is None:
        return
    audit.record(actor, "conversations:thread:note", thread, org=union)
    pulse(thread)
