"""The one statement by which a case changes its state: two people at once decide once."""

from collections.abc import Iterable
from typing import Any

from huigong.core.errors import Refused
from huigong.services.complaints.models import Case

State = Case.State


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
