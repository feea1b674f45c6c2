"""Reads of notices: what a member finds, what awaits reading, and how far a notice has come. Public door."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huigong.core import calendar, richtext, verify
from huigong.core import search as fulltext
from huigong.core.audit import Actor
from huigong.core.formats import ago_zh, date_zh, day_zh, size_zh
from huigong.core.identity import mask_name
from huigong.core.prepared import Prepared, Slot
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.notices import permissions
from huigong.services.notices.models import Notice, Reading

if TYPE_CHECKING:
    from huigong.people.membership.models import Person
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
        tags=(("已过有效期", "grey"),) if _is_over(notice) else (),
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
    if _is_over(notice):
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


def _is_over(notice: Notice) -> bool:
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
        is_over=_is_over(notice),
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


# --- For who sends it


@dataclass(frozen=True)
class DeskRow:
    """One notice in the sender's list."""

    pk: int
    title: str
    href: str
    lines: list[tuple[str, str]]
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class DeskPage:
    """A page of them, newest first, and the id before which older ones lie."""

    rows: list[DeskRow]
    next: int | None


def managed_page(
    actor: Actor, *, stage: str = "", text: str = "", before: int | None = None, limit: int = PAGE
) -> DeskPage:
    """Notices of the unions within reach, by state and words of the title."""
    found = permissions.managed_by(actor).select_related("union").annotate(read=Count("readings"))
    if stage:
        found = found.filter(state=stage)
    if text:
        found = found.filter(title__icontains=text)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: limit + 1])
    return DeskPage(
        [_desk_row(notice) for notice in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None
    )


def _desk_row(notice: Any) -> DeskRow:
    lines = [("building-2", notice.union.short_name or notice.union.name)]
    if notice.published_at:
        lines.append(("clock", f"{date_zh(notice.published_at)} 发布"))
    tags = [(notice.get_state_display(), TONES[State(notice.state)])]
    if notice.published_at:
        tags.append((f"{notice.read:,} 人已读", "grey"))
    return DeskRow(notice.pk, notice.title, reverse("notices:manage", args=[notice.pk]), lines, tags)


def head_count(notice: Notice) -> int:
    """How many members a notice means today."""
    return membership.audience(notice.audience).count()


def sample(notice: Notice, *, size: int = 3) -> list[str]:
    """A few of them, names masked, so that a wrong audience is noticed before it is told."""
    people = membership.audience(notice.audience).people().order_by("sort_key")[:size]
    return [mask_name(person.name) for person in people]


@dataclass(frozen=True)
class Desk:
    """Everything about one notice for its sender."""

    notice: Notice
    audience: str
    people: int
    sample: list[str]
    read: int
    confirmed: int
    attachments: list[tuple[str, str, str]]
    may_edit: bool
    may_publish: bool
    is_over: bool
    state: str
    tone: str

    @property
    def outstanding(self) -> int:
        """How many the reminder would go to."""
        done = self.confirmed if self.notice.asks_confirmation else self.read
        return max(self.people - done, 0)

    @property
    def may_remind(self) -> bool:
        live = self.notice.state == State.PUBLISHED and not self.is_over
        return live and self.may_publish and self.notice.reminded_at is None and self.outstanding > 0


def desk_of(notice: Notice, actor: Actor) -> Desk:
    """The sender's page. Read and confirmed count only whom the notice means today, so that they never pass 100 %."""
    audience = membership.audience(notice.audience)
    read = Reading.objects.filter(notice=notice, person__in=audience.people().values("pk"))
    counts = read.aggregate(read=Count("pk"), confirmed=Count("confirmed_at"))
    return Desk(
        notice=notice,
        audience=audience.sentence(),
        people=audience.count(),
        sample=sample(notice) if notice.state == State.DRAFT else [],
        read=counts["read"],
        confirmed=counts["confirmed"],
        attachments=attachments_of(notice),
        may_edit=notice.state == State.DRAFT and permissions.may(actor, permissions.EDIT, notice),
        may_publish=permissions.may(actor, permissions.PUBLISH, notice),
        is_over=_is_over(notice),
        state=notice.get_state_display(),
        tone=TONES[State(notice.state)],
    )


@dataclass(frozen=True)
class UnionReach:
    """How far a notice has come in one union."""

    union: str
    people: int
    read: int
    confirmed: int

    @property
    def share(self) -> int:
        """Percent of its people who have read it, rounded down: 100 is everybody."""
        return self.read * 100 // self.people


def reach_by_union(notice: Notice) -> list[UnionReach]:
    """Each union that the notice means, those with most people still to reach first: one statement."""
    mine = Reading.objects.filter(notice=notice, person=OuterRef("person"))
    members = membership.audience(notice.audience).memberships()
    rows = (
        members.annotate(was_read=Exists(mine), was_confirmed=Exists(mine.exclude(confirmed_at=None)))
        .values("union__name")
        .annotate(
            people=Count("pk"),
            read=Count("pk", filter=Q(was_read=True)),
            confirmed=Count("pk", filter=Q(was_confirmed=True)),
        )
        .order_by(F("read") - F("people"), "union__name")
    )
    return [UnionReach(row["union__name"], row["people"], row["read"], row["confirmed"]) for row in rows]


def outstanding(notice: Notice) -> "QuerySet[Person]":
    """Whom the notice means and who has not read it, or not confirmed it where that is asked."""
    done = Reading.objects.filter(notice=notice, person=OuterRef("pk"))
    if notice.asks_confirmation:
        done = done.exclude(confirmed_at=None)
    return membership.audience(notice.audience).people().exclude(Exists(done))


def seat_of(actor: Actor) -> Any:
    """The union in whose books an export of the actor's stands."""
    return orgs.reach(actor, permissions.VIEW).order_by("path").first()


@verify.invariant("notices: a reminder was sent at most once, and only of what was published")
def _reminders() -> list[str]:
    return verify.rows("SELECT id FROM notices_notice WHERE reminded_at IS NOT NULL AND state = 'draft'")


@verify.invariant("notices: the unions of a rule stand in the array beside it")
def _unions_agree() -> list[str]:
    return verify.rows(
        "SELECT id FROM notices_notice WHERE audience->'union_ids' IS DISTINCT FROM to_jsonb(audience_unions)"
    )
