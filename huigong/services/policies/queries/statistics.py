"""How many applied for what, what became of it, how long it took; and, without small numbers, from which unions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.formats import yuan
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Scheme

State = Application.State
FEWEST = 5
"""From a union with fewer applications nothing is told by name: there one knows who that is."""


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
    amount: str
    days: str


def statistics(actor: Actor) -> list[SchemeFigures]:
    """The figures of every scheme that the actor's unions offered, newest first; two queries however many."""
    schemes = permissions.schemes_managed_by(actor).exclude(state=Scheme.State.DRAFT).order_by("-id")
    titles = list(schemes.values_list("pk", "title")[:200])
    by_scheme: dict[int, list[_Counted]] = defaultdict(list)
    for row in _counted(pk for pk, _ in titles):
        by_scheme[row.scheme_id].append(row)
    return [_figures(pk, title, by_scheme[pk]) for pk, title in titles]


def _counted(scheme_ids: Iterable[int]) -> list[_Counted]:
    found = Application.objects.filter(scheme__in=list(scheme_ids)).exclude(submitted_at=None)
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
        amount=yuan(_amount(rows)),
        days=f"{median(days):g} 天" if days else "—",
    )


def _approved(rows: Iterable[_Counted]) -> int:
    return sum(row.state in (State.NOTICED, State.AWARDED) for row in rows)


def _amount(rows: Iterable[_Counted]) -> int:
    return sum(row.amount or 0 for row in rows if row.state == State.AWARDED)


@dataclass(frozen=True)
class UnionFigures:
    """The figures of one union, or of all that are too small to be named together. `share` is per cent of the most."""

    name: str
    applied: int
    approved: int
    amount: str
    share: int


@dataclass(frozen=True)
class ByUnion:
    """A scheme's figures, and where its applicants come from. `hidden`: so many unions are not told of at all."""

    whole: SchemeFigures
    unions: list[UnionFigures]
    hidden: int


def by_union(scheme: Scheme) -> ByUnion:
    """The unions from which most applied, first. Those too small to be named are told in one sum, if that is not small.

    A single small union would be known as what the others leave of the whole: then the smallest named one joins it.
    """
    rows = _counted([scheme.pk])
    groups: dict[str, list[_Counted]] = defaultdict(list)
    for row in rows:
        groups[row.union].append(row)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    named = [(name, held) for name, held in ordered if len(held) >= FEWEST]
    small = ordered[len(named) :]
    if len(small) == 1 and named:
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
    return UnionFigures(name, len(rows), _approved(rows), yuan(_amount(rows)), share)
