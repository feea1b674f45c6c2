"""The one statement by which a case changes its state: two people at once decide once."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from huigong.core.errors import Refused
from huigong.services.complaints.models import Case

State = Case.State


def led(case: Case) -> list[Case]:
    """`case` and those that follow it, which go its way; kept as they are until the transaction ends. In the vault.

    Refuses a case that itself follows another.
    """
    found = list(Case.objects.select_for_update().filter(Q(pk=case.pk) | Q(leading=case)).order_by("pk"))
    if any(each.pk == case.pk and each.leading_id for each in found):
        raise Refused("这件诉求已并入另一件，请在主件上操作，或者先恢复单独办理。", "follows")
    return [case, *(each for each in found if each.pk != case.pk)]


def move(case: Case, begins: Iterable[str], ends: str, **values: Any) -> None:
    """Bring `case` from one of the states `begins` to `ends`, and its instance along. Inside the vault.

    Refuses ("wrong-state") when somebody else was faster or the step does not fit.
    """
    moved = Case.objects.filter(pk=case.pk, state__in=list(begins)).update(state=ends, **values)
    if not moved:
        raise Refused("这件诉求的进度已经变化，请刷新后再看。", "wrong-state")
    case.refresh_from_db()


def hold(case: Case, states: Iterable[str]) -> None:
    """Keep `case` as it is until the transaction ends. Inside the vault; refuses as `move` does."""
    if not Case.objects.select_for_update().filter(pk=case.pk, state__in=list(states)).exists():
        raise Refused("这件诉求现在的进度不能这样做，请刷新后再看。", "wrong-state")
    case.refresh_from_db()
