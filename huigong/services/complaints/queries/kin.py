"""Cases about the same employer: those that are handled as one, those one may open, and how many there are besides."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from huigong.core import calendar
from huigong.core.formats import day_zh
from huigong.core.vault import vault
from huigong.services.complaints.models import Case
from huigong.services.complaints.permissions import Desk, Scope, apart_from
from huigong.services.complaints.queries.statistics import FEWEST

REPRESENTATIVES = 5
"""信访工作条例: at most so many speak for a group that comes in person."""
_MOST = 20
_LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True)
class KinRow:
    """Another case, without a word of what it tells."""

    uuid: object
    number: str
    note: str
    state: str
    may_lead: bool


@dataclass(frozen=True)
class Kin:
    """What else there is about the employer of a case."""

    leading: KinRow | None
    followers: list[KinRow]
    others: list[KinRow]
    unopened: str
    """How many there are that the officer has not been given; a small number is not told."""
    is_group: bool

    @property
    def lines(self) -> list[tuple[KinRow, str]]:
        """All of them, with what they are to this case."""
        first = [(self.leading, "主件")] if self.leading else []
        return [*first, *((row, "并入本件") for row in self.followers), *((row, "") for row in self.others)]


def same_employer(case: Case) -> Q:
    """Accusing the employer of `case`: by the keyed hash of the credit code, or of the name."""
    same = Q(employer_name_index=case.employer_name_index)
    if case.employer_code_index:
        same |= Q(employer_code_index=case.employer_code_index)
    return same


def kin_of(desk: Desk, scope: Scope) -> Kin:
    """The cases of the last year about the same employer, as far as the officer may know of them."""
    case = desk.case
    since = calendar.today() - _LOOKED_BACK
    with vault():
        about = Case.objects.filter(same_employer(case), lodged_on__gte=since).exclude(pk=case.pk)
        known = scope.cases().filter(Q(pk__in=about.values("pk")) | Q(pk=case.leading_id) | Q(leading=case))
        shown = list(known.order_by("-pk")[:_MOST])
        total = apart_from(about, scope.too_close).count()
        hidden = total - scope.cases().filter(pk__in=about.values("pk")).count()
    is_group = max(total + 1, case.people_affected) > REPRESENTATIVES
    return Kin(
        leading=next((_row(row) for row in shown if row.pk == case.leading_id), None),
        followers=[_row(row) for row in shown if row.leading_id == case.pk],
        others=[_row(row) for row in shown if row.leading_id != case.pk and row.pk != case.leading_id],
        unopened=_roughly(hidden) if hidden else "",
        is_group=is_group,
    )


def _roughly(count: int) -> str:
    return f"{count} 件" if count >= FEWEST else f"不到 {FEWEST} 件"


def _row(case: Case) -> KinRow:
    return KinRow(
        case.uuid,
        f"{case.number[:4]} {case.number[4:]}",
        f"{case.get_cause_display()} · {day_zh(case.lodged_on)}提交 · {case.get_naming_display()}",
        case.get_state_display(),
        case.state == Case.State.HANDLING and case.leading_id is None,
    )
