"""Writes to the roll itself, shared by joining, claiming, transfer and import. Not public.

Locks are taken in one order everywhere: the request, the person, the membership, the account.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from huigong.core import audit, calendar, pinyin
from huigong.core.errors import Refused
from huigong.core.prepared import Prepared, Slot, insert
from huigong.people.accounts import operations as accounts
from huigong.people.inbox import operations as inbox
from huigong.people.membership.models import Employment, EmploymentStatus, Membership, Person
from huigong.people.membership.operations.telling import status_url
from huigong.people.orgs import queries as orgs

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account
    from huigong.people.membership.queries import Identity
    from huigong.people.orgs.models import Union


def add_person(who: "Identity", *, work_form: str) -> Person:
    """The person of that document: put down now, or the one who was there before."""
    person = Person(sex=who.sex, born_on=who.born_on, document_kind=who.document_kind, work_form=work_form)
    name_person(person, who.name)
    person.id_number = who.id_number
    try:
        with transaction.atomic():
            insert(person)
    except IntegrityError:
        return Person.objects.get(id_number_index=who.index)
    return person


def name_person(person: Person, name: str) -> None:
    """Set the name and what lists are sorted and searched by. The caller saves."""
    person.name = name
    person.sort_key, person.initials = pinyin.of_person(name)


NAME_FIELDS = ("name", "sort_key", "initials")


def link_account(person: Person, account: "Account", *, level: int, actor: audit.Actor) -> None:
    """Make `account` this person's; an older account of theirs lets go and is told.

    Refuses when `account` is somebody else's already.
    """
    former = person.account_id
    try:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).update(account=account)
    except IntegrityError:
        raise Refused("这个账号已登记为另一位职工，不能再登记。", "other-identity") from None
    person.account = account
    accounts.name_account(account, name=person.name, level=level, actor=actor)
    if former and former != account.pk:
        change = {"before": {"account": former}, "after": {"account": account.pk}}
        audit.record(actor, "membership:person:relink", person, **change)
        inbox.send(
            [former],
            kind=inbox.Kind.SYSTEM,
            title="您的会员身份已改由另一个账号使用",
            body="如果不是您本人办理，请马上联系您所在的工会。",
            url=status_url(),
        )


def open_membership(
    person: Person,
    *,
    union: "Union",
    joined_on: date,
    began_by: str,
    member_no: str = "",
    started_on: date | None = None,
) -> Membership:
    """Put the person on the union's roll. Refuses ("already-member") whoever stands on a roll already.

    The partial unique index decides, so that no race can put somebody on two rolls.
    """
    membership = Membership(
        person=person,
        union=union,
        member_no=member_no or _member_no(person, union),
        joined_on=joined_on,
        started_on=started_on or calendar.today(),
        began_by=began_by,
    )
    try:
        with transaction.atomic():
            insert(membership)
    except IntegrityError:
        raise Refused("这位职工已有会籍，不能再次入会；换单位请办理转会。", "already-member") from None
    return membership


def close_membership(membership: Membership, *, state: str, ended_by: str, reason: str = "") -> None:
    """End a live membership today, by one conditional statement."""
    move(
        membership,
        Membership.LIVE,
        state,
        ended_by=ended_by,
        ended_on=calendar.today(),
        reason=reason,
    )


def move(row: Membership, sources: tuple[str, ...], state: str, **values: object) -> None:
    """Change a membership's state by one conditional statement; of two racing decisions one is refused."""
    moved = Membership.objects.filter(pk=row.pk, state__in=sources).update(state=state, **values)
    if not moved:
        row.refresh_from_db(fields=["state"])
        raise Refused(f"会籍当前是“{row.get_state_display()}”，不能这样办理。", "wrong-state")
    row.state = state
    for name, value in values.items():
        setattr(row, name, value)


_member_nos = Prepared(
    lambda: (
        Membership.objects.filter(person_id=Slot("person"))
        .order_by("-id")
        .values_list("member_no", flat=True)[:1]
    )
)


def _member_no(person: Person, union: "Union") -> str:
    """The number of an earlier membership, for it stays with the person; else region and person's id."""
    earlier = _member_nos.first(person=person.pk)
    if earlier:
        return earlier
    nearest_first = (union, *orgs.ancestors(union).reverse())
    return new_member_no(person.pk, [office.region_code for office in nearest_first])


def new_member_no(person_id: int, regions: Iterable[str]) -> str:
    """The number of somebody who never had one: the first region that is known, and who they are."""
    code = next((region for region in regions if region), "")
    return f"{code:0<6.6}{person_id:08d}"


_employments = Prepared(
    lambda: Employment.objects.filter(person_id=Slot("person"), until=None).order_by("pk")[:1]
)


def current_employment(person: Person) -> Employment | None:
    """Where the person works now, as far as it is known."""
    return _employments.first(person=person.pk)


def set_employment(
    person: Person, *, unit_name: str, job_title: str = "", status: str = EmploymentStatus.EMPLOYED
) -> Employment:
    """Note where the person works now; the former employment ends today. What is the same is not written twice."""
    current = current_employment(person)
    if current and (current.unit_name, current.job_title, current.status) == (unit_name, job_title, status):
        return current
    today = calendar.today()
    if current:
        Employment.objects.filter(pk=current.pk).update(until=today)
    return insert(
        Employment(person=person, unit_name=unit_name, job_title=job_title, status=status, since=today)
    )
