"""The employers for which unions stand."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q

from huigong.people.orgs.models import CoveredUnit, Union
from huigong.people.orgs.queries.tree import established


class Unit(NamedTuple):
    """An employer that a union stands for, by name and credit code."""

    union_id: int
    name: str
    code: str


def units_near(paths: Iterable[str], union_ids: Iterable[int]) -> Iterator[Unit]:
    """The units, under each of their names, of the unions in the subtrees of `paths` and of those in `union_ids`."""
    near = Q(pk__in=list(union_ids))
    for path in paths:
        near |= Q(path__startswith=path)
    found = list(Union.objects.filter(near).values_list("pk", "name", "unit_name", "unit_uscc", "uscc"))
    for pk, name, unit_name, code, union_code in found:
        yield Unit(pk, unit_name, code)
        yield Unit(pk, name, union_code)
    covered = CoveredUnit.objects.filter(union__in=[row[0] for row in found])
    yield from (Unit(*row) for row in covered.values_list("union_id", "name", "uscc"))


def unit_of(union_id: int) -> Unit:
    """The employer of a union."""
    return Unit(*Union.objects.values_list("pk", "unit_name", "unit_uscc").get(pk=union_id))


def union_of_unit(*, name: str, code: str) -> Union | None:
    """The union of the employer with that credit code, or else of exactly that name; None when there is none."""
    for wanted in (Q(unit_uscc=code) if code else None, Q(unit_name=name)):
        if wanted is not None and (found := established().filter(wanted).order_by("path").first()):
            return found
    same = Q(uscc=code) if code else Q(name=name)
    covered = CoveredUnit.objects.filter(same).select_related("union").first()
    return covered.union if covered else None
