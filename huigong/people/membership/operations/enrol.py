"""Putting people on the roll directly, and keeping their record right: imports, demo data, the cadre's desk."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction

from huigong.core import audit, identity
from huigong.core.errors import Refused
from huigong.core.identity import mask_name, mask_phone
from huigong.core.prepared import Prepared, Slot
from huigong.people.membership import events, queries
from huigong.people.membership.models import Employment, EmploymentStatus, Membership, Person, WorkForm
from huigong.people.membership.operations import roll
from huigong.people.membership.queries import Identity

if TYPE_CHECKING:
    from huigong.people.membership.models import Claim, JoinApplication
    from huigong.people.orgs.models import Union


@dataclass(frozen=True)
class PersonFields:
    """A person as a roll describes them. What is None or empty says nothing and changes nothing."""

    name: str
    id_number: str
    document_kind: str = identity.DocumentKind.RESIDENT_ID.value
    sex: str = ""
    born_on: date | None = None
    phone: str = ""
    work_form: str = ""
    skill: str = ""
    ethnicity: str = ""
    education: str = ""
    political_status: str = ""
    is_migrant: bool | None = None
    is_model_worker: bool | None = None
    tags: tuple[str, ...] = field(default=())
    unit_name: str = ""
    job_title: str = ""
    employment_status: str = ""


class Effect(StrEnum):
    """What `enrol` did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Enrolled(NamedTuple):
    """The person, their live membership, and what was done."""

    person: Person
    membership: Membership
    effect: Effect


@transaction.atomic
def enrol(
    union: "Union",
    *,
    fields: PersonFields,
    joined_on: date,
    actor: audit.Actor,
    member_no: str = "",
) -> Enrolled:
    """Put a person on the roll of `union`, or bring the record that is there up to date; safe to repeat.

    The document number decides who it is. Refuses bad input (422), a number that the roll knows under another
    name ("name-differs"), and a member of another union ("already-member"), who moves by transfer. The phone
    of somebody who uses the platform is theirs to change and stays.
    """
    who = queries.identify(
        name=fields.name,
        document_kind=fields.document_kind,
        id_number=fields.id_number,
        sex=fields.sex,
        born_on=fields.born_on,
    )
    phone = _phone(fields.phone)
    person = queries.person_by(who) or roll.add_person(who, work_form=fields.work_form or WorkForm.ENTERPRISE)
    held = queries.current_membership(person)
    _require_same(person, who, held, union)
    changed, columns = fill(person, who.name, fields, phone)
    if columns:
        person.save(update_fields=columns)
    current = roll.current_employment(person)
    if work := work_to_note(current, fields):
        roll.set_employment(person, **work._asdict())
        changed.add("employment")
    if held is not None:
        if changed:
            audit.record(
                actor, "membership:person:update", person, after={"fields": sorted(changed)}, org=union
            )
        return Enrolled(person, held, Effect.UPDATED if changed else Effect.UNCHANGED)
    membership = roll.open_membership(
        person,
        union=union,
        joined_on=joined_on,
        started_on=_start(person, joined_on),
        began_by=Membership.Change.JOIN,
        member_no=member_no,
    )
    after = {"union": union.name, "joined_on": joined_on}
    audit.record(actor, "membership:person:enrol", person, after=after, org=union)
    events.member_joined.send(sender=Membership, person=person, union_id=union.pk)
    return Enrolled(person, membership, Effect.CREATED)


_ends = Prepared(
    lambda: (
        Membership.objects.filter(person_id=Slot("person"))
        .order_by("-ended_on")
        .values_list("ended_on", flat=True)[:1]
    )
)


def _start(person: Person, joined_on: date) -> date:
    """Not before an earlier membership ended."""
    ended = _ends.first(person=person.pk)
    return max(joined_on, ended) if ended else joined_on


def _phone(text: str) -> str:
    if not text:
        return ""
    try:
        return identity.normalise_phone(text)
    except ValueError as error:
        raise Refused(str(error), "bad-phone", status=422) from None


def _require_same(person: Person, who: Identity, held: Membership | None, union: "Union") -> None:
    if held is not None and held.union_id != union.pk:
        raise Refused(f"这个证件号已是{held.union.name}的会员，换单位请办理转会。", "already-member")
    if person.name != who.name and (held is not None or person.account_id):
        raise Refused(
            f"这个证件号已登记为“{mask_name(person.name)}”，与“{who.name}”不一致，请核对。",
            "name-differs",
            status=422,
        )


_PLAIN = ("work_form", "skill", "is_migrant", "is_model_worker")
_OWN = ("ethnicity", "education", "political_status")
"""What people tell of themselves if they like; nobody's trail of changes repeats it."""
PHONE_COLUMNS = ("phone_sealed", "phone_index", "phone_tail_index")


def fill(person: Person, name: str, fields: PersonFields, phone: str) -> tuple[set[str], list[str]]:
    """Set on `person` what a roll says and the record does not: names of what changed, and the columns to save."""
    columns: list[str] = []
    changed = set(_differing(person, fields, _PLAIN))
    changed.update(own for own in _differing(person, fields, _OWN) if not _is_kept_by_holder(person, own))
    for plain in changed:
        setattr(person, plain, getattr(fields, plain))
    columns.extend(changed)
    if person.name != name:
        roll.name_person(person, name)
        changed.add("name")
        columns.extend(roll.NAME_FIELDS)
    if phone and person.account_id is None and phone != person.phone:
        person.phone = phone
        changed.add("phone")
        columns.extend(PHONE_COLUMNS)
    if missing := [tag for tag in fields.tags if tag not in person.tags]:
        person.tags = [*person.tags, *missing]
        changed.add("tags")
        columns.append("tags")
    return changed, columns


def left_to_holder(person: Person, fields: PersonFields) -> list[str]:
    """After `fill`: what the roll says otherwise and was left, because the holder of an account keeps it up."""
    return _differing(person, fields, ("phone", *_OWN)) if person.account_id else []


def _is_kept_by_holder(person: Person, name: str) -> bool:
    """Has somebody who uses the platform said it? Then no roll says it better."""
    return person.account_id is not None and getattr(person, name) != ""


def _differing(person: Person, fields: PersonFields, names: tuple[str, ...]) -> list[str]:
    said = (name for name in names if getattr(fields, name) not in ("", None))
    return [name for name in said if getattr(person, name) != getattr(fields, name)]


class Work(NamedTuple):
    """Where somebody works, as what, and how they stand there."""

    unit_name: str
    job_title: str
    status: str


def work_to_note(current: Employment | None, fields: PersonFields) -> Work | None:
    """The work that a roll tells of, if the record does not have it already. What is not said stays as it was."""
    unit_name = fields.unit_name or (current.unit_name if current else "")
    if not unit_name and not fields.employment_status:
        return None
    status = fields.employment_status or (current.status if current else EmploymentStatus.EMPLOYED)
    title = fields.job_title or (current.job_title if current else "")
    wanted = Work(unit_name, title, str(status))
    return None if current and wanted == (current.unit_name, current.job_title, current.status) else wanted


_CORRECTABLE = frozenset({"name", "phone", "sex", "born_on", "tags", *_PLAIN, *_OWN})


@transaction.atomic
def correct_person(person: Person, *, actor: audit.Actor, **fields: Any) -> Person:
    """Put the record of a person right: name, phone, sex, born_on, work_form, skill, tags, the two marks, and
    what people tell of themselves (`ethnicity`, `education`, `political_status`), which members correct, too.

    Only what changed is written, so that two who correct different things do not undo each other. The audit row
    names what people told of themselves without repeating it. The document number cannot change: another number
    is another person. Refuses a bad name or phone (422).
    """
    unknown = fields.keys() - _CORRECTABLE
    if unknown:
        raise TypeError(f"not to be corrected: {sorted(unknown)}")
    if "name" in fields:
        try:
            fields["name"] = identity.parse_name(fields["name"])
        except ValueError as error:
            raise Refused(str(error), "bad-name", status=422) from None
    if "phone" in fields:
        fields["phone"] = _phone(fields["phone"])
    changed = {name: value for name, value in fields.items() if getattr(person, name) != value}
    if changed:
        before, after = _told(person, changed), _told(person, changed, now=True)
        _save(person, changed)
        held = queries.current_membership(person)
        org = held.union if held else None
        audit.record(actor, "membership:person:correct", person, before=before, after=after, org=org)
    return person


def _save(person: Person, changed: dict[str, Any]) -> None:
    columns: set[str] = set()
    for name, value in changed.items():
        setattr(person, name, value)
        columns.update(PHONE_COLUMNS if name == "phone" else (name,))
    if "name" in changed:
        roll.name_person(person, person.name)
        columns.update(roll.NAME_FIELDS)
    person.save(update_fields=columns)


def _told(person: Person, changed: dict[str, Any], *, now: bool = False) -> dict[str, Any]:
    """For the audit trail: the values before or after, and which of the private ones were put right."""
    plain = {
        name: _written(name, value if now else getattr(person, name))
        for name, value in changed.items()
        if name not in _OWN
    }
    private = [name for name in _OWN if name in changed]
    return {**plain, "fields": private} if now and private else plain


def _written(name: str, value: Any) -> Any:
    """As it may stand in the audit trail: a phone only masked."""
    return mask_phone(value) if name == "phone" and value else value


@dataclass(frozen=True)
class Numbers:
    """What a reviewer compares with the document in front of them."""

    id_number: str
    phone: str


@transaction.atomic
def reveal_applicant(request: "JoinApplication | Claim", *, actor: audit.Actor) -> Numbers:
    """The unmasked document number and the asking account's phone, for deciding; the look is in the audit trail."""
    audit.record(actor, "membership:request:reveal", request, org=request.union)
    return Numbers(id_number=request.person.id_number, phone=request.account.phone)


@transaction.atomic
def reveal_number(person: Person, *, which: str, reason: str, actor: audit.Actor) -> str:
    """The unmasked "id_number" or "phone" of a person, for a stated reason; every look is in the audit trail."""
    if which not in ("id_number", "phone"):
        raise ValueError(f"no such number: {which}")
    if not reason.strip():
        raise Refused("请写明查看原因。", "no-reason", status=422)
    held = queries.current_membership(person)
    after = {"which": which, "reason": reason.strip()[:200]}
    audit.record(actor, "membership:person:reveal", person, after=after, org=held.union if held else None)
    return getattr(person, which)
