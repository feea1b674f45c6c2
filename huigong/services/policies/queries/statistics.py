"""How many applied for what in a period, what became of it, how long it took; and from which unions.

Numbers so small that they point at somebody are told neither on the page nor in the sheet that leaves the house.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.core.formats import midnight, yuan
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Scheme

State = Application.State
FEWEST = 5
"""From a union with fewer applications nothing is told by name: there one knows who that is."""


@dataclass(frozen=True)
class Period:
    """From the first to the last of these days; an application belongs to the day on which it was handed in."""

    since: date
    until: date

    @property
    def label(self) -> str:
        return f"{_day(self.since)} 至 {_day(self.until)}"

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        return midnight(self.since), midnight(self.until + timedelta(days=1))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def year_of(year: int) -> Period:
    """A whole year; the current one ends today."""
    return Period(date(year, 1, 1), min(date(year, 12, 31), calendar.today()))


class _Counted(NamedTuple):
    scheme_id: int
    union: str
    state: str
    amount: int | None
    submitted_at: datetime
    verified_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True)
class SchemeFigures:
    """The figures of one scheme."""

    pk: int
    title: str
    applied: int
    verified: int
    approved: int
    refused: int
    fen: int
    median_days: float | None

    @property
    def amount(self) -> str:
        return yuan(self.fen)

    @property
    def days(self) -> str:
        return "—" if self.median_days is None else f"{self.median_days:g} 天"


def statistics(actor: Actor, period: Period) -> list[SchemeFigures]:
    """The figures of every scheme that the actor's unions offered in the period, newest first.

    Two queries however many. A scheme that was open then is told of also when nobody applied.
    """
    first, after = period.moments
    was_open = Q(opens_at__lt=after, closes_at__gt=first)
    schemes = permissions.schemes_managed_by(actor).exclude(state=Scheme.State.DRAFT)
    schemes = schemes.filter(was_open | Q(pk__in=_handed_in(period).values("scheme"))).order_by("-id")
    titles = list(schemes.values_list("pk", "title")[:200])
    by_scheme: dict[int, list[_Counted]] = defaultdict(list)
    for row in _counted((pk for pk, _ in titles), period):
        by_scheme[row.scheme_id].append(row)
    return [_figures(pk, title, by_scheme[pk]) for pk, title in titles]


def _handed_in(period: Period) -> QuerySet[Application]:
    first, after = period.moments
    return Application.objects.filter(submitted_at__gte=first, submitted_at__lt=after)


def _counted(scheme_ids: Iterable[int], period: Period) -> list[_Counted]:
    found = _handed_in(period).filter(scheme__in=list(scheme_ids))
    columns = ("scheme_id", "union__name", "state", "amount", "submitted_at", "verified_at", "decided_at")
    return [_Counted(*row) for row in found.values_list(*columns)]


def _figures(pk: int, title: str, rows: list[_Counted]) -> SchemeFigures:
    days = [
        (timezone.localdate(row.decided_at) - timezone.localdate(row.submitted_at)).days
        for row in rows
        if row.decided_at and row.state in (State.AWARDED, State.REFUSED)
    ]
    return SchemeFigures(
        pk=pk,
        title=title,
        applied=len(rows),
        verified=sum(row.verified_at is not None for row in rows),
        approved=_approved(rows),
        refused=sum(row.state == State.REFUSED for row in rows),
        fen=_fen(rows),
        median_days=median(days) if days else None,
    )


def _approved(rows: Iterable[_Counted]) -> int:
    return sum(row.state in (State.NOTICED, State.AWARDED) for row in rows)


def _fen(rows: Iterable[_Counted]) -> int:
    return sum(row.amount or 0 for row in rows if row.state == State.AWARDED)


@dataclass(frozen=True)
class UnionFigures:
    """The figures of one union, or of all that are too small to be named together. `share` is per cent of the most."""

    name: str
    applied: int
    approved: int
    fen: int
    share: int

    @property
    def amount(self) -> str:
        return yuan(self.fen)


@dataclass(frozen=True)
class ByUnion:
    """A scheme's figures, and where its applicants come from. `hidden`: so many unions are not told of at all."""

    whole: SchemeFigures
    unions: list[UnionFigures]
    hidden: int


def by_union(scheme: Scheme, period: Period) -> ByUnion:
    """The unions from which most applied, first. Those too small to be named are told in one sum, if that is not small.

    What the named ones leave of the whole must not be small either, nor be a single union's: then the smallest named
    ones join the sum.
    """
    rows = _counted([scheme.pk], period)
    groups: dict[str, list[_Counted]] = defaultdict(list)
    for row in rows:
        groups[row.union].append(row)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    named = [(name, held) for name, held in ordered if len(held) >= FEWEST]
    small = ordered[len(named) :]
    while named and small and (len(small) == 1 or sum(len(held) for _, held in small) < FEWEST):
        small.insert(0, named.pop())
    together = [row for _, held in small for row in held]
    most = max((len(held) for _, held in named), default=0) or len(together) or 1
    shown = [_of_union(name, held, most) for name, held in named]
    if len(together) >= FEWEST:
        shown.append(_of_union(f"其余 {len(small)} 家（合计）", together, most))
    hidden = len(small) if 0 < len(together) < FEWEST else 0
    return ByUnion(_figures(scheme.pk, scheme.title, rows), shown, hidden)


def _of_union(name: str, rows: list[_Counted], most: int) -> UnionFigures:
    share = min(100, len(rows) * 100 // most)
    return UnionFigures(name, len(rows), _approved(rows), _fen(rows), share)


def schemes_sheet(figures: list[SchemeFigures]) -> tuple[list[str], list[list[Any]]]:
    """Heading and rows of a spreadsheet: a scheme a row."""
    header = ["项目", "申报", "已核实", "通过", "未通过", "发放金额（元）", "办结天数（中位数）"]
    return header, [
        [row.title, row.applied, row.verified, row.approved, row.refused, row.fen / 100, row.median_days]
        for row in figures
    ]


def unions_sheet(found: ByUnion) -> tuple[list[str], list[list[Any]]]:
    """The same of one scheme by unions: what the page tells, and no more."""
    whole = found.whole
    rows: list[list[Any]] = [["合计", whole.applied, whole.approved, whole.fen / 100]]
    rows += [[row.name, row.applied, row.approved, row.fen / 100] for row in found.unions]
    if found.hidden:
        rows.append(
            [f"另有 {found.hidden} 家工会申报少于 {FEWEST} 份，为保护申报人，不列出", None, None, None]
        )
    return ["工会", "申报", "通过", "发放金额（元）"], rows
