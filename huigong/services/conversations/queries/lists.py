"""Lists of threads: a worker's own, and a cadre's work, the most urgent first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.core.desks import DeskPage, DeskRow
from huigong.core.formats import ago_zh, day_zh
from huigong.core.identity import mask_name
from huigong.services.conversations import permissions
from huigong.services.conversations.models import Message, Thread
from huigong.services.conversations.queries.threads import TONES

PAGE = 20
ICONS = {
    Thread.Kind.HELP: ("life-buoy", "red"),
    Thread.Kind.SUGGESTION: ("lightbulb", "gold"),
    Thread.Kind.QUESTION: ("message-circle-question-mark", "blue"),
    Thread.Kind.PRAISE: ("thumbs-up", "green"),
    Thread.Kind.UNION: ("landmark", "indigo"),
}
SHOWS = {
    "": "待答复",
    "mine": "我经办",
    "free": "未指派",
    "late": "已超期",
    "answered": "已答复",
    "closed": "已办结",
    "all": "全部",
}


@dataclass(frozen=True)
class OwnRow:
    """One thread in its author's list."""

    title: str
    href: str
    text: str
    when: str
    icon: str
    tone: str
    is_unread: bool
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class OwnPage:
    """A page of them, latest first, and the number of the next (None at the end)."""

    rows: list[OwnRow]
    next: int | None


def own_page(actor: Actor, *, page: int = 1, limit: int = PAGE) -> OwnPage:
    """What the actor wrote as a worker."""
    found = permissions.own(actor).select_related("union").order_by("-last_at", "-id")
    rows, following = _cut(found, page, limit)
    return OwnPage([_own_row(thread) for thread in rows], following)


def _cut(found: QuerySet[Thread], page: int, limit: int) -> tuple[list[Any], int | None]:
    start = (page - 1) * limit
    rows = list(found[start : start + limit + 1])
    return rows[:limit], page + 1 if len(rows) > limit else None


def _own_row(thread: Any) -> OwnRow:
    icon, tone = ICONS[thread.kind]
    return OwnRow(
        title=thread.title,
        href=reverse("conversations:detail", args=[thread.pk]),
        text=f"{thread.get_kind_display()} · {thread.union.short_name or thread.union.name}",
        when=ago_zh(thread.last_at),
        icon=icon,
        tone=tone,
        is_unread=thread.is_new_to_author,
        tags=[(thread.get_state_display(), TONES[Thread.State(thread.state)])],
    )


def desk_page(actor: Actor, *, show: str = "", text: str = "", page: int = 1) -> DeskPage:
    """What the actor answers or sent in a union's name: of one state, `text` being in it or the name of its kind."""
    found = _shown(permissions.handled_by(actor), show, actor)
    if text:
        found = found.filter(_speaks_of(text, actor))
    found = found.select_related("union", "home", "person", "assignee")
    rows, following = _cut(found.order_by(F("due_on").asc(nulls_last=True), "-last_at", "-id"), page, PAGE)
    return DeskPage([_desk_row(thread) for thread in rows], following)


def _speaks_of(text: str, actor: Actor) -> Q:
    """In the title, the worker's name, or what was said there and the actor may read: no other union's notes."""
    readable = ~Q(kind=Message.Kind.NOTE) | Q(union__in=permissions.offices(actor).values("pk"))
    said = Message.objects.filter(readable, thread=OuterRef("pk"), text__icontains=text)
    kinds = [kind for kind, label in Thread.Kind.choices if text == label]
    in_words = Q(title__icontains=text) | Q(person__name__icontains=text)
    return in_words | Q(kind__in=kinds) | Q(Exists(said))


def _shown(found: QuerySet[Thread], show: str, actor: Actor) -> QuerySet[Thread]:
    waiting = found.exclude(due_on=None)
    return {
        "": waiting,
        "mine": found.filter(assignee_id=actor.pk).exclude(state=Thread.State.CLOSED),
        "free": waiting.filter(assignee=None),
        "late": waiting.filter(due_on__lt=calendar.today()),
        "answered": found.filter(state=Thread.State.ANSWERED),
        "closed": found.filter(state=Thread.State.CLOSED),
        "all": found,
    }[show]


def awaiting(actor: Actor) -> QuerySet[Thread]:
    """What the unions for which the actor answers owe, the most urgent first; not what a colleague has taken on."""
    mine = permissions.handled_by(actor).exclude(due_on=None)
    own_unions = mine.filter(union__in=permissions.offices(actor).values("pk"))
    return own_unions.filter(Q(assignee=None) | Q(assignee_id=actor.pk)).order_by("due_on", "id")


def _desk_row(thread: Any) -> DeskRow:
    who = mask_name(thread.person.name) if thread.person else "工会来函"
    lines = [
        ("user", f"{who} · {thread.home.short_name or thread.home.name}"),
        ("clock", f"{ago_zh(thread.last_at)}有新内容"),
    ]
    if thread.assignee:
        lines.append(("user-check", f"{thread.assignee.display_name}经办"))
    tags = [
        (thread.get_kind_display(), "grey"),
        (thread.get_state_display(), TONES[Thread.State(thread.state)]),
    ]
    if thread.due_on:
        late = thread.due_on < calendar.today()
        tags.append(("已超期", "red") if late else (f"{day_zh(thread.due_on)}前答复", "gold"))
    if thread.is_new_to_union and thread.is_open:
        tags.append(("有新留言", "red"))
    return DeskRow(thread.title, reverse("conversations:desk", args=[thread.pk]), lines, tags)
