"""Who stands behind an account, and in which union."""

from dataclasses import dataclass
from datetime import date

from huigong.core import verify
from huigong.core.audit import Actor
from huigong.people.membership.models import JoinApplication, Membership, Person, Transfer


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


def _member(row: tuple | None) -> Member | None:
    if row is None:
        return None
    values = list(row)
    values[6] = tuple(values[6])
    return Member(*values)


def member_of(actor: Actor) -> Member | None:
    """The live member behind an account, or None: one query."""
    live = Membership.objects.filter(person__account_id=actor.pk, state__in=Membership.LIVE)
    return _member(live.values_list(*_FIELDS).first())


def person_of(actor: Actor) -> Person | None:
    """The person behind an account, member or not."""
    return Person.objects.filter(account_id=actor.pk).first()


def current_membership(person: Person) -> Membership | None:
    """The person's live membership, if any."""
    live = person.memberships.filter(state__in=Membership.LIVE)
    return live.select_related("union").first()


def member_count() -> int:
    """How many active members the whole platform has."""
    return Membership.objects.filter(state=Membership.State.ACTIVE).count()


def open_request_count(actor: Actor) -> int:
    """How many of the actor's own applications and transfers are not finished."""
    mine = JoinApplication.objects.filter(account_id=actor.pk, state__in=JoinApplication.OPEN).count()
    return mine + Transfer.objects.filter(person__account_id=actor.pk, state__in=Transfer.OPEN).count()


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
