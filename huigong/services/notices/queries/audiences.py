"""Audiences that unions keep under a name."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.services.notices import permissions

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union
    from huigong.services.notices.models import SavedAudience


@dataclass(frozen=True)
class SavedRow:
    """One of them for a list."""

    pk: int
    name: str
    union: str
    sentence: str


def saved_for(actor: Actor, union: "Union") -> list["SavedAudience"]:
    """What may be chosen when writing in the name of `union`."""
    return list(permissions.saved_by_reach(actor).filter(union=union))


def saved_rows(actor: Actor) -> list[SavedRow]:
    """All within the actor's reach, with whom they mean in words."""
    return [
        SavedRow(row.pk, row.name, row.union.name, membership.audience(row.rule).sentence())
        for row in permissions.saved_by_reach(actor).select_related("union")[:100]
    ]
