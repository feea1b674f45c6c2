"""Who has not read a notice, by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from huigong.core.audit import Actor
from huigong.core.identity import mask_name
from huigong.people.membership import queries as membership
from huigong.services.notices import permissions
from huigong.services.notices.models import Notice, Reading

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Unread:
    """Somebody who has not read a notice; `was_read`: only the confirmation is missing."""

    person_id: int
    name: str
    union: str
    was_read: bool


@dataclass(frozen=True)
class UnreadPage:
    """A page of them by name, and the person after whom the next follows."""

    rows: list[Unread]
    next: int | None


def unread_page(notice: Notice, actor: Actor, *, after: int | None = None, limit: int = 50) -> UnreadPage:
    """Who has not read a notice (or not confirmed it), in the order of the names."""
    rows = list(_by_name(notice, actor, after=after, limit=limit + 1))
    return UnreadPage(rows[:limit], rows[limit - 1].person_id if len(rows) > limit else None)


def unread_all(notice: Notice, actor: Actor) -> Iterator[Unread]:
    """All of them, for an export."""
    return _by_name(notice, actor, after=None, limit=None)


def _by_name(notice: Notice, actor: Actor, *, after: int | None, limit: int | None) -> Iterator[Unread]:
    meant = membership.audience(notice.audience).memberships()
    own = Reading.objects.filter(notice=notice, person=OuterRef("person"))
    done = own.exclude(confirmed_at=None) if notice.asks_confirmation else own
    found = meant.exclude(Exists(done)).annotate(was_read=Exists(own))
    last = meant.filter(person=after).values_list("person__sort_key", "person_id").first() if after else None
    if last:
        found = found.filter(
            Q(person__sort_key__gt=last[0]) | Q(person__sort_key=last[0], person__gt=last[1])
        )
    shown = (lambda name: name) if permissions.sees_names(actor, notice) else mask_name
    rows = found.order_by("person__sort_key", "person_id")[:limit].values_list(
        "person_id", "person__name", "union__short_name", "union__name", "was_read"
    )
    for person_id, name, short, union, was_read in rows.iterator():
        yield Unread(person_id, shown(name), short or union, was_read)
