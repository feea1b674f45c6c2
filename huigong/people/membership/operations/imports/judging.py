"""What a roll changes about the membership: each understood row against what is on record. Writes nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from huigong.core import calendar, formats
from huigong.core.audit import Actor
from huigong.core.identity import Sex, mask_name
from huigong.core.tables import RowError
from huigong.people.membership import permissions
from huigong.people.membership.models import Employment, Membership, Person, RollImportLine, WorkForm
from huigong.people.membership.operations import roll
from huigong.people.membership.operations.enrol import Work, fill, left_to_holder, work_to_note
from huigong.people.membership.operations.imports.entry import Entry
from huigong.people.membership.operations.imports.names import same_name
from huigong.people.orgs import permissions as orgs

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

Result = RollImportLine.Result
State = Membership.State

CHANGED = {
    "name": "姓名",
    "phone": "手机号",
    "work_form": "就业形态",
    "skill": "技能等级",
    "ethnicity": "民族",
    "education": "学历",
    "political_status": "政治面貌",
    "is_migrant": "农民工",
    "is_model_worker": "劳模",
    "tags": "标签",
    "employment": "单位、岗位或就业状况",
    "state": "会籍状态",
    "joined_on": "入会日期",
}


@dataclass(slots=True)
class Known:
    """Somebody whom the roll has met before."""

    person: Person
    memberships: list[Membership] = field(default_factory=list)
    work: Employment | None = None

    @property
    def held(self) -> Membership | None:
        return next((row for row in self.memberships if row.state in Membership.LIVE), None)


class Beginning(NamedTuple):
    """A membership to begin. The number is empty for who never had one."""

    union: "Union"
    state: str
    member_no: str
    joined_on: date
    started_on: date


@dataclass(slots=True)
class Verdict:
    """What becomes of a row, and all that writing it needs."""

    entry: Entry
    result: Result
    faults: Sequence[RowError] = ()
    notes: list[str] = field(default_factory=list)
    changed: Sequence[str] = ()
    person: Person | None = None
    columns: Sequence[str] = ()
    held: Membership | None = None
    former_work: Employment | None = None
    work: Work | None = None
    beginning: Beginning | None = None

    @property
    def reason(self) -> str:
        words = "更新了" + "、".join(CHANGED[name] for name in self.changed) + "。" if self.changed else ""
        return (words + "".join(self.notes))[:300]


def look_up(entries: Iterable[Entry], *, lock: bool) -> dict[str, Known]:
    """Those of the entries who are on record, by the blind index of their number: three queries for any count.

    With `lock` nobody else changes them before the transaction ends.
    """
    indexes = [entry.index for entry in entries if entry.index]
    if not indexes:
        return {}
    people = Person.objects.filter(id_number_index__in=indexes).order_by("pk")
    if lock:
        people = people.select_for_update(no_key=True)
    by_id = {person.pk: Known(person) for person in people}
    if not by_id:
        return {}
    memberships = Membership.objects.filter(person__in=by_id).select_related("union").order_by("-id")
    for membership in memberships:
        by_id[membership.person_id].memberships.append(membership)
    for work in Employment.objects.filter(person__in=by_id, until=None):
        by_id[work.person_id].work = work
    return {known.person.id_number_index: known for known in by_id.values()}


def judge(entry: Entry, known: Known | None, *, actor: Actor) -> Verdict:
    """What importing the row would do, or why it may not."""
    if entry.faults:
        return Verdict(entry, Result.REJECTED, entry.faults)
    if known is None:
        return _newcomer(entry)
    if faults := _contradictions(entry, known, actor):
        return Verdict(entry, Result.REJECTED, faults)
    return _acquaintance(entry, known)


# --- People whom nobody knows yet


def _newcomer(entry: Entry) -> Verdict:
    who, fields = entry.who, entry.fields
    assert who is not None
    assert fields is not None
    person = Person(
        sex=who.sex,
        born_on=who.born_on,
        document_kind=who.document_kind,
        work_form=fields.work_form or WorkForm.ENTERPRISE,
        skill=fields.skill,
        ethnicity=fields.ethnicity,
        education=fields.education,
        political_status=fields.political_status,
        is_migrant=bool(fields.is_migrant),
        is_model_worker=bool(fields.is_model_worker),
        tags=list(fields.tags),
    )
    roll.name_person(person, who.name)
    person.id_number = who.id_number
    person.phone = fields.phone
    verdict = Verdict(
        entry, Result.CREATED, notes=[*entry.notes], person=person, work=work_to_note(None, fields)
    )
    _begin(verdict, [])
    return verdict


def _begin(verdict: Verdict, earlier: Sequence[Membership]) -> None:
    """Plan the new membership; it does not overlap an earlier one."""
    entry = verdict.entry
    if entry.date_note:
        verdict.notes.append(entry.date_note)
    joined_on = entry.joined_on or calendar.today()
    ended = max((row.ended_on for row in earlier if row.ended_on), default=joined_on)
    assert entry.union is not None
    verdict.beginning = Beginning(
        union=entry.union,
        state=entry.state or State.ACTIVE.value,
        member_no=earlier[0].member_no if earlier else "",
        joined_on=joined_on,
        started_on=max(joined_on, ended),
    )


# --- People on record


def _contradictions(entry: Entry, known: Known, actor: Actor) -> list[RowError]:
    """Why the row cannot mean the person on record. Whoever may not see them learns nothing about them."""
    who, person, held = entry.who, known.person, known.held
    assert who is not None
    assert entry.union is not None
    seen = any(orgs.may(actor, permissions.ROLL_VIEW, row.union) for row in known.memberships)
    if not same_name(person.name, who.name):
        return _other_name(person, seen)
    if person.sex != who.sex:
        told = f"名册上登记的是“{Sex(person.sex).label}”，" if seen else "与以前登记的不同，"
        return [RowError("sex", f"{told}请核对性别或证件号码。")]
    if held is not None:
        if held.union_id == entry.union.pk:
            return []
        where = held.union.name if orgs.may(actor, permissions.ROLL_VIEW, held.union) else "其他工会"
        return [RowError("union", f"已是{where}会员，换单位请办理转会。")]
    return _departed(entry, known)


def _other_name(person: Person, seen: bool) -> list[RowError]:
    told = (
        f"这个证件号码在名册上是“{mask_name(person.name)}”，"
        if seen
        else "这个证件号码以前登记的是另一个姓名，"
    )
    return [
        RowError("name", f"{told}请对照证件核对姓名。"),
        RowError("id_number", "姓名对不上，可能填错了号码，请对照证件逐位核对。"),
    ]


def _departed(entry: Entry, known: Known) -> list[RowError]:
    """Nobody is put back by an old list: not the dead, not who was expelled, nor who left this union since."""
    assert entry.union is not None
    for membership in known.memberships:
        if membership.state == State.DECEASED:
            return [RowError("id_number", "这个证件号码不能再登记入会，请联系上级工会核对。")]
        if membership.state == State.EXPELLED:
            return [RowError("id_number", "曾被除名，重新入会须由本人申请、工会讨论通过。")]
    left = next((row for row in known.memberships if row.union_id == entry.union.pk), None)
    if left is None or left.ended_on is None or (entry.joined_on and entry.joined_on > left.ended_on):
        return []
    ended = formats.day_zh(left.ended_on)
    return [RowError("joined_on", f"已于{ended}退会。如果又入会了，请写新的入会日期。")]


def _acquaintance(entry: Entry, known: Known) -> Verdict:
    fields, person, held = entry.fields, known.person, known.held
    assert fields is not None
    changed, columns = fill(person, person.name, fields, fields.phone)
    work = work_to_note(known.work, fields)
    if work:
        changed.add("employment")
    verdict = Verdict(
        entry,
        Result.CREATED,
        notes=[*entry.notes],
        person=person,
        columns=columns,
        held=held,
        former_work=known.work if work else None,
        work=work,
    )
    if kept := left_to_holder(person, fields):
        names = "、".join(CHANGED[name] for name in kept)
        verdict.notes.append(f"{names}由本人在平台上维护，没有改。")
    if held is None:
        _begin(verdict, known.memberships)
        return verdict
    changed |= _corrections(verdict, known, held)
    verdict.changed = [name for name in CHANGED if name in changed]
    verdict.result = Result.UPDATED if changed else Result.UNCHANGED
    return verdict


def _corrections(verdict: Verdict, known: Known, held: Membership) -> set[str]:
    """Set on the membership what the roll tells otherwise. Dates stay once the member or a union relies on them."""
    entry, changed = verdict.entry, set()
    if entry.state and entry.state != held.state:
        held.state = entry.state
        changed.add("state")
    if entry.joined_on and entry.joined_on != held.joined_on:
        if known.person.account_id or len(known.memberships) > 1:
            verdict.notes.append("入会日期与名册不同，没有改。")
        else:
            held.joined_on = held.started_on = entry.joined_on
            changed.add("joined_on")
    return changed


# --- Doubles


def note_doubles(verdicts: Sequence[Verdict], scope: "Union") -> None:
    """Remark on newcomers whose name and phone a member within `scope` has: at most two queries for any number."""
    newcomers = {
        (verdict.person.phone_index, verdict.person.name): verdict
        for verdict in verdicts
        if verdict.result == Result.CREATED
        and verdict.person
        and not verdict.person.pk
        and not verdict.entry.is_double
    }
    phones = [phone for phone, _ in newcomers if phone]
    if not phones:
        return
    namesakes = Person.objects.filter(phone_index__in=phones).values_list("pk", "phone_index", "name")
    alike = {pk: newcomers[phone, name] for pk, phone, name in namesakes if (phone, name) in newcomers}
    for pk in _members_within(scope, alike):
        remark = "名册上已有同名同手机号的会员，证件号码不同，请核对是否同一人。"
        if remark not in alike[pk].notes:
            alike[pk].notes.append(remark)


def _members_within(scope: "Union", people: Collection[int]) -> set[int]:
    if not people:
        return set()
    live = Membership.objects.filter(person__in=people, state__in=Membership.LIVE)
    return set(live.filter(union__path__within=scope.path).values_list("person_id", flat=True))
