"""Filters of lists, in unfold's looks. A list can be filtered by what it declares and by nothing else."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter

from huigong.core.audit import Actor
from huigong.core.keys import row_key

ChoiceFilter = ChoicesDropdownFilter
DateFilter = RangeDateFilter

Branches = Callable[[Actor, int | None], list[tuple[int, str, str]]]
"""(id, label, path) of the places in a tree that may be chosen from the chosen one; only what `actor` may see."""


class ListFilter(DropdownFilter):
    """A filter of our own making; the subclass says `title`, `parameter_name`, `lookups` and `queryset`."""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.request = request
        super().__init__(request, params, model, model_admin)


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
