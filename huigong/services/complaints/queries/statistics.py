"""How many complaints of what kind, so that nobody is recognised in a small number."""

from typing import NamedTuple

from django.db.models import Count

from huigong.core.vault import vault
from huigong.services.complaints.models import Case
from huigong.services.complaints.permissions import Scope

FEWEST = 5
"""A smaller number is not told: in a small place one knows who that is."""


class Figures(NamedTuple):
    """Cases by cause, the small numbers hidden."""

    total: str
    by_cause: list[tuple[str, int | None]]
    """Label and number; None for a few."""

    @property
    def most(self) -> int:
        return max((count for _, count in self.by_cause if count), default=0)


def figures(scope: Scope) -> Figures:
    """Cases within `scope` by cause, frequent ones first. Where one alone is hidden the total is rough."""
    with vault():
        counts = dict(scope.cases().order_by().values_list("cause").annotate(count=Count("pk")))
    shown = sorted(((count, cause) for cause, count in counts.items()), reverse=True)
    rows = [(Case.Cause(cause).label, count if count >= FEWEST else None) for count, cause in shown]
    hidden = [count for count, _ in shown if count < FEWEST]
    total = sum(counts.values())
    if total < FEWEST:
        return Figures("不到 5 件", rows)
    return Figures(f"{total - sum(hidden):,} 件以上" if len(hidden) == 1 else f"{total:,} 件", rows)
