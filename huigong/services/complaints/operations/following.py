"""What the author does after lodging: add to it, rate the reply, ask for it to be handled again."""

from collections.abc import Sequence

from django.db import transaction

from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.services.complaints.models import Access, Case, Deadline, Entry, Evidence
from huigong.services.complaints.operations.deadlines import calendar_of_the_year, set_deadline
from huigong.services.complaints.operations.entries import write_entry
from huigong.services.complaints.operations.handling import OPEN
from huigong.services.complaints.operations.lodging import Upload, examine, keep_evidence
from huigong.services.complaints.operations.moving import State, hold, move

MOST_EVIDENCE = 30
MOST_REOPENED = 2
RATEABLE = (State.REPLIED, State.VISITED, State.CLOSED)
REOPENABLE = (State.REPLIED, State.VISITED, State.CLOSED, State.DECLINED, State.TRANSFERRED)


@transaction.atomic
def supplement(case: Case, *, text: str, uploads: Sequence[Upload] = ()) -> None:
    """Words and files from the author, to an open case. Refuses what lodging refuses, and more than thirty files."""
    pieces = examine(uploads, case)
    with vault():
        hold(case, OPEN)
        if Evidence.objects.filter(case=case).count() + len(pieces) > MOST_EVIDENCE:
            raise Refused(f"一件诉求最多 {MOST_EVIDENCE} 份材料。", "too-many", status=422)
        keep_evidence(case, pieces)
        write_entry(case, Entry.Kind.SUPPLEMENTED, text=text, files=len(pieces))


@transaction.atomic
def rate(case: Case, *, stars: int, text: str) -> None:
    """How content the author is with the reply, one to five; once for each time it was handled."""
    with vault():
        hold(case, RATEABLE)
        if not Case.objects.filter(pk=case.pk, rating=None).update(rating=stars):
            raise Refused("您已经评价过了。", "rated")
        write_entry(case, Entry.Kind.RATED, text=text, stars=stars)


@transaction.atomic
def reopen(case: Case, *, reason: str) -> None:
    """Have it handled again: by those who had it, or, never taken on, looked at anew. Refuses a third time."""
    days = calendar_of_the_year()
    with vault():
        hold(case, REOPENABLE)
        if case.reopened >= MOST_REOPENED:
            raise Refused(
                f"已重新办理过 {MOST_REOPENED} 次。还可以申请劳动仲裁或起诉，拨打 12351 可以得到法律援助。",
                "reopened-often",
            )
        task, state = _where_to(case)
        move(case, REOPENABLE, state, reopened=case.reopened + 1, rating=None, closed_on=None)
        write_entry(case, Entry.Kind.REOPENED, text=reason)
        set_deadline(case, task, Deadline.Why.REOPENED, days)


def _where_to(case: Case) -> tuple[Deadline.Task, str]:
    if case.state in (State.DECLINED, State.TRANSFERRED):
        return Deadline.Task.ACCEPT, State.RECEIVED
    in_hand = Access.objects.filter(case=case, revoked_at=None, part=Access.Part.LEAD).exists()
    return Deadline.Task.HANDLE, State.HANDLING if in_hand else State.ACCEPTED


def mark_seen(case: Case) -> None:
    """The author has the case before their eyes."""
    if case.has_news:
        with vault():
            Case.objects.filter(pk=case.pk, has_news=True).update(has_news=False)
