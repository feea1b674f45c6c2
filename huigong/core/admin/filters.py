"""Filters of lists. A list can be filtered by what it declares and by nothing else.

What a filter asks is told by `shown` as plain values, for one template to draw (``workbench/filters.html``): forms
and widgets for each box were a fifth of what a list cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter

from huigong.core.audit import Actor
from huigong.core.keys import row_key

Branches = Callable[[Actor, int | None], list[tuple[int, str, str]]]
"""(id, label, path) of the places in a tree that may be chosen from the chosen one; only what `actor` may see."""


@dataclass(frozen=True)
class Choice:
    """One of several: `options` are (value, label)."""

    title: str
    name: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Days:
    """From one day to another, both within, as they were typed."""

    title: str
    name: str
    first: str
    last: str


class ChoiceFilter(ChoicesDropdownFilter):
    """By the choices of a field."""

    form_class = None

    def shown(self) -> Choice:
        """The box as it stands now."""
        options = [(str(key), str(label)) for key, label in self.field.flatchoices]
        return Choice(self.title, self.lookup_kwarg, options, self.value() or "")


class DateFilter(RangeDateFilter):
    """By days, from and to, both within; a moment lies in the day that it has here. What is no day is left out."""

    form_class = None

    def shown(self) -> Days:
        """The two boxes as they stand now."""
        return Days(self.title, self.parameter_name, self._typed("from"), self._typed("to"))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Of the rows those of the days."""
        first, last = (_day(self._typed(end)) for end in ("from", "to"))
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": self._start_of(first)})
        if last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": self._start_of(last + timedelta(days=1))})
        return queryset

    def _typed(self, end: str) -> str:
        return self.used_parameters.get(f"{self.parameter_name}_{end}") or ""

    def _start_of(self, day: date) -> date:
        if isinstance(self.field, DateTimeField):
            return timezone.make_aware(datetime.combine(day, time.min))
        return day


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year < 3000 else None


class ListFilter(DropdownFilter):
    """A filter of our own making; the subclass says `title`, `parameter_name`, `lookups` and `queryset`."""

    form_class = None

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.request = request
        super().__init__(request, params, model, model_admin)

    def shown(self) -> Choice:
        """The box as it stands now."""
        options = [(str(key), str(label)) for key, label in self.lookup_choices]
        return Choice(self.title, self.parameter_name, options, self.value() or "")


def tree_filter(branches: Branches, narrow: Callable[[QuerySet, str], QuerySet]) -> type[ListFilter]:
    """A filter by union that opens branch by branch: a county's thousand unions never stand in one box.

    `narrow(rows, path)` keeps the rows of the subtree. An id out of reach finds nothing.
    """

    class TreeFilter(ListFilter):
        title = "工会（含下级）"
        parameter_name = "within"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            chosen = request.GET.get(self.parameter_name, "")
            self.places = branches(request.user, row_key(chosen))
            return [(str(key), label) for key, label, _ in self.places]

        def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
            if not self.value():
                return queryset
            path = next((path for key, _, path in self.places if str(key) == self.value()), None)
            return narrow(queryset, path) if path else queryset.none()

    return TreeFilter
