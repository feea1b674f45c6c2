"""Unions as a worker looks for them: to join, or to move to."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from huigong.people.membership import permissions
from huigong.people.orgs import queries as orgs

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

_FOR_ALL = ("township", "industry", "zone", "village", "regional", "trade", "joint")
"""Kinds of union that take in workers whose own unit has none."""


def takes_members(union: "Union") -> bool:
    """Does this union keep a roll of its own? A federation leads unions; people join those."""
    return union.is_established and union.kind != union.Kind.FEDERATION


def joinable(text: str) -> "QuerySet[Union]":
    """Unions with a roll that a worker may mean by name, unit, initials or credit code."""
    return orgs.find(text).exclude(kind="federation").select_related("parent")


def open_to_all() -> "QuerySet[Union]":
    """Unions for those whose unit has no union: of the township, zone, village, trade or industry."""
    return permissions.unions_to_join().filter(kind__in=_FOR_ALL).order_by("level", "sort_key")
