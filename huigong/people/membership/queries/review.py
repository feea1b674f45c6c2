"""What waits for a cadre's decision, and one request with all that the decision needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from huigong.core import calendar, formats
from huigong.core.audit import Actor
from huigong.core.identity import age_on
from huigong.people.membership import permissions
from huigong.people.membership.models import Claim, Expulsion, JoinApplication, Membership, Person, Transfer
from huigong.people.membership.queries.concerns import concerns
from huigong.people.membership.queries.members import current_membership
from huigong.people.orgs import permissions as orgs

KINDS = {"application": "入会", "claim": "认领", "transfer": "转会"}


@dataclass(frozen=True)
class ReviewRow:
    """One request in the cadre's list."""

    kind: str
    pk: int
    name: str
    lines: tuple[str, ...]
    label: str
    tone: str
    when: str
    due: str
    is_late: bool
    is_waiting: bool
    doubt: str
    is_final: bool


@dataclass(frozen=True)
class ReviewPage:
    """Rows in the order of their deadline (or, of finished ones, newest first) and the cursor after them."""

    rows: list[ReviewRow]
    next: str


def may_review(actor: Actor) -> bool:
    """Does the actor decide about anybody's requests?"""
    return orgs.may_anywhere(actor, permissions.JOIN_REVIEW)


def review_counts(actor: Actor) -> dict[str, int]:
    """How many requests of each kind wait for the actor's decision."""
    return {kind: awaiting(actor, kind).count() for kind in KINDS}


def awaiting(actor: Actor, kind: str) -> QuerySet[Any]:
    """Requests that the actor may decide now: never their own, never both sides of one transfer."""
    if kind == "application":
        within = orgs.reach(actor, permissions.JOIN_REVIEW)
        mine = JoinApplication.objects.filter(union__in=within, state=JoinApplication.State.SUBMITTED)
        return mine.exclude(permissions.belongs_to(actor, "account_id"))
    if kind == "claim":
        within = orgs.reach(actor, permissions.CLAIM_REVIEW)
        return Claim.objects.filter(union__in=within, state=Claim.State.SUBMITTED).exclude(
            permissions.belongs_to(actor, "account_id")
        )
    within = orgs.reach(actor, permissions.TRANSFER_REVIEW)
    going = Q(state=Transfer.State.OUT_PENDING, from_union__in=within)
    coming = Q(state=Transfer.State.IN_PENDING, to_union__in=within) & ~Q(out_decided_by=actor.pk)
    return Transfer.objects.filter(going | coming).exclude(
        permissions.belongs_to(actor, "person__account_id")
    )


def _decided(actor: Actor, kind: str) -> QuerySet[Any]:
    """Requests within the actor's reach that wait for nobody any more, or for the applicant."""
    if kind == "application":
        within = orgs.reach(actor, permissions.JOIN_REVIEW)
        return JoinApplication.objects.filter(union__in=within).exclude(state=JoinApplication.State.SUBMITTED)
    if kind == "claim":
        within = orgs.reach(actor, permissions.CLAIM_REVIEW)
        return Claim.objects.filter(union__in=within).exclude(state=Claim.State.SUBMITTED)
    within = orgs.reach(actor, permissions.TRANSFER_REVIEW)
    left = Q(from_union__in=within) & ~Q(state=Transfer.State.OUT_PENDING)
    arrived = Q(to_union__in=within, state__in=("done", "in_rejected"))
    return Transfer.objects.filter(left | arrived)


_NAMES = {
    "application": ("name", "union__name"),
    "claim": ("person__name", "union__name"),
    "transfer": ("person__name", "from_union__name", "to_union__name"),
}
_WITH = {
    "application": ("person", "union"),
    "claim": ("person", "union"),
    "transfer": ("person", "from_union", "to_union"),
}


def review_page(
    actor: Actor, kind: str, *, show: str = "", text: str = "", cursor: str = "", limit: int = 20
) -> ReviewPage:
    """Requests of one kind: those that wait in the order of their deadline, only the late ones, or those done.

    `show` is "", "late" or "done"; `text` is part of a name or of a union's. Constant in queries.
    """
    found = _decided(actor, kind) if show == "done" else awaiting(actor, kind)
    if show == "late":
        found = found.filter(due_on__lt=calendar.today())
    if text:
        found = found.filter(_any_contains(_NAMES[kind], text))
    found = found.order_by("-id") if show == "done" else found.order_by("due_on", "id")
    requests = list(_after(found, cursor, show).select_related(*_WITH[kind])[: limit + 1])
    more, shown = len(requests) > limit, requests[:limit]
    doubts = concerns(shown) if kind == "application" and show != "done" else {}
    names = _names_unions(actor)
    rows = [_row(kind, request, doubts.get(request.pk, []), names_union=names) for request in shown]
    return ReviewPage(rows, _cursor(shown[-1], show) if more else "")


def _names_unions(actor: Actor) -> bool:
    """Does the actor look after more than one union, so that each row must say which?"""
    return orgs.reach(actor, permissions.JOIN_REVIEW).values("pk")[:2].count() > 1


def _any_contains(fields: tuple[str, ...], text: str) -> Q:
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": text})
    return condition


def _cursor(request: Any, show: str) -> str:
    return str(request.pk) if show == "done" else f"{request.due_on.isoformat()}_{request.pk}"


def _after(found: QuerySet[Any], cursor: str, show: str) -> QuerySet[Any]:
    """What follows the cursor; one that we never wrote is passed over."""
    try:
        if show == "done":
            return found.filter(pk__lt=int(cursor)) if cursor else found
        day, pk = cursor.split("_")
        due_on = date.fromisoformat(day)
        return found.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=int(pk)))
    except ValueError:
        return found


def _row(kind: str, request: Any, doubts: list[Any], *, names_union: bool) -> ReviewRow:
    waiting = request.state in ("submitted", "out_pending", "in_pending")
    late = waiting and request.due_on < calendar.today()
    return ReviewRow(
        kind=kind,
        pk=request.pk,
        name=request.name if kind == "application" else request.person.name,
        lines=tuple(line for line in _lines(kind, request, names_union=names_union) if line),
        label=_label(request, waiting, late),
        tone="red" if late else "gold" if waiting else _DONE_TONES.get(request.state, "grey"),
        when=formats.ago_zh(request.submitted_at if kind == "application" else request.created_at),
        due=formats.day_zh(request.due_on),
        is_late=late,
        is_waiting=waiting,
        doubt=doubts[0].sentence if doubts else "",
        is_final=any(doubt.is_final for doubt in doubts),
    )


_DONE_TONES = {"approved": "ok", "confirmed": "ok", "done": "ok", "returned": "blue"}


def _lines(kind: str, request: Any, *, names_union: bool) -> tuple[str, ...]:
    if kind == "transfer":
        return (f"{request.from_union.name} → {request.to_union.name}", request.unit_name)
    union = request.union.name if names_union else ""
    if kind == "claim":
        return (union or "申请认领名册上的会籍",)
    return (union, " · ".join(part for part in (request.unit_name, request.job_title) if part))


def _label(request: Any, waiting: bool, late: bool) -> str:
    if late:
        return "已超期"
    if waiting and isinstance(request, Transfer):
        return "待转出" if request.state == Transfer.State.OUT_PENDING else "待转入"
    return request.get_state_display()


@dataclass(frozen=True)
class Review:
    """One request before its reviewer: the facts, the doubts, and whether it is theirs to decide now."""

    kind: str
    request: Any
    facts: list[tuple[str, str]]
    concerns: list[Any]
    can_decide: bool

    @property
    def is_final(self) -> bool:
        """Is there a doubt that forbids approval?"""
        return any(concern.is_final for concern in self.concerns)

    @property
    def person_name(self) -> str:
        return self.request.name if self.kind == "application" else self.request.person.name


def review(actor: Actor, kind: str, request: Any) -> Review:
    """What the cadre needs to decide about `request`, which they may see."""
    doubts = concerns([request])[request.pk] if kind == "application" else []
    return Review(
        kind=kind,
        request=request,
        facts=_FACTS[kind](request),
        concerns=doubts if request.state == "submitted" else [],
        can_decide=awaiting(actor, kind).filter(pk=request.pk).exists(),
    )


def _born(sex: str, born_on: date) -> str:
    return f"{sex}，{age_on(born_on, calendar.today())} 岁"


def _application_facts(application: JoinApplication) -> list[tuple[str, str]]:
    return [
        ("申请加入", application.union.name),
        ("性别年龄", _born(application.get_sex_display(), application.born_on)),
        ("就业形态", application.get_work_form_display()),
        ("工作单位", application.unit_name),
        ("岗位", application.job_title),
        ("提交时间", formats.date_zh(application.submitted_at)),
        ("办理期限", formats.day_zh(application.due_on)),
    ]


def _claim_facts(claim: Claim) -> list[tuple[str, str]]:
    person = claim.person
    held = current_membership(person)
    return [
        ("名册工会", claim.union.name),
        ("性别年龄", _born(person.get_sex_display(), person.born_on)),
        ("会员编号", held.member_no if held else ""),
        ("入会日期", formats.day_zh(held.joined_on) if held else ""),
        ("名册手机", person.masked_phone or "没有登记"),
        ("申请账号", claim.account.masked_phone),
        ("为何核对", _why_checked(claim)),
        ("办理期限", formats.day_zh(claim.due_on)),
    ]


def _why_checked(claim: Claim) -> str:
    if claim.state != Claim.State.SUBMITTED:
        return ""
    return "这份会籍已有另一个账号" if claim.person.account_id else "名册手机号与申请账号不同"


def _transfer_facts(transfer: Transfer) -> list[tuple[str, str]]:
    held = current_membership(transfer.person)
    return [
        ("转出工会", transfer.from_union.name),
        ("转入工会", transfer.to_union.name),
        ("转会原因", transfer.get_reason_display() if transfer.reason else ""),
        ("新单位", transfer.unit_name),
        ("岗位", transfer.job_title),
        ("说明", transfer.note),
        ("会员编号", held.member_no if held else ""),
        ("入会日期", formats.day_zh(held.joined_on) if held else ""),
        ("提交时间", formats.date_zh(transfer.created_at)),
        ("办理期限", formats.day_zh(transfer.due_on)),
    ]


_FACTS: dict[str, Callable[[Any], list[tuple[str, str]]]] = {
    "application": _application_facts,
    "claim": _claim_facts,
    "transfer": _transfer_facts,
}


@dataclass(frozen=True)
class PersonFile:
    """A person on the roll as a cadre on the phone sees them: memberships, work, an open expulsion."""

    person: Person
    memberships: list[Membership]
    employments: list[Any]
    expulsion: Any


def person_file(person: Person) -> PersonFile:
    """The history of a person whom the caller may see."""
    proposed = Expulsion.objects.filter(membership__person=person, state=Expulsion.State.PROPOSED)
    return PersonFile(
        person=person,
        memberships=list(person.memberships.select_related("union").order_by("-id")),
        employments=list(person.employments.order_by("-id")),
        expulsion=proposed.select_related("membership__union").first(),
    )


def may_expel(actor: Actor, expulsion: Expulsion | None) -> bool:
    """Is the proposal the actor's to decide: as chair, and not their own?"""
    return (
        expulsion is not None
        and expulsion.proposed_by != actor.pk
        and orgs.may(actor, permissions.EXPEL, expulsion.membership.union)
    )
