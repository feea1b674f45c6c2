"""Orders of the hotline 12351 become cases like any other; what became of them goes back as a table."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction

from huigong.core.audit import Actor
from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.services.complaints import permissions, queries
from huigong.services.complaints.models import Case, Reading
from huigong.services.complaints.operations.lodging import Draft, keep, new_case
from huigong.services.complaints.operations.reading import note_reading, office_of
from huigong.services.complaints.permissions import Scope

_OPTIONAL = ("employer_code", "amount_fen", "people_affected")


class Taken(NamedTuple):
    """What became of a sheet of orders."""

    made: int
    known: int
    refused: list[str]
    """Numbers of orders, each with the sentence why not."""


def take_orders(orders: Sequence[dict[str, Any]]) -> Taken:
    """A case for each order that is none yet; one that is refused stops no other.

    Nobody is told: they lie on the registrar's desk like every complaint. Sent again nothing comes twice.
    """
    made, refused = 0, []
    for values in orders:
        try:
            made += _take(values)
        except Refused as why:
            refused.append(f"工单 {values['order']}：{why.sentence}")
    return Taken(made, len(orders) - made - len(refused), refused)


@transaction.atomic
def _take(values: dict[str, Any]) -> bool:
    draft = Draft(
        demand=Case.Demand.RESOLVE,
        cause=values.get("cause", Case.Cause.OTHER),
        employer=values["employer"],
        narrative=values["narrative"],
        wanted=values.get("wanted", "请核实处理。"),
        **{name: values[name] for name in _OPTIONAL if name in values},
    )
    who = {name: values[name] for name in ("name", "phone") if name in values}
    case = new_case(draft, Case.Naming.WITHHELD if who else Case.Naming.ANONYMOUS, "")
    case.source = Case.Source.HOTLINE
    case.token_index = permissions.index_of_order(values["order"])
    if who:
        nobody: dict[str, Any] = {"account_id": None, "name": "", "phone": "", "union": ""}
        case.identity_sealed = case.seal("identity", nobody | who)
    return keep(case, draft, order=values["order"]) is case


@transaction.atomic
def open_results(scope: Scope, *, actor: Actor) -> list[tuple[str, ...]]:
    """What to tell the hotline about its orders; that each was read is noted in its case."""
    office = office_of(actor)
    with vault():
        cases = queries.told_orders(scope)
        for case in cases:
            note_reading(case, actor, Reading.What.RESULT, office)
        return queries.result_rows(cases)
