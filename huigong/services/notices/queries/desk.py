"""A notice for who sends it: lists, its desk, and how far it has come."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.desks import DeskPage, DeskRow, page_of
from huigong.core.formats import date_zh
from huigong.core.identity import mask_name
from huigong.people.membership import queries as membership
from huigong.services.notices import permissions
from huigong.services.notices.models import Notice, Reading

if TYPE_CHECKING:
    from huigong.people.membership.models import Person

from huigong.services.notices.queries.reading import PAGE, TONES, State, attachments_of, is_over


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
    return page_of(rows, _desk_row, limit=limit)


def _desk_row(notice: Any) -> DeskRow:
    lines = [("building-2", notice.union.short_name or notice.union.name)]
    if notice.published_at:
        lines.append(("clock", f"{date_zh(notice.published_at)} 发布"))
    tags = [(notice.get_state_display(), TONES[State(notice.state)])]
    if notice.published_at:
        tags.append((f"{notice.read:,} 人已读", "grey"))
    return DeskRow(notice.title, reverse("notices:manage", args=[notice.pk]), lines, tags)


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
    may_keep: bool
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
        may_keep=permissions.may(actor, permissions.EDIT, notice),
        is_over=is_over(notice),
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
