"""Putting a chunk of verdicts into the membership, in a fixed number of statements however many rows it has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from huigong.core import audit, bulk, calendar
from huigong.people.inbox import operations as inbox
from huigong.people.membership import events
from huigong.people.membership.models import Employment, Membership, Person, RollImportLine
from huigong.people.membership.operations import roll
from huigong.people.membership.operations.enrol import Work
from huigong.people.membership.operations.imports.judging import Result, Verdict
from huigong.people.membership.operations.imports.places import Places

_FRESH = {"began_by": Membership.Change.JOIN.value, "ended_by": "", "reason": ""}
"""What every membership begins with besides its own facts."""


def write(verdicts: Sequence[Verdict], places: Places, *, actor: audit.Actor, source: dict[str, Any]) -> None:
    """Write what the verdicts say, audit rows and messages included. The caller holds the transaction.

    `source` goes into every audit row and says which import it was. A person who was put down by somebody else
    since the verdicts were made raises `IntegrityError`: judge the chunk again.
    """
    taken = [verdict for verdict in verdicts if verdict.result in (Result.CREATED, Result.UPDATED)]
    _write_people(taken)
    _write_work(taken)
    _begin_memberships(taken, places)
    _correct_memberships(taken)
    audit.record_many(actor, [_deed(verdict, source) for verdict in taken])
    _tell(taken)


def _write_people(taken: Iterable[Verdict]) -> None:
    newcomers: list[Person] = []
    changed: list[Person] = []
    columns: set[str] = set()
    for verdict in taken:
        assert verdict.person is not None
        if verdict.person.pk is None:
            newcomers.append(verdict.person)
        elif verdict.columns:
            changed.append(verdict.person)
            columns.update(verdict.columns)
    bulk.copy(newcomers)
    if changed:
        Person.objects.bulk_update(changed, sorted(columns))


def _write_work(taken: Sequence[Verdict]) -> None:
    today = calendar.today()
    over = [verdict.former_work.pk for verdict in taken if verdict.former_work]
    if over:
        Employment.objects.filter(pk__in=over).update(until=today)
    begun = [
        (verdict.person.pk, today, *verdict.work) for verdict in taken if verdict.work and verdict.person
    ]
    bulk.copy_values(Employment, ("person_id", "since", *Work._fields), begun)


def _begin_memberships(taken: Iterable[Verdict], places: Places) -> None:
    joining = [
        (verdict.person, verdict.beginning) for verdict in taken if verdict.beginning and verdict.person
    ]
    columns = ("person_id", "union_id", "state", "member_no", "joined_on", "started_on", *_FRESH)
    bulk.copy_values(
        Membership,
        columns,
        (
            (
                person.pk,
                begun.union.pk,
                begun.state,
                begun.member_no or roll.new_member_no(person.pk, places.regions(begun.union)),
                begun.joined_on,
                begun.started_on,
                *_FRESH.values(),
            )
            for person, begun in joining
        ),
    )
    for person, begun in joining:
        events.member_joined.send(sender=Membership, person=person, union_id=begun.union.pk)


def _correct_memberships(taken: Iterable[Verdict]) -> None:
    corrected = [
        verdict.held for verdict in taken if verdict.held and {"state", "joined_on"} & set(verdict.changed)
    ]
    if corrected:
        Membership.objects.bulk_update(corrected, ["state", "joined_on", "started_on"])


def _deed(verdict: Verdict, source: dict[str, Any]) -> audit.Deed:
    person = verdict.person
    if begun := verdict.beginning:
        after = {"union": begun.union.name, "joined_on": begun.joined_on, **source}
        return audit.Deed("membership:person:enrol", person, after=after, org=begun.union)
    assert verdict.held is not None
    after = {"fields": list(verdict.changed), **source}
    return audit.Deed("membership:person:update", person, after=after, org=verdict.held.union)


def _tell(taken: Iterable[Verdict]) -> None:
    """Those who use the platform hear that their membership began or changed its state."""
    news: dict[str, list[int | None]] = defaultdict(list)
    for verdict in taken:
        if verdict.person and verdict.person.account_id:
            if verdict.beginning:
                news[f"您已列入{verdict.beginning.union.name}的会员名册"].append(verdict.person.account_id)
            elif verdict.held and "state" in verdict.changed:
                news[f"您的会籍状态改为“{verdict.held.get_state_display()}”"].append(
                    verdict.person.account_id
                )
    for title, accounts in news.items():
        inbox.send(accounts, kind=inbox.Kind.REQUEST, title=title, url=reverse("membership:status"))


def lines_of(verdicts: Iterable[Verdict]) -> list[tuple[int, str, str, str, str]]:
    """(row, result, name, field, reason): one for each row, for a rejected one as many as it has faults."""
    return [line for verdict in verdicts for line in _lines(verdict)]


def _lines(verdict: Verdict) -> Iterable[tuple[int, str, str, str, str]]:
    entry, result = verdict.entry, verdict.result.value
    if verdict.result != Result.REJECTED:
        return [(entry.number, result, entry.name, "", verdict.reason)]
    return [(entry.number, result, entry.name, fault.field, fault.reason[:300]) for fault in verdict.faults]


LINE_COLUMNS = ("roll_import_id", "row", "result", "name", "field", "reason")


def keep_lines(import_id: int, verdicts: Iterable[Verdict]) -> None:
    """Put on record what became of each row of an import."""
    bulk.copy_values(RollImportLine, LINE_COLUMNS, ((import_id, *line) for line in lines_of(verdicts)))
