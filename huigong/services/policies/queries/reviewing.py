"""What waits for those who look into applications, and all that concerns them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.core.formats import ago_zh, day_zh
from huigong.core.keys import row_key
from huigong.people.membership.queries import workbench as roll
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as unions
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Objection, Scheme

State = Application.State
IN_REVIEW = (State.SUBMITTED, State.VERIFIED)
"""While it is looked into, the first look counts."""
PAGE = 20
WAITING = "mine"
REVIEW_STAGES: dict[str, str] = {
    WAITING: "待我办理",
    "": "全部",
    **{state.value: state.label for state in State if state != State.DRAFT},
}
TONES = {
    State.SUBMITTED: "gold",
    State.VERIFIED: "gold",
    State.NOTICED: "blue",
    State.RETURNED: "grey",
    State.AWARDED: "ok",
    State.REFUSED: "red",
    State.WITHDRAWN: "grey",
}
NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Sought:
    """What a reviewer looks for; empty parts ask nothing."""

    stage: str = WAITING
    scheme_id: int | None = None
    union_id: int | None = None
    text: str = ""


@dataclass(frozen=True)
class ReviewRow:
    """One application in the list. `can_decide`: it may be ticked to decide many at once."""

    pk: int
    name: str
    href: str
    lines: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    can_decide: bool


@dataclass(frozen=True)
class ReviewPage:
    """A page of them, and the cursor of the next one ("" at the end)."""

    rows: list[ReviewRow]
    next: str


def due() -> Coalesce:
    """The day by which an application has to be dealt with; a far one when it waits for its author or for nobody."""
    return Coalesce(
        Case(
            When(state=State.SUBMITTED, then="verify_by"),
            When(state__in=[State.VERIFIED, State.NOTICED], then="decide_by"),
        ),
        Value(NEVER),
    )


def awaiting(actor: Actor) -> QuerySet[Application]:
    """What the actor can do something about today, the most urgent first."""
    found = permissions.awaiting(actor).annotate(due_on=due()).select_related("scheme", "union", "person")
    return found.order_by("due_on", "id")


def review_page(actor: Actor, sought: Sought, *, cursor: str = "", limit: int = PAGE) -> ReviewPage:
    """Applications that concern an office of the actor's: what waits by its day, everything else newest first."""
    found = matching(actor, sought)
    order = ("due_on", "id") if sought.stage == WAITING else ("-id",)
    found = _beyond(found, cursor, by_day=sought.stage == WAITING)
    rows = list(found.order_by(*order)[: limit + 1])
    more = len(rows) > limit
    mine = set(
        permissions.decidable(actor).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    shown = [_row(row, row.pk in mine) for row in rows[:limit]]
    return ReviewPage(shown, f"{rows[limit - 1].due_on}_{rows[limit - 1].pk}" if more else "")


def matching(actor: Actor, sought: Sought) -> QuerySet[Any]:
    """The applications that `sought` means, with what a row shows."""
    found = permissions.awaiting(actor) if sought.stage == WAITING else permissions.reviewed_by(actor)
    if sought.stage not in ("", WAITING):
        found = found.filter(state=sought.stage)
    if sought.scheme_id:
        found = found.filter(scheme=sought.scheme_id)
    if sought.union_id:
        found = found.filter(orgs.subtree(unions.paths([sought.union_id]), "union__"))
    if sought.text:
        found = roll.asked_by(found, sought.text)
    doubted = Objection.objects.filter(application=OuterRef("pk"), replied_at=None)
    return found.annotate(due_on=due(), doubted=Exists(doubted)).select_related("scheme", "union", "person")


def _beyond(found: QuerySet[Any], cursor: str, *, by_day: bool) -> QuerySet[Any]:
    """What follows the cursor; nothing for one that we never gave."""
    if not cursor:
        return found
    day, _, key = cursor.partition("_")
    pk = row_key(key)
    try:
        due_on = date.fromisoformat(day)
    except ValueError:
        pk = None
    if pk is None:
        return found.none()
    if not by_day:
        return found.filter(pk__lt=pk)
    return found.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))


def _row(application: Any, is_mine: bool) -> ReviewRow:
    state = State(application.state)
    tags = [(state.label, TONES[state])]
    if application.doubted:
        tags.append(("有异议", "red"))
    if is_mine and application.due_on < calendar.today():
        tags.append(("已超期", "red"))
    return ReviewRow(
        pk=application.pk,
        name=application.person.name,
        href=reverse("policies:review", args=[application.pk]),
        lines=[
            ("clipboard-list", application.scheme.title),
            ("building-2", application.union.short_name or application.union.name),
            ("clock", _when(application)),
        ],
        tags=tags,
        can_decide=is_mine and _is_ripe(application),
    )


def _when(application: Any) -> str:
    told = f"{ago_zh(application.submitted_at)}提交"
    if application.state == State.NOTICED and application.notice_until >= calendar.today():
        return f"{told} · 公示到 {day_zh(application.notice_until)}"
    if application.due_on == NEVER:
        return told
    words = {State.SUBMITTED: "前核实", State.VERIFIED: "前审定", State.NOTICED: "前办结"}
    return f"{told} · {day_zh(application.due_on)}{words[State(application.state)]}"


def _is_ripe(application: Any) -> bool:
    """Can it be decided with many others: up for decision, or at the end of an undisturbed notice?"""
    if application.state == State.NOTICED:
        return not application.doubted and application.notice_until < calendar.today()
    return application.state == State.VERIFIED


@dataclass(frozen=True)
class Choices:
    """What the list can be narrowed to: schemes and places in the tree of unions."""

    schemes: list[tuple[int, str]]
    unions: list[tuple[int, str]]


def choices(actor: Actor, union_id: int | None = None) -> Choices:
    """The schemes of which the actor sees applications, and the unions about the one that is chosen."""
    applied = permissions.reviewed_by(actor).order_by("-scheme").values_list("scheme", "scheme__title")
    places = unions.branches(actor, union_id, permission=permissions.REVIEW)
    return Choices(list(applied.distinct()[:100]), [(pk, label) for pk, label, _ in places])


def figures(scheme: Scheme, actor: Actor) -> dict[str, int]:
    """How many applications to `scheme` stand how, of those that concern the actor."""
    found = permissions.reviewed_by(actor).filter(scheme=scheme).order_by()
    counted = found.values_list("state").annotate(count=Count("pk"))
    return {state.value: 0 for state in State if state != State.DRAFT} | dict(counted)
