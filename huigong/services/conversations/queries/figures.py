"""How many letters there are, of what kind, and how soon and how well they are answered.

In the own offices every letter may be read, so that every number is told. Of the unions below numbers alone come up
(docs/decisions/0013-letters-stay-with-their-union.md), and none so small that it would point at somebody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from statistics import median
from typing import Any, NamedTuple

from django.utils import timezone

from huigong.core import calendar
from huigong.core import queries as core
from huigong.core.audit import Actor
from huigong.services.conversations import permissions
from huigong.services.conversations.models import Thread
from huigong.services.conversations.queries.threads import answer_within

FEWEST = 5
"""A smaller number from below is not told, and no average of fewer ratings: in a small union one knows who that is."""
PERIODS = {"": "今年", "last": "去年", "all": "全部"}


class _Letter(NamedTuple):
    """What is counted of a thread."""

    union: str
    kind: str
    is_waiting: bool
    is_late: bool
    days: int | None
    is_in_time: bool | None
    rating: int | None


@dataclass(frozen=True)
class UnionFigures:
    """The letters of one union, or of all of them. Shares are per cent; None where there is nothing to say."""

    name: str
    total: int
    waiting: int
    late: int
    in_time: int | None
    days: float | None
    rating: float | None

    @property
    def days_words(self) -> str:
        """How long an answer took in the middle: an answer of the same working day took less than one."""
        if self.days is None:
            return "—"
        return f"{self.days:g} 天" if self.days >= 1 else "1 天内"

    @property
    def line(self) -> str:
        """Beside its bar."""
        parts = [f"{self.total:,} 件"]
        if self.in_time is not None:
            parts.append(f"按期 {self.in_time}%")
        if self.days is not None:
            parts.append(f"中位 {self.days_words}")
        if self.rating is not None:
            parts.append(f"评分 {self.rating:.1f}")
        if self.late:
            parts.append(f"超期 {self.late:,} 件")
        return " · ".join(parts)


@dataclass(frozen=True)
class Figures:
    """The page: all together, by kind (None: too few to be told), by union, and of how many unions nothing is told."""

    whole: UnionFigures
    kinds: list[tuple[str, int | None]]
    unions: list[UnionFigures]
    hidden: int
    within: int

    @property
    def most_of_a_kind(self) -> int:
        return max((count for _, count in self.kinds if count), default=0)

    @property
    def most_of_a_union(self) -> int:
        return max((union.total for union in self.unions), default=0)


def oversees(actor: Actor) -> bool:
    """Are there unions below of whose letters the actor learns numbers?"""
    return permissions.overseen(actor).exists()


def figures(actor: Actor, *, below: bool = False, period: str = "") -> Figures:
    """Workers' letters of a period: those that the actor's offices handle, or those of the unions `below` them."""
    letters = _letters(actor, below=below, period=period)
    if below and len(letters) < FEWEST:
        letters = []
    by_union: defaultdict[str, list[_Letter]] = defaultdict(list)
    for letter in letters:
        by_union[letter.union].append(letter)
    kinds = Counter(letter.kind for letter in letters)
    totals = Counter({name: len(rows) for name, rows in by_union.items()})
    few, few_unions = (_too_few(kinds), _too_few(totals)) if below else (set(), set())
    told = [_figures(name, rows) for name, rows in by_union.items() if name not in few_unions]
    known = [(kind.label, None if kind in few else kinds[kind]) for kind in Thread.Kind if kinds[kind]]
    return Figures(
        whole=_figures("合计", letters),
        kinds=known,
        unions=sorted(told, key=lambda row: (-row.total, row.name)),
        hidden=len(few_unions),
        within=answer_within(),
    )


def _too_few(counts: Counter[str]) -> set[str]:
    """What is not told; never one alone, which the total would give away."""
    hidden = {key for key, count in counts.items() if count < FEWEST}
    others = sorted((count, key) for key, count in counts.items() if key not in hidden)
    return hidden | {others[0][1]} if len(hidden) == 1 and others else hidden


def _letters(actor: Actor, *, below: bool, period: str) -> list[_Letter]:
    if below:
        found = Thread.objects.filter(home__in=permissions.overseen(actor).values("pk"))
    else:
        found = permissions.handled_by(actor)
    found = found.exclude(kind=Thread.Kind.UNION)
    year = calendar.today().year
    if period != "all":
        found = found.filter(created_at__year=year - 1 if period == "last" else year)
    rows = list(
        found.order_by().values_list("home__name", "kind", "due_on", "created_at", "answered_at", "rating")
    )
    days = _WorkingDays(row[3] for row in rows)
    return [_letter(row, days) for row in rows]


def _letter(row: Sequence[Any], days: "_WorkingDays") -> _Letter:
    union, kind, due_on, written_at, answered_at, rating = row
    today = calendar.today()
    taken = days.between(written_at, answered_at) if answered_at else None
    in_time: bool | None = taken <= answer_within() if taken is not None else None
    if taken is None and days.between(written_at, timezone.now()) > answer_within():
        in_time = False
    return _Letter(
        union, kind, due_on is not None, due_on is not None and due_on < today, taken, in_time, rating
    )


class _WorkingDays:
    """Working days between two moments, counted from a table that is made once."""

    def __init__(self, moments: Iterable[datetime]) -> None:
        today = calendar.today()
        self._first = min((timezone.localdate(moment) for moment in moments), default=today)
        overrides = core.calendar_overrides()
        span = (today - self._first).days + 1
        each = (calendar.is_working_day(self._first + timedelta(days=day), overrides) for day in range(span))
        self._until = list(accumulate(map(int, each)))

    def between(self, start: datetime, end: datetime) -> int:
        """Those after the day of `start`, up to that of `end`; none when it ends before it begins."""
        return max(self._count(timezone.localdate(end)) - self._count(timezone.localdate(start)), 0)

    def _count(self, day: date) -> int:
        return self._until[min(max((day - self._first).days, 0), len(self._until) - 1)]


def _figures(name: str, letters: list[_Letter]) -> UnionFigures:
    judged = [letter.is_in_time for letter in letters if letter.is_in_time is not None]
    days = [letter.days for letter in letters if letter.days is not None]
    ratings = [letter.rating for letter in letters if letter.rating is not None]
    return UnionFigures(
        name=name,
        total=len(letters),
        waiting=sum(letter.is_waiting for letter in letters),
        late=sum(letter.is_late for letter in letters),
        in_time=round(sum(judged) * 100 / len(judged)) if judged else None,
        days=median(days) if days else None,
        rating=sum(ratings) / len(ratings) if len(ratings) >= FEWEST else None,
    )


def figures_sheet(found: Figures) -> tuple[list[str], list[list[Any]]]:
    """Heading and rows of the same as a spreadsheet: what the page hides is not in it either."""
    header = ["工会", "件数", "待答复", "已超期", "按期答复（%）", "首次答复中位数（工作日）", "平均评分"]
    rows = [
        [row.name, row.total, row.waiting, row.late, row.in_time, row.days, _one_place(row.rating)]
        for row in (found.whole, *found.unions)
    ]
    rows += [
        [f"类别：{label}", f"不到 {FEWEST}" if count is None else count, *[None] * 5]
        for label, count in found.kinds
    ]
    return header, rows


def _one_place(rating: float | None) -> float | None:
    return None if rating is None else round(rating, 1)
