"""Who stands behind an account, and in which union."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from huigong.core import verify
from huigong.core.audit import Actor
from huigong.core.identity import Sex
from huigong.core.once import once
from huigong.core.prepared import Prepared, Slot
from huigong.people.membership.models import Claim, JoinApplication, Membership, Person, Transfer
from huigong.people.orgs import queries as orgs

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.orgs.models import Union


@dataclass(frozen=True)
class Member:
    """A person with a live membership, as other modules need it: read in one query, no secrets in it."""

    person_id: int
    account_id: int | None
    name: str
    sex: str
    born_on: date
    work_form: str
    tags: tuple[str, ...]
    state: str
    joined_on: date
    union_id: int
    union_name: str
    union_path: str

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids of the member's union and all above it."""
        return [int(step) for step in self.union_path.split(".") if step]


_FIELDS = (
    "person_id",
    "person__account_id",
    "person__name",
    "person__sex",
    "person__born_on",
    "person__work_form",
    "person__tags",
    "state",
    "joined_on",
    "union_id",
    "union__name",
    "union__path",
)


_membership = Prepared(
    lambda: Membership.objects.filter(
        person__account_id=Slot("account"), state__in=Membership.LIVE
    ).values_list(*_FIELDS)
)


def _member(row: tuple | None) -> Member | None:
    if row is None:
        return None
    values = list(row)
    values[6] = tuple(values[6])
    return Member(*values)


def member_of(actor: Actor) -> Member | None:
    """The live member behind an account, or None: one query. Nobody stands behind the anonymous."""
    return _live_member(actor.pk) if actor.pk is not None else None


@once
def _live_member(account_id: int) -> Member | None:
    return _member(_membership.first(account=account_id))


def union_of(member: Member) -> "Union":
    """The union to which a member belongs."""
    return (
        Membership.objects.select_related("union")
        .get(person_id=member.person_id, state__in=Membership.LIVE)
        .union
    )


def person_of(actor: Actor) -> Person | None:
    """The person behind an account, member or not."""
    return Person.objects.filter(account_id=actor.pk).first() if actor.pk is not None else None


def union_paths(account_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(account, path of the union) of every live membership behind those accounts."""
    held = Membership.objects.filter(person__account_id__in=list(account_ids), state__in=Membership.LIVE)
    return list(held.values_list("person__account_id", "union__path"))


def accounts_of(person_ids: Iterable[int]) -> list[int]:
    """The accounts of those persons who have one, by persons."""
    people = Person.objects.filter(pk__in=list(person_ids), account__isnull=False).order_by("pk")
    return list(people.values_list("account_id", flat=True))


def phone_on_roll(account: "Account") -> bool:
    """Does the roll know the account's phone for a member whom nobody has claimed? Says no more than that."""
    unclaimed = Membership.objects.filter(
        state__in=Membership.LIVE,
        person__account=None,
        person__phone_index=Person.phone.index_of("phone_index", account.phone),
    )
    return unclaimed.exists()


def current_membership(person: Person) -> Membership | None:
    """The person's live membership, if any."""
    live = person.memberships.filter(state__in=Membership.LIVE)
    return live.select_related("union").first()


def member_count() -> int:
    """How many active members the whole platform has, as it was within the last minute: everybody's home shows it."""
    return cache.get_or_set("membership:member-count", _active().count, _MINUTE) or 0


_MINUTE = 60


def _active() -> QuerySet[Membership]:
    return Membership.objects.filter(state=Membership.State.ACTIVE)


@orgs.figure
def _members_of(union: "Union") -> str:
    """Active members of the union itself, women among them."""
    active = _active().filter(union=union)
    counts = active.aggregate(all=Count("pk"), women=Count("pk", filter=Q(person__sex=Sex.FEMALE)))
    return f"{counts['all']:,} 人（女 {counts['women']:,} 人）"


def _open_requests() -> QuerySet[Any, int]:
    applications = JoinApplication.objects.filter(account=Slot("account"), state__in=JoinApplication.OPEN)
    claims = Claim.objects.filter(account=Slot("account"), state=Claim.State.SUBMITTED)
    transfers = Transfer.objects.filter(person__account=Slot("account"), state__in=Transfer.OPEN)
    ids = [found.order_by().values_list("pk", flat=True) for found in (applications, claims, transfers)]
    return ids[0].union(*ids[1:], all=True)


_open_request_ids = Prepared(_open_requests)


def open_request_count(actor: Actor) -> int:
    """How many of the actor's own applications, claims and transfers are not finished: one query."""
    return len(_open_request_ids(account=actor.pk)) if actor.pk is not None else 0


@verify.invariant("I6 membership: at most one live membership a person")
def _one_live() -> list[str]:
    return verify.rows(
        "SELECT person_id, count(*) FROM membership_membership WHERE state IN ('active', 'retained')"
        " GROUP BY 1 HAVING count(*) > 1"
    )


@verify.invariant("I27 membership: a finished transfer has closed one membership and opened another")
def _transfers_whole() -> list[str]:
    return verify.rows(
        "SELECT t.id FROM membership_transfer t WHERE t.state = 'done' AND NOT EXISTS ("
        " SELECT 1 FROM membership_membership m WHERE m.person_id = t.person_id"
        " AND m.union_id = t.to_union_id AND m.began_by = '2')"
    )


@verify.invariant("membership: a member who moved away has arrived elsewhere")
def _nobody_between() -> list[str]:
    return verify.rows(
        "SELECT m.id FROM membership_membership m WHERE m.state = 'transferred' AND NOT EXISTS ("
        " SELECT 1 FROM membership_membership n WHERE n.person_id = m.person_id"
        " AND n.id > m.id AND n.began_by = '2' AND n.member_no = m.member_no AND n.joined_on = m.joined_on)"
    )


@verify.invariant("membership: no two memberships of one person overlap in time")
def _no_overlap() -> list[str]:
    return verify.rows(
        "SELECT a.id, b.id FROM membership_membership a JOIN membership_membership b"
        " ON b.person_id = a.person_id AND b.id > a.id WHERE a.ended_on IS NULL OR b.started_on < a.ended_on"
    )


@verify.invariant("membership: a member number is one person's")
def _one_number() -> list[str]:
    return verify.rows(
        "SELECT member_no, count(DISTINCT person_id) FROM membership_membership"
        " GROUP BY 1 HAVING count(DISTINCT person_id) > 1"
    )


@verify.invariant("membership: an approved application has led to a membership in that union")
def _approved_joined() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM membership_joinapplication a WHERE a.state = 'approved' AND NOT EXISTS ("
        " SELECT 1 FROM membership_membership m WHERE m.person_id = a.person_id"
        " AND m.union_id = a.union_id AND m.began_by = '1')"
    )


@verify.invariant("membership: a decided expulsion has ended the membership")
def _expelled_gone() -> list[str]:
    return verify.rows(
        "SELECT e.id FROM membership_expulsion e JOIN membership_membership m ON m.id = e.membership_id"
        " WHERE e.state = 'expelled' AND m.state <> 'expelled'"
    )
