"""What a member finds, and what awaits reading."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huigong.core import calendar, richtext
from huigong.core import search as fulltext
from huigong.core.audit import Actor
from huigong.core.formats import ago_zh, date_zh, day_zh, size_zh
from huigong.core.prepared import Prepared, Slot
from huigong.people.membership import queries as membership
from huigong.services.notices import permissions
from huigong.services.notices.models import Notice, Reading

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member

State = Notice.State
PAGE = 20
FRESH_DAYS = 90
"""The badge counts no older notice, nor one from before its reader joined: nobody catches up with those."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2**53
TONES = {State.DRAFT: "grey", State.PUBLISHED: "ok", State.WITHDRAWN: "red"}
STAGES: dict[str, str] = {"": "全部", **dict(State.choices)}


@dataclass(frozen=True)
class Row:
    """One notice in a member's list."""

    pk: int
    title: str
    href: str
    union: str
    text: str
    when: str
    is_unread: bool
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """A page of notices, newest first, and the moment before which older ones lie (None at the end)."""

    rows: list[Row]
    next: int | None


def page(actor: Actor, *, before: int | None = None, unread: bool = False, limit: int = PAGE) -> Page:
    """Notices that mean the actor, newest first; with `unread` only what they still have to read or confirm.

    `before` is the `next` of a page: microseconds since 1970, by which the list is ordered.
    """
    member = membership.member_of(actor)
    if member is None:
        return Page([], None)
    found = _with_reading(permissions.meant_for(member, actor), member.person_id).select_related("union")
    if unread:
        found = found.filter(_outstanding())
    if before:
        found = found.filter(published_at__lt=_EPOCH + timedelta(microseconds=min(before, _LATEST)))
    rows = list(found.order_by("-published_at")[: limit + 1])
    last = rows[limit - 1].published_at if len(rows) > limit else None
    next_before = (last - _EPOCH) // timedelta(microseconds=1) if last else None
    return Page([_row(notice) for notice in rows[:limit]], next_before)


def search(actor: Actor, q: str, limit: int) -> list[fulltext.Hit]:
    """The notices to the actor that fit `q` best."""
    mine = permissions.visible_to(actor)
    found = fulltext.best(mine, q, latest="-published_at", limit=limit, related=["union"])
    return [_hit(notice, q) for notice in found]


def _hit(notice: Any, asked: str) -> fulltext.Hit:
    return fulltext.Hit(
        heading=fulltext.marked(notice.title, asked),
        text=fulltext.excerpt(richtext.to_text(notice.body), asked),
        href=reverse("notices:detail", args=[notice.pk]),
        meta=(notice.union.short_name or notice.union.name, ago_zh(notice.published_at)),
        tags=(("已过有效期", "grey"),) if is_over(notice) else (),
        rank=notice.rank,
    )


def _with_reading(found: QuerySet[Notice], person: int | Slot) -> QuerySet[Notice]:
    own = Reading.objects.filter(notice=OuterRef("pk"), person=person)
    return found.annotate(was_read=Exists(own), was_confirmed=Exists(own.exclude(confirmed_at=None)))


def _outstanding() -> Q:
    """Rows of `_with_reading` that still want something of their reader."""
    return Q(was_read=False) | Q(asks_confirmation=True, was_confirmed=False)


def _row(notice: Any) -> Row:
    tags = []
    if notice.asks_confirmation:
        tags.append(("已确认", "ok") if notice.was_confirmed else ("待确认", "red"))
    if is_over(notice):
        tags.append(("已过有效期", "grey"))
    return Row(
        pk=notice.pk,
        title=notice.title,
        href=reverse("notices:detail", args=[notice.pk]),
        union=notice.union.short_name or notice.union.name,
        text=" ".join(richtext.to_text(notice.body).split())[:60],
        when=ago_zh(notice.published_at),
        is_unread=not notice.was_read,
        tags=tags,
    )


def is_over(notice: Notice) -> bool:
    """Has its last day passed?"""
    return notice.expires_on is not None and notice.expires_on < calendar.today()


def _current() -> QuerySet[Notice]:
    """What means a member and is neither over nor older than the badge looks back; `_current_values` fill it."""
    return permissions.meant_slots().filter(
        Q(expires_on=None) | Q(expires_on__gte=Slot("today")),
        published_at__gte=Slot("since"),
        published_at__date__gte=Slot("joined"),
    )


def _current_values(member: "Member", actor: Actor) -> dict[str, Any]:
    return permissions.meant_values(member, actor) | {
        "person": member.person_id,
        "joined": member.joined_on,
        "today": calendar.today(),
        "since": timezone.now() - timedelta(days=FRESH_DAYS),
    }


_latest = Prepared(
    lambda: _with_reading(_current(), Slot("person")).select_related("union").order_by("-published_at")[:1]
)
_unread = Prepared(
    lambda: (
        _current()
        .exclude(Exists(Reading.objects.filter(notice=OuterRef("pk"), person=Slot("person"))))
        .values_list("pk", flat=True)[:100]
    )
)


def latest(member: "Member", actor: Actor) -> Row | None:
    """The newest notice to `member`, who is `actor`, that is not over: the line on their home page."""
    notice = _latest.first(**_current_values(member, actor))
    return _row(notice) if notice else None


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not opened; counted to 100 at most."""
    member = membership.member_of(actor)
    return len(_unread(**_current_values(member, actor))) if member else 0


@dataclass(frozen=True)
class Face:
    """One notice on its page. `confirmed` is when its reader confirmed it, in words."""

    notice: Notice
    union: str
    when: str
    until: str
    is_over: bool
    attachments: list[tuple[str, str, str]]
    wants_confirmation: bool
    confirmed: str
    is_addressee: bool


def face(notice: Notice, actor: Actor) -> Face:
    """The page of a notice for `actor`, who may be meant or only look after it."""
    member = membership.member_of(actor)
    reading = Reading.objects.filter(notice=notice, person_id=member.person_id).first() if member else None
    confirmed = reading.confirmed_at if reading else None
    meant = member is not None and permissions.meant_for(member, actor).filter(pk=notice.pk).exists()
    return Face(
        notice=notice,
        union=notice.union.name,
        when=date_zh(notice.published_at) if notice.published_at else "",
        until=f"{day_zh(notice.expires_on)}前有效" if notice.expires_on else "",
        is_over=is_over(notice),
        attachments=attachments_of(notice),
        wants_confirmation=meant and notice.asks_confirmation and confirmed is None,
        confirmed=date_zh(confirmed) if confirmed else "",
        is_addressee=meant,
    )


def attachments_of(notice: Notice) -> list[tuple[str, str, str]]:
    """(name, size in words, address) of each document."""
    return [
        (row.file.name, size_zh(row.file.size), reverse("notices:attachment", args=[row.pk]))
        for row in notice.attachments.select_related("file")
    ]
