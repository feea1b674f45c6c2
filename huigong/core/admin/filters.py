"""Filters of lists. A list can be filtered by what it declares and by nothing else.

What a filter asks is told by `shown` as plain values, for one template to draw (``workbench/filters.html``): forms
and widgets for each box were a fifth of what a list cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
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
    """By days, from and to."""

    form_class = None

    def shown(self) -> Days:
        """The two boxes as they stand now."""
        first, last = (self.used_parameters.get(f"{self.parameter_name}_{end}") for end in ("from", "to"))
        return Days(self.title, self.parameter_name, first or "", last or "")


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
