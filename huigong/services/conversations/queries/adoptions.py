"""Suggestions that were adopted: as all members read them, and on the desk of who writes and reviews the words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.formats import day_zh, minute_zh
from huigong.people.approvals import queries as approvals
from huigong.people.membership import queries as membership
from huigong.services.conversations import permissions
from huigong.services.conversations.models import Adoption

State = Adoption.State
PAGE = 20
TONES = {
    State.DECLINED: "grey",
    State.ADOPTED: "ok",
    State.REVIEWING: "gold",
    State.PUBLISHED: "blue",
    State.WITHDRAWN: "grey",
}
DRAFTS = {"": "待处理", "published": "已公示", "declined": "未采纳", "all": "全部"}


@dataclass(frozen=True)
class AdoptionRow:
    """One suggestion in a list."""

    title: str
    href: str
    text: str
    when: str
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class AdoptionPage:
    """A page of them, latest first, and the number of the next (None at the end)."""

    rows: list[AdoptionRow]
    next: int | None


def shown_page(actor: Actor, *, page: int = 1, limit: int = PAGE) -> AdoptionPage:
    """What the unions of the member `actor` show, the latest first: no number moves a suggestion up."""
    member = membership.member_of(actor)
    if member is None:
        return AdoptionPage([], None)
    found = permissions.shown_to(member).select_related("union").annotate(too=Count("supports"))
    return _page(found.order_by("-published_at", "-id"), page, limit, _shown_row)


def _page(found: QuerySet[Adoption], page: int, limit: int, row: Any) -> AdoptionPage:
    start = (page - 1) * limit
    rows = list(found[start : start + limit + 1])
    return AdoptionPage([row(each) for each in rows[:limit]], page + 1 if len(rows) > limit else None)


def _shown_row(adoption: Any) -> AdoptionRow:
    return AdoptionRow(
        title=adoption.title,
        href=reverse("conversations:suggestion", args=[adoption.pk]),
        text=f"{adoption.union.short_name or adoption.union.name} · {_too(adoption.too)}",
        when=day_zh(adoption.published_at),
        tags=[],
    )


def _too(count: int) -> str:
    return f"{count:,} 人有同感" if count else "还没有人说有同感"


@dataclass(frozen=True)
class ShownAdoption:
    """A suggestion on the page for all members. `author`: a name only where they agreed to it."""

    adoption: Adoption
    union: str
    author: str
    when: str
    too: str
    is_mine: bool
    is_supported: bool


def shown_adoption(adoption: Adoption, actor: Actor) -> ShownAdoption:
    """The page of `adoption`, which the caller has fetched for the member `actor`."""
    person = membership.person_of(actor)
    supports = adoption.supports
    return ShownAdoption(
        adoption=adoption,
        union=adoption.union.name,
        author=_author(adoption),
        when=day_zh(adoption.published_at) if adoption.published_at else "",
        too=_too(supports.count()),
        is_mine=person is not None and person.pk == adoption.thread.person_id,
        is_supported=person is not None and supports.filter(person=person).exists(),
    )


def _author(adoption: Adoption) -> str:
    person = adoption.thread.person
    return person.name if person and adoption.shows_name else "一位职工"


def adoptions_page(actor: Actor, *, show: str = "", page: int = 1) -> AdoptionPage:
    """What was decided in the actor's offices, and words of unions below; the newest first."""
    found = permissions.adoptions_handled_by(actor).select_related("union", "thread")
    found = {
        "": found.filter(state__in=[State.ADOPTED, State.REVIEWING, State.WITHDRAWN]),
        "published": found.filter(state=State.PUBLISHED),
        "declined": found.filter(state=State.DECLINED),
        "all": found,
    }[show]
    return _page(found.order_by("-id"), page, PAGE, _desk_row)


def _desk_row(adoption: Any) -> AdoptionRow:
    return AdoptionRow(
        title=adoption.title or adoption.thread.title,
        href=reverse("conversations:adoption", args=[adoption.pk]),
        text=adoption.union.short_name or adoption.union.name,
        when=day_zh(adoption.published_at or adoption.created_at),
        tags=[(adoption.get_state_display(), TONES[State(adoption.state)])],
    )


def adoptions_to_review(actor: Actor) -> QuerySet[Adoption]:
    """Words that the actor may publish: written by somebody else, in their office or below it."""
    waiting = permissions.adoptions_handled_by(actor).filter(state=State.REVIEWING)
    return waiting.exclude(writer_id=actor.pk).order_by("id")


@dataclass(frozen=True)
class AdoptionDesk:
    """A decision on the page of a cadre. Only who holds the union's own post sees the thread and writes the words."""

    adoption: Adoption
    state: str
    tone: str
    author: str
    too: str
    published: str
    trail: list[dict[str, str]]
    is_in_office: bool
    is_writer: bool

    @property
    def may_write(self) -> bool:
        writable = (State.ADOPTED, State.REVIEWING, State.WITHDRAWN)
        return self.is_in_office and self.adoption.state in writable

    @property
    def may_publish(self) -> bool:
        return self.adoption.state == State.REVIEWING and not self.is_writer

    @property
    def may_withdraw(self) -> bool:
        return self.adoption.state == State.PUBLISHED


def adoption_desk(adoption: Adoption, actor: Actor) -> AdoptionDesk:
    """The page of `adoption`, which the caller has fetched for the cadre `actor`."""
    return AdoptionDesk(
        adoption=adoption,
        state=adoption.get_state_display(),
        tone=TONES[State(adoption.state)],
        author=_author(adoption),
        too=_too(adoption.supports.count()),
        published=minute_zh(adoption.published_at) if adoption.published_at else "",
        trail=[
            {
                "title": moment.title,
                "time": minute_zh(moment.at),
                "note": " · ".join(part for part in (moment.who, *moment.lines) if part),
                "state": moment.tone or "done",
            }
            for moment in approvals.moments(adoption)
        ],
        is_in_office=permissions.offices(actor).filter(pk=adoption.union_id).exists(),
        is_writer=adoption.writer_id == actor.pk,
    )
