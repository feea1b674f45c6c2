"""What the cadres' workbench asks of the roll."""

import re
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from huigong.core import calendar, formats, identity
from huigong.core.audit import Actor, Moment
from huigong.people.approvals import queries as approvals
from huigong.people.membership import permissions
from huigong.people.membership.models import (
    Claim,
    Expulsion,
    JoinApplication,
    Membership,
    Person,
    Transfer,
)
from huigong.people.membership.queries.review import awaiting
from huigong.people.orgs import permissions as orgs

_WITH = {
    "application": ("union",),
    "claim": ("person", "union"),
    "transfer": ("person", "from_union", "to_union"),
}


def waiting(actor: Actor, kind: str) -> "QuerySet[JoinApplication] | QuerySet[Claim] | QuerySet[Transfer]":
    """Requests of one kind that wait for the actor's decision, the most urgent first."""
    return awaiting(actor, kind).select_related(*_WITH[kind]).order_by("due_on", "id")


def expulsions_waiting(actor: Actor) -> QuerySet[Expulsion]:
    """Proposed expulsions that are the actor's to decide, the oldest first."""
    within = orgs.reach(actor, permissions.EXPEL)
    proposed = Expulsion.objects.filter(state=Expulsion.State.PROPOSED, membership__union__in=within)
    return (
        proposed.exclude(proposed_by=actor.pk)
        .select_related("membership__person", "membership__union")
        .order_by("id")
    )


def count_within(actor: Actor, *, joined_since: date | None = None) -> int:
    """Active members within the actor's reach; only those who joined since a day, if one is given."""
    active = Membership.objects.filter(
        state=Membership.State.ACTIVE, union__in=orgs.reach(actor, permissions.ROLL_VIEW)
    )
    return active.filter(joined_on__gte=joined_since).count() if joined_since else active.count()


def with_standing(people: QuerySet[Person]) -> QuerySet[Person]:
    """Each person with `union_name`, `member_no`, `standing` and `joined_on` of their latest membership."""
    latest = Membership.objects.filter(person=OuterRef("pk")).order_by("-id")

    def of(field: str) -> Subquery:
        return Subquery(latest.values(field)[:1])

    return people.annotate(
        union_name=of("union__name"),
        member_no=of("member_no"),
        standing=of("state"),
        joined_on=of("joined_on"),
    )


def in_subtree(people: QuerySet[Person], path: str) -> QuerySet[Person]:
    """Of `people` those whose live membership is below `path`."""
    held = Membership.objects.filter(
        person=OuterRef("pk"), union__path__within=path, state__in=Membership.LIVE
    )
    return people.filter(Exists(held))


def in_state(people: QuerySet[Person], state: str) -> QuerySet[Person]:
    """Of `people` those with a membership in this state; for "proposed" those whose expulsion waits."""
    if state == Expulsion.State.PROPOSED:
        proposed = Expulsion.objects.filter(membership__person=OuterRef("pk"), state=state)
        return people.filter(Exists(proposed))
    return people.filter(Exists(Membership.objects.filter(person=OuterRef("pk"), state=state)))


_TAIL = re.compile(r"[0-9]{3}[0-9Xx]")


def people_meant(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Of `people` those whom `text` may mean: part of a name, initials, or the last four of phone or document.

    Whole numbers find nobody: they would stand in addresses and logs.
    """
    word = identity.normalise_number(text)
    if _TAIL.fullmatch(word):
        return people.filter(
            Q(phone_tail_index=Person.phone.index_of("phone_tail_index", word))
            | Q(id_tail_index=Person.id_number.index_of("id_tail_index", word))
        )
    if word.isascii() and word.isalpha():
        return people.filter(initials__startswith=word.lower())
    name = identity.normalise_name(text)
    return people.filter(name__contains=name) if name and not word.isdigit() else people.none()


def asked_by(requests: QuerySet, text: str, *, person: str = "person") -> QuerySet:
    """Of `requests` (applications, claims, transfers) those of the people whom `text` may mean."""
    return requests.filter(**{f"{person}__in": people_meant(Person.objects.all(), text).values("pk")})


def late_or_mine(requests: QuerySet, actor: Actor, kind: str, which: str) -> QuerySet:
    """Of `requests` of one kind those that wait for `actor` ("mine"), or are past their day ("late")."""
    if which == "mine":
        return requests.filter(pk__in=awaiting(actor, kind).values("pk"))
    if which == "late":
        return requests.filter(pk__in=awaiting(actor, kind).values("pk"), due_on__lt=calendar.today())
    return requests


def life(person: Person) -> list[Moment]:
    """The person's way through unions, jobs and requests, for the history page."""
    told = [_began(held) for held in person.memberships.select_related("union").order_by("id")]
    told += [
        _ended(held)
        for held in person.memberships.exclude(ended_on=None).select_related("union").order_by("id")
    ]
    requests = [
        *person.applications.select_related("union"),
        *person.claims.select_related("union"),
        *person.transfers.select_related("from_union", "to_union"),
    ]
    for request in requests:
        told += approvals.moments(request)
    return told


def _began(held: Membership) -> Moment:
    what = "转入" if held.began_by == Membership.Change.TRANSFER_IN else "加入"
    line = f"会员编号 {held.member_no}，入会日期 {held.joined_on}"
    at = formats.midnight(held.started_on)
    return Moment(at, f"{what}{held.union.name}", lines=(line,), tone="now", whole_day=True)


def _ended(held: Membership) -> Moment:
    words = (held.get_reason_display(),) if held.reason else ()
    title = f"离开{held.union.name} · {held.get_state_display()}"
    assert held.ended_on is not None  # a dead membership has its last day, says the table
    return Moment(formats.midnight(held.ended_on), title, lines=words, whole_day=True)
