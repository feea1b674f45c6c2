"""One thread: what was said in it, as each side may read it, and what either may do now."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.core.formats import day_zh, minute_zh, size_zh
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.conversations import permissions
from huigong.services.conversations.models import Adoption, CannedAnswer, Forwarding, Message, Thread

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State, Kind = Thread.State, Message.Kind
TONES = {
    State.NEW: "red",
    State.READ: "blue",
    State.REPLYING: "blue",
    State.ANSWERED: "ok",
    State.CLOSED: "grey",
    State.REOPENED: "gold",
}


def answer_within() -> int:
    """Working days in which a union answers before the thread goes up to the union above."""
    return settings.CONVERSATION_DAYS


def points_for_a_suggestion() -> int:
    """What the author of an adopted suggestion gets."""
    return settings.SUGGESTION_POINTS


@dataclass(frozen=True)
class Bubble:
    """One thing said, as one side sees it. `side`: mine, theirs, note or event."""

    pk: int
    side: str
    who: str
    label: str
    when: str
    text: str
    pictures: list[tuple[str, str]]
    documents: list[tuple[str, str, str]]


def said(thread: Thread, *, seat: "Union | None" = None, after: int = 0) -> list[Bubble]:
    """What was said after message `after`: to the cadres of `seat`, or without one to the worker who wrote it.

    A note is shown to the union whose cadre made it, and to nobody else.
    """
    found = thread.messages.filter(pk__gt=after).exclude(_hidden(seat))
    found = found.select_related("writer", "union").prefetch_related("enclosures__file")
    return [_bubble(message, thread, seat) for message in found.order_by("id")]


def _hidden(seat: "Union | None") -> Q:
    notes = Q(kind=Kind.NOTE)
    return notes & ~Q(union_id=seat.pk) if seat else notes


def _bubble(message: Any, thread: Thread, seat: "Union | None") -> Bubble:
    files = [(row, reverse("conversations:enclosure", args=[row.pk])) for row in message.enclosures.all()]
    return Bubble(
        pk=message.pk,
        side=_side(message, seat),
        who=_who(message, thread),
        label=message.get_kind_display() if message.kind in (Kind.ANSWER, Kind.NOTE) else "",
        when=minute_zh(message.created_at),
        text=message.text,
        pictures=[(row.file.name, href) for row, href in files if _is_picture(row)],
        documents=[
            (row.file.name, size_zh(row.file.size), href) for row, href in files if not _is_picture(row)
        ],
    )


def _side(message: Message, seat: "Union | None") -> str:
    if message.kind in (Kind.EVENT, Kind.NOTE):
        return message.kind
    return "mine" if message.union_id == (seat.pk if seat else None) else "theirs"


def _who(message: Any, thread: Thread) -> str:
    if message.union is None:
        return thread.person.name if thread.person and message.kind == Kind.WORDS else ""
    union = message.union.short_name or message.union.name
    return f"{union} · {message.writer.display_name}" if message.writer else union


def _is_picture(enclosure: Any) -> bool:
    return enclosure.file.content_type.startswith("image/")


@dataclass(frozen=True)
class Face:
    """A thread on the page of the worker who wrote it."""

    thread: Thread
    bubbles: list[Bubble]
    state: str
    tone: str
    standing: str
    may_rate: bool
    rating: str
    suggests_complaint: bool
    asked: Forwarding | None
    adoption: Adoption | None
    key: UUID


def face(thread: Thread, *, after: int = 0) -> Face:
    """The page of its author, or of it only what is new after message `after`."""
    bubbles = said(thread, after=after)
    return Face(
        thread=thread,
        bubbles=bubbles,
        state=thread.get_state_display(),
        tone=TONES[State(thread.state)],
        standing=_standing(thread),
        may_rate=_may_rate(thread),
        rating=_rating(thread),
        asked=asked_of(thread),
        adoption=adoption_of(thread),
        suggests_complaint=any(
            bubble.side == "mine" and sounds_like_complaint(bubble.text) for bubble in bubbles
        ),
        key=uuid4(),
    )


def _standing(thread: Thread) -> str:
    union = thread.union.short_name or thread.union.name
    if thread.state == State.CLOSED:
        return f"{union}承办，已办结"
    if thread.due_on is None:
        return f"{union}已答复，还有问题可以接着写"
    if thread.due_on < calendar.today():
        return f"{union}承办，已超过答复期限，将转上级工会督办"
    return f"{union}承办，{day_zh(thread.due_on)}前答复"


def _may_rate(thread: Thread) -> bool:
    return thread.answered_at is not None and thread.rating is None and thread.person_id is not None


def _rating(thread: Thread) -> str:
    if thread.rating is None:
        return ""
    return "★" * thread.rating + "☆" * (5 - thread.rating) + f" {thread.rating_words}"


_EMPLOYER = re.compile(
    r"欠薪|拖欠|克扣|不发工资|没发工资|少发工资|加班费|加班工资|不签合同|没签合同|劳动合同|社保|五险|工伤|辞退|开除|裁员"
    r"|赔偿|补偿金|仲裁|强迫加班|高温津贴|高温补贴|骚扰|歧视|打骂"
)


def sounds_like_complaint(text: str) -> bool:
    """May `text` be about what the employer owes? Then the path past the own union is the safer one."""
    return bool(_EMPLOYER.search(text))


@dataclass(frozen=True)
class Desk:
    """A thread on the page of a union that takes part in it."""

    thread: Thread
    bubbles: list[Bubble]
    seat: "Union"
    author: str
    state: str
    tone: str
    due: str
    is_late: bool
    taking_part: list[tuple[str, str]]
    colleagues: list[tuple[int, str]]
    canned: list[CannedAnswer]
    rating: str
    asked: Forwarding | None
    adoption: Adoption | None
    places: list[tuple[int, str]]
    key: UUID

    @property
    def is_author(self) -> bool:
        """Did this union write the thread, to another?"""
        return self.thread.person_id is None and self.seat.pk == self.thread.home_id

    @property
    def may_assign(self) -> bool:
        return self.thread.is_open and self.seat.pk == self.thread.union_id and not self.is_author

    @property
    def may_close(self) -> bool:
        return self.thread.is_open and (self.is_author or self.thread.answered_at is not None)

    @property
    def may_decide(self) -> bool:
        """May this union say now whether it adopts the suggestion?"""
        is_theirs = self.thread.kind == Thread.Kind.SUGGESTION and self.seat.pk == self.thread.union_id
        is_open = self.adoption is None or self.adoption.state == Adoption.State.DECLINED
        return is_theirs and self.thread.answered_at is not None and is_open


def desk_of(thread: Thread, actor: Actor, *, after: int = 0) -> Desk:
    """The page for `actor`, who answers it or sent it in a union's name; or only what is new after message `after`."""
    seat = permissions.seat(actor, thread)
    parts = thread.handlings.select_related("union").order_by("id")
    return Desk(
        thread=thread,
        bubbles=said(thread, seat=seat, after=after),
        seat=seat,
        author=thread.person.name if thread.person else thread.home.name,
        state=thread.get_state_display(),
        tone=TONES[State(thread.state)],
        due=day_zh(thread.due_on) if thread.due_on else "",
        is_late=thread.due_on is not None and thread.due_on < calendar.today(),
        taking_part=[(part.union.short_name or part.union.name, part.get_reason_display()) for part in parts],
        colleagues=colleagues(thread),
        canned=list(canned_of(seat)),
        asked=asked_of(thread),
        adoption=adoption_of(thread),
        places=places_to_forward(thread) if thread.is_open and seat.pk == thread.union_id else [],
        rating=_rating(thread),
        key=uuid4(),
    )


def colleagues(thread: Thread) -> list[tuple[int, str]]:
    """(account, name) of those at the union that owes the answer who may take it on; never its own author."""
    posts = orgs.officers(thread.union, *offices.CADRES).order_by("id")
    author = thread.person.account_id if thread.person else None
    found = {post.account_id: post.account.display_name for post in posts if post.account_id != author}
    return list(found.items())


def canned_of(union: "Union") -> QuerySet[CannedAnswer]:
    """The words that `union` keeps ready."""
    return CannedAnswer.objects.filter(union=union)


def asked_of(thread: Thread) -> Forwarding | None:
    """The question about forwarding that waits for the worker, while the thread is open."""
    waiting = thread.forwardings.select_related("to").filter(state=Forwarding.State.ASKED)
    return waiting.first() if thread.is_open else None


def adoption_of(thread: Thread) -> Adoption | None:
    """What was decided on a suggestion, or None."""
    if thread.kind != Thread.Kind.SUGGESTION:
        return None
    return Adoption.objects.select_related("union").filter(thread=thread).first()


def places_to_forward(thread: Thread) -> list[tuple[int, str]]:
    """(id, name) of the unions that may take a worker's thread over: those above, beside and right below."""
    if thread.person_id is None:
        return []
    union = thread.union
    near = Q(parent=union) | Q(parent__isnull=False, parent=union.parent_id) | Q(pk__in=union.ancestor_ids)
    taking_part = thread.handlings.values("union")
    found = orgs.established().filter(near).exclude(pk__in=taking_part).order_by("level", "sort_key")[:300]
    return [(place.pk, place.name) for place in found]


def places_to_write(home: "Union") -> list[tuple[int, str]]:
    """(id, name) of the unions to which `home` may write: the one above and those right below."""
    below = orgs.established().filter(parent=home)[:300]
    above = [home.parent] if home.parent else []
    return [(union.pk, union.name) for union in [*above, *below]]
