"""What the county does with a complaint, step by step. Every step is a row of the case's own log and nowhere else."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.services.complaints import permissions, queries
from huigong.services.complaints.models import Access, Case, Deadline, Entry, Extension
from huigong.services.complaints.operations.deadlines import (
    Overrides,
    calendar_of_the_year,
    end_deadline,
    set_deadline,
    working_days_left,
)
from huigong.services.complaints.operations.entries import write_entry
from huigong.services.complaints.operations.moving import State, hold, led, move
from huigong.services.complaints.operations.telling import tell_author, tell_handlers

OPEN = (State.RECEIVED, State.ACCEPTED, State.HANDLING, State.PAUSED, State.REPLIED, State.VISITED)


@transaction.atomic
def assign(
    case: Case, *, lead: int, actor: Actor, helpers: Iterable[int] = (), checker: int | None = None
) -> None:
    """Give the case to a handler, with helpers and a checker; whoever is not named loses sight of it.

    Refuses (422) people who are no handlers of the county, who are too close to the accused, and one person in two
    parts: who checks has not handled. An accepted case is in hand from here on.
    """
    parts = dict.fromkeys(helpers, Access.Part.HELPER) | {lead: Access.Part.LEAD}
    if checker is not None:
        if checker in parts:
            raise Refused("质检人不能同时是主办人或协办人，请另选一人。", "same-person", status=422)
        parts[checker] = Access.Part.CHECKER
    if not set(parts) <= set(permissions.handlers_for(case)):
        raise Refused("所选的人不能办理这件诉求，请从名单中选择。", "not-a-handler", status=422)
    _require_free_of_followers(case, set(parts))
    with vault():
        hold(case, OPEN)
        for each in led(case):
            give(each, parts, actor)
            write_entry(each, Entry.Kind.ASSIGNED, actor=actor)
        Case.objects.filter(pk=case.pk, state=State.ACCEPTED).update(state=State.HANDLING)
        case.refresh_from_db()


def give(case: Case, parts: Mapping[int, str], actor: Actor) -> None:
    """Let those people read the case, each in their part, and nobody else any more. Inside the vault."""
    held = Access.objects.filter(case=case, revoked_at=None)
    keep = [row.pk for row in held if parts.get(row.account_id) == row.part]
    held.exclude(pk__in=keep).update(revoked_at=Now())
    standing = set(held.values_list("account_id", flat=True))
    for account, part in sorted(parts.items()):
        if account not in standing:
            Access.objects.create(case=case, account_id=account, part=part, granted_by=actor.pk)


def _require_free_of_followers(case: Case, people: set[int]) -> None:
    """Refuse (422) people who are too close to a case that follows this one."""
    with vault():
        followers = list(Case.objects.filter(leading=case))
    if any(not people <= set(permissions.handlers_for(follower)) for follower in followers):
        raise Refused("所选的人要回避并入的诉求，请另选，或者先恢复单独办理。", "too-close", status=422)


@transaction.atomic
def accept(case: Case, *, demand: str, tier: str, cause: str, reason: str, actor: Actor) -> None:
    """Take the case on: the days for handling it begin, as many as its tier has. The author is told.

    Two officers at once decide once. Refuses a case that is decided already.
    """
    days = calendar_of_the_year()
    with vault():
        in_hand = Access.objects.filter(case=case, revoked_at=None, part=Access.Part.LEAD).exists()
        state = State.HANDLING if in_hand else State.ACCEPTED
        move(case, [State.RECEIVED], state, demand=demand, tier=tier, cause=cause)
        write_entry(case, Entry.Kind.ACCEPTED, actor=actor, text=reason)
        set_deadline(case, Deadline.Task.HANDLE, Deadline.Why.ACCEPTED, days)
    tell_author(case)


@transaction.atomic
def decline(case: Case, *, reason: str, actor: Actor) -> None:
    """Do not take it on, and say why and where else to go. The author may ask for it again."""
    with vault():
        move(case, [State.RECEIVED], State.DECLINED)
        write_entry(case, Entry.Kind.DECLINED, actor=actor, text=reason)
        end_deadline(case)
    tell_author(case)


@transaction.atomic
def transfer(case: Case, *, body: str, reason: str, actor: Actor) -> None:
    """Hand it to the body that has the power: labour inspection, arbitration, a court. The author is told which."""
    with vault():
        all_of_them = led(case)
        for each in all_of_them:
            begins = [State.RECEIVED, State.ACCEPTED, State.HANDLING]
            move(each, begins, State.TRANSFERRED, leading=None)
            write_entry(each, Entry.Kind.TRANSFERRED, actor=actor, text=_only(case, each, reason), body=body)
            end_deadline(each)
    tell_author(*all_of_them)


def _only(case: Case, each: Case, words: str) -> str:
    """Words for the author of `case` go to nobody whose case follows it."""
    return words if each is case else ""


@transaction.atomic
def note(case: Case, *, text: str, actor: Actor) -> None:
    """A line for those who handle it; the author does not see it."""
    with vault():
        hold(case, OPEN)
        write_entry(case, Entry.Kind.NOTED, actor=actor, text=text)


@transaction.atomic
def urge(case: Case, *, text: str, actor: Actor) -> None:
    """Supervision: tell those who handle it to go on, once a day. Refuses a case that is in nobody's hands."""
    with vault():
        hold(case, permissions.IN_HAND)
        today = datetime.combine(calendar.today(), time(), calendar.SHANGHAI)
        if Entry.objects.filter(case=case, kind=Entry.Kind.URGED, at__gte=today).exists():
            raise Refused("今天已经督办过，请明天再看进展。", "urged-today")
        held = Access.objects.filter(case=case, revoked_at=None).exclude(part=Access.Part.CHECKER)
        people = list(held.values_list("account_id", flat=True))
        write_entry(case, Entry.Kind.URGED, actor=actor, text=text)
    tell_handlers(people)


@transaction.atomic
def ask_author(case: Case, *, text: str, actor: Actor) -> None:
    """A line to the author: a question, what is still wanted, how it stands. The days run on."""
    with vault():
        hold(case, OPEN)
        write_entry(case, Entry.Kind.ASKED, actor=actor, text=text)
    tell_author(case)


@transaction.atomic
def pause(case: Case, *, reason: str, actor: Actor) -> None:
    """Stop the days, for instance while a court decides. The author reads why."""
    with vault():
        all_of_them = led(case)
        for each in all_of_them:
            move(each, [State.HANDLING], State.PAUSED)
            write_entry(each, Entry.Kind.PAUSED, actor=actor, text=_only(case, each, reason))
            end_deadline(each)
    tell_author(*all_of_them)


@transaction.atomic
def resume(case: Case, *, actor: Actor) -> None:
    """Go on with as many working days as were left on the day of the pause."""
    days = calendar_of_the_year()
    with vault():
        all_of_them = led(case)
        for each in all_of_them:
            move(each, [State.PAUSED], State.HANDLING)
            last = Deadline.objects.filter(case=each).latest("pk")
            left = working_days_left(last, days, since=last.ended_on)
            set_deadline(each, Deadline.Task.HANDLE, Deadline.Why.RESUMED, days, working_days=left)
            write_entry(each, Entry.Kind.RESUMED, actor=actor)
    tell_author(*all_of_them)


@transaction.atomic
def ask_extension(case: Case, *, working_days: int, reason: str, actor: Actor) -> Extension:
    """Ask somebody else for more time. Refuses a second request while one waits, and more than the law gives."""
    if not 1 <= working_days <= queries.terms().extra:
        raise Refused(f"一次最多延长 {queries.terms().extra} 个工作日。", "too-long", status=422)
    with vault():
        hold(case, [State.HANDLING])
        led(case)
        if Extension.objects.filter(case=case, decided_by=None).exists():
            raise Refused("已有一份延期申请在等待审批。", "asked-already")
        write_entry(case, Entry.Kind.EXTENSION_ASKED, actor=actor, text=reason, days=working_days)
        return Extension.objects.create(case=case, working_days=working_days, asked_by=actor.pk)


@transaction.atomic
def decide_extension(case: Case, *, granted: bool, reason: str, actor: Actor) -> None:
    """Grant more time, or not. Refuses (403) who asked for it: nobody gives time to themselves."""
    days = calendar_of_the_year()
    with vault():
        hold(case, [State.HANDLING])
        asked = Extension.objects.select_for_update().filter(case=case, decided_by=None).first()
        if asked is None:
            raise Refused("没有等待审批的延期申请，可能已由别人处理。", "nothing-asked")
        if asked.asked_by == actor.pk:
            raise Refused("延期要由申请人以外的人审批。", "own-request", status=403)
        Extension.objects.filter(pk=asked.pk).update(decided_by=actor.pk, is_granted=granted)
        longer = led(case) if granted else []
        for each in longer:
            _lengthen(each, asked.working_days, days)
            words = _only(case, each, reason)
            write_entry(each, Entry.Kind.EXTENDED, actor=actor, text=words, days=asked.working_days)
        if not granted:
            kind = Entry.Kind.EXTENSION_REFUSED
            write_entry(case, kind, actor=actor, text=reason, days=asked.working_days)
    tell_author(*longer)


def _lengthen(case: Case, working_days: int, days: Overrides) -> None:
    running = Deadline.objects.get(case=case, ended_on=None)
    set_deadline(
        case,
        Deadline.Task.HANDLE,
        Deadline.Why.EXTENDED,
        days,
        working_days=running.working_days + working_days,
        starts_on=running.starts_on,
    )


@transaction.atomic
def reply(case: Case, *, text: str, actor: Actor, to_others: str = "") -> None:
    """Answer the author: what was found and done. The days end here.

    Cases that follow are answered too, in words of their own, and stand alone from here on. Refuses (422) to leave
    those words out.
    """
    with vault():
        all_of_them = led(case)
        if len(all_of_them) > 1 and not to_others:
            raise Refused("有诉求并入本件，请写给它们的提交人的答复。", "no-words-for-others", status=422)
        for each in all_of_them:
            move(each, [State.HANDLING], State.REPLIED, leading=None)
            write_entry(each, Entry.Kind.REPLIED, actor=actor, text=text if each is case else to_others)
            Extension.objects.filter(case=each, decided_by=None).delete()
            end_deadline(each)
    tell_author(*all_of_them)


@transaction.atomic
def visit(case: Case, *, satisfied: bool, text: str, actor: Actor) -> None:
    """Note the return visit: whether the author is content, in what words."""
    with vault():
        move(case, [State.REPLIED], State.VISITED)
        write_entry(
            case, Entry.Kind.VISITED, actor=actor, text=text, outcome="满意" if satisfied else "不满意"
        )


@transaction.atomic
def check(case: Case, *, passed: bool, text: str, actor: Actor) -> None:
    """The quality check, which closes the case or sends it back to be handled again.

    Refuses (403) the lead handler: nobody checks their own work.
    """
    days = calendar_of_the_year()
    with vault():
        hold(case, [State.VISITED])
        if Access.objects.filter(case=case, account_id=actor.pk, part=Access.Part.LEAD).exists():
            raise Refused("质检要由主办人以外的人来做。", "own-work", status=403)
        if passed:
            move(case, [State.VISITED], State.CLOSED, closed_on=calendar.today())
            write_entry(case, Entry.Kind.CLOSED, actor=actor, text=text)
        else:
            move(case, [State.VISITED], State.HANDLING)
            write_entry(case, Entry.Kind.CHECK_FAILED, actor=actor, text=text)
            set_deadline(case, Deadline.Task.HANDLE, Deadline.Why.REOPENED, days)
    if passed:
        tell_author(case)
