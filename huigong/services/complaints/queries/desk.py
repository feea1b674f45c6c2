"""The county's list: what is overdue and due today comes first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from huigong.core import calendar
from huigong.core.formats import day_zh, yuan
from huigong.core.vault import vault
from huigong.services.complaints.models import Access, Case, Deadline, Entry, Letter
from huigong.services.complaints.permissions import Conflicts, Scope, apart_from
from huigong.services.complaints.queries.letters import (
    late_answers,
    letter_tag,
    open_letters,
    waiting_letters,
)
from huigong.services.complaints.queries.words import due_words, tags_of

LISTS = {
    "": "待办",
    "received": "待受理",
    "handling": "办理中",
    "replied": "待回访质检",
    "letters": "文书",
    "done": "已了结",
}
_STATES = {
    "received": (Case.State.RECEIVED,),
    "handling": (Case.State.ACCEPTED, Case.State.HANDLING, Case.State.PAUSED),
    "replied": (Case.State.REPLIED, Case.State.VISITED),
    "done": (Case.State.CLOSED, Case.State.DECLINED, Case.State.TRANSFERRED),
}
_STATES[""] = _STATES["received"] + _STATES["handling"] + _STATES["replied"]
PER_PAGE = 20
_URGED_LATELY = timedelta(days=14)


@dataclass(frozen=True)
class DeskRow:
    """One case of the list; nothing in it was unsealed."""

    uuid: object
    title: str
    lines: list[tuple[str, str]]
    tags: list[tuple[str, str]]


class DeskPage(NamedTuple):
    rows: list[DeskRow]
    next: int
    """How many to skip for the rows that follow; 0 when these are the last."""


@dataclass(frozen=True)
class Awaiting:
    """How much is open on somebody's desk, how much of it is due today or late, how much late; and answers."""

    count: int
    due: int
    late: int
    answers: int
    """Letters that were to be answered by now."""


def desk_page(scope: Scope, *, which: str = "", skip: int = 0) -> DeskPage:
    """Cases within `scope` of the list `which`: by deadline, those without one after; done ones newest first."""
    with vault():
        found = _dated(_listed(scope.cases(), which))
        order = ("-pk",) if which == "done" else (F("due_on").asc(nulls_last=True), "pk")
        cases = list(found.order_by(*order)[skip : skip + PER_PAGE + 1])
        shown = cases[:PER_PAGE]
        beside = _beside(shown)
    rows = [_row(case, beside) for case in shown]
    return DeskPage(rows, skip + PER_PAGE if len(cases) > PER_PAGE else 0)


class _Beside(NamedTuple):
    """What stands beside the cases of a page, by case."""

    running: dict[int, Deadline]
    in_hand: set[int]
    letters: dict[int, list[Letter]]
    urged: set[int]


def _beside(cases: list[Case]) -> _Beside:
    running = Deadline.objects.filter(case__in=cases, ended_on=None)
    leads = Access.objects.filter(case__in=cases, revoked_at=None, part=Access.Part.LEAD)
    urged = Entry.objects.filter(
        case__in=cases,
        case__state__in=_STATES["handling"],
        kind=Entry.Kind.URGED,
        at__gte=timezone.now() - _URGED_LATELY,
    )
    return _Beside(
        {row.case_id: row for row in running},
        set(leads.values_list("case_id", flat=True)),
        open_letters(cases),
        set(urged.values_list("case_id", flat=True)),
    )


def _listed(cases: QuerySet[Case], which: str) -> QuerySet[Case]:
    if which != "letters":
        return cases.filter(state__in=_STATES[which])
    return cases.filter(Exists(waiting_letters().filter(case=OuterRef("pk"))))


def _dated(cases: QuerySet[Case]) -> QuerySet[Any]:
    running = Deadline.objects.filter(case=OuterRef("pk"), ended_on=None)
    return cases.annotate(due_on=Subquery(running.values("due_on")[:1]))


def _row(case: Case, beside: _Beside) -> DeskRow:
    money = [] if case.amount_fen is None else [yuan(case.amount_fen)]
    lines = [
        ("hash", f"编号 {case.number[:4]} {case.number[4:]} · {day_zh(case.lodged_on)}提交"),
        ("users", " · ".join([*money, f"{case.people_affected:,} 人", case.get_tier_display()])),
    ]
    tags = tags_of(case)
    if deadline := beside.running.get(case.pk):
        words, tone = due_words(deadline)
        tags = [(f"{deadline.get_task_display()}{words}", tone), *tags]
    if case.pk not in beside.in_hand and case.state in _STATES[""]:
        tags.append(("未指派", "gold"))
    if case.pk in beside.urged:
        tags.append(("已督办", "red"))
    if case.leading_id:
        tags.append(("已并案", "grey"))
    tags += [letter_tag(letter) for letter in beside.letters.get(case.pk, [])]
    return DeskRow(case.uuid, case.get_cause_display(), lines, tags)


def unseen(everybodys: list[Conflicts]) -> list[int]:
    """Open cases that each of several officers is too close to; with nobody in office, all of them."""
    with vault():
        left = Case.objects.filter(state__in=_STATES[""])
        for too_close in everybodys:
            seen = apart_from(Case.objects.filter(state__in=_STATES[""]), too_close)
            left = left.exclude(pk__in=seen.values("pk"))
        return list(left.values_list("pk", flat=True))


def concerns(case_ids: list[int], too_close: Conflicts) -> bool:
    """Is one of those cases about somebody to whom `too_close` is?"""
    with vault():
        found = Case.objects.filter(pk__in=case_ids)
        return apart_from(found, too_close).count() < len(case_ids)


def awaiting(scope: Scope) -> Awaiting:
    """Open cases within `scope`."""
    with vault():
        found = _dated(scope.cases().filter(state__in=_STATES[""]))
        due, late = Q(due_on__lte=calendar.today()), Q(due_on__lt=calendar.today())
        count, due_now, late_now = (found.filter(which).count() for which in (Q(), due, late))
        return Awaiting(count, due_now, late_now, late_answers(scope.cases()))


class Waiting(NamedTuple):
    """An open case without a word of what it is about."""

    uuid: object
    number: str
    state: str
    due_on: date | None


def due_first(scope: Scope, *, limit: int) -> list[Waiting]:
    """The open cases within `scope` that are due first."""
    with vault():
        found = _dated(scope.cases().filter(state__in=_STATES[""]))
        cases = list(found.order_by(F("due_on").asc(nulls_last=True), "pk")[:limit])
    return [
        Waiting(case.uuid, f"{case.number[:4]} {case.number[4:]}", case.get_state_display(), case.due_on)
        for case in cases
    ]
