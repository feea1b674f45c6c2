"""Deciding about applications: the unit verifies, the scheme's union decides, and awards after the notice."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from huigong.core import audit, calendar
from huigong.core.errors import Refused
from huigong.core.questions import parse_schema
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import queries as orgs
from huigong.services.policies import queries
from huigong.services.policies.models import Application, Objection
from huigong.services.policies.operations.applying import books
from huigong.services.policies.operations.moving import DECIDE_DAYS, in_working_days, locked, move, refusal
from huigong.services.policies.operations.telling import (
    review_url,
    tell_applicant,
    tell_objector,
    tell_office,
)

State = Application.State
Decision = approvals.Decision
CORRECT_DAYS, AWARD_DAYS = 10, 5
"""Working days to correct what was returned, and to award once the notice is over."""
LONGEST_MARK = 100
NEWS, NEWS_BODY = "您的申报有新的进展", "请打开查看。"


@transaction.atomic
def open_application(application: Application, *, actor: audit.Actor) -> queries.ReviewFile:
    """The application with everything that its author wrote and handed in.

    The first look is noted on it: from then on it cannot be withdrawn. Each look is audited, by what was looked at
    and without any answer.
    """
    Application.objects.filter(pk=application.pk, opened_at=None, state__in=queries.IN_REVIEW).update(
        opened_at=Now()
    )
    application.refresh_from_db(fields=["opened_at"])
    file = queries.review_file(application, actor, shown=True)
    _record(application, "read", actor, after={"private": file.private_ids})
    inbox.mark_page_read(review_url(application), actor=actor)
    return file


@transaction.atomic
def verify(
    application: Application, *, actor: audit.Actor, remark: str = "", agrees: bool = True
) -> Application:
    """The unit's word on what was handed in: right, or, with its reasons, not. Either way it goes on to be decided.

    A unit cannot refuse. Refuses one's own application, one that nobody opened, a no without words, and one that
    does not wait for its unit any more ("wrong-state").
    """
    remark = approvals.remark_of(remark)
    if not agrees and not remark:
        raise Refused("有不同意见，请写明原因，供审定时参考。", "no-reason", status=422)
    _require_may(application, actor)
    values = {"verified_at": Now(), "verified_by_id": actor.pk, "decide_by": in_working_days(DECIDE_DAYS)}
    move(application, (State.SUBMITTED,), State.VERIFIED, **values)
    step = "单位核实" if agrees else "单位有不同意见"
    _note(application, step, Decision.APPROVED if agrees else Decision.ESCALATED, actor, remark)
    _record(application, "verify", actor, after={"agrees": agrees})
    tell_applicant(application, NEWS, NEWS_BODY)
    tell_office(application.scheme.union, application, "有一份申报等待审定")
    return application


@transaction.atomic
def return_with(
    application: Application, *, actor: audit.Actor, marks: Mapping[str, str], reason: str = ""
) -> Application:
    """Give it back to be corrected within ten working days; `marks` say by question id what is wanted.

    Refuses (422) neither marks nor reason, and marks on questions that there are not; and what `verify` and `approve`
    refuse.
    """
    reason = approvals.remark_of(reason)
    marks = _marks(application, marks)
    if not (marks or reason):
        raise Refused("请写明哪里要补正：在某一项旁边写，或写总的意见。", "no-reason", status=422)
    _require_may(application, actor)
    move(
        application,
        (State.SUBMITTED, State.VERIFIED),
        State.RETURNED,
        marks=marks,
        reason=reason,
        correct_by=in_working_days(CORRECT_DAYS),
        decide_by=None,
    )
    remark = reason or f"有 {len(marks)} 处需要补正"
    _note(application, _step_of(application), Decision.RETURNED, actor, remark)
    _record(application, "return", actor, after={"marked": sorted(marks)})
    tell_applicant(application, "您的申报需要补正", NEWS_BODY)
    return application


def _step_of(application: Application) -> str:
    return "审定" if application.verified_at or not application.scheme.unit_first else "单位核实"


def _marks(application: Application, marks: Mapping[str, str]) -> dict[str, str]:
    kept = {name: words.strip() for name, words in marks.items() if words.strip()}
    known = {question.id for question in parse_schema(application.scheme.questions)}
    if kept.keys() - known:
        raise Refused("批注的题目已不在表单里，请刷新页面。", "unknown-mark", status=422)
    if any(len(words) > LONGEST_MARK for words in kept.values()):
        raise Refused(f"每一处批注最多 {LONGEST_MARK} 字。", "mark-too-long", status=422)
    return kept


@transaction.atomic
def approve(
    application: Application,
    *,
    actor: audit.Actor,
    amount_fen: int | None = None,
    award: str = "",
    remark: str = "",
) -> Application:
    """Decide for it: then on public notice for as many working days as the scheme says, or awarded at once.

    Says what is given: an amount, or in words, or both. Refuses who verified it ("four-eyes"), one's own, one that
    nobody opened, one that gives nothing (422), and one that is not up for decision ("wrong-state").
    """
    award, remark = award.strip(), approvals.remark_of(remark)
    if not (amount_fen or award):
        raise Refused("请填写金额，或写明给予什么帮助。", "no-award", status=422)
    _require_may(application, actor)
    days = application.scheme.notice_days
    values: dict[str, Any] = {"amount": amount_fen, "award": award, "reason": "", "decide_by": None}
    if days:
        values |= {"notice_until": in_working_days(days), "decide_by": in_working_days(days + AWARD_DAYS)}
    else:
        values["decided_at"] = Now()
    move(application, (State.VERIFIED,), State.NOTICED if days else State.AWARDED, **values)
    _note(application, "审定", Decision.APPROVED, actor, remark)
    _record(application, "approve", actor, after={"amount": amount_fen, "award": award})
    tell_applicant(application, NEWS, NEWS_BODY)
    return application


@transaction.atomic
def refuse(application: Application, *, actor: audit.Actor, reason: str) -> Application:
    """Decide against it; the applicant reads `reason` and may apply anew. Refuses what `approve` refuses."""
    reason = approvals.remark_of(reason)
    if not reason:
        raise Refused("请写明不通过的原因，申报人会看到。", "no-reason", status=422)
    _require_may(application, actor)
    move(
        application,
        (State.VERIFIED,),
        State.REFUSED,
        reason=reason,
        decided_at=Now(),
        decide_by=None,
        amount=None,
        award="",
    )
    _note(application, "审定", Decision.REJECTED, actor, reason)
    _record(application, "refuse", actor)
    tell_applicant(application, "您的申报有了结果", NEWS_BODY)
    return application


@transaction.atomic
def award(application: Application, *, actor: audit.Actor) -> Application:
    """Give what was decided, once the notice is over and every objection is answered.

    Refuses before that ("on-notice", "open-objection"), and one's own.
    """
    _require_other(application, actor)
    today = calendar.today()
    ready = Application.objects.filter(~_doubted(), pk=application.pk, state=State.NOTICED)
    given = {"state": State.AWARDED, "decided_at": Now(), "decide_by": None}
    if not ready.filter(notice_until__lt=today).update(**given):
        raise _not_ready(application)
    application.refresh_from_db()
    _note(application, "公示结束", Decision.APPROVED, actor)
    _record(application, "award", actor, after={"amount": application.amount, "award": application.award})
    tell_applicant(application, "您的申报有了结果", NEWS_BODY)
    return application


def _doubted() -> Exists:
    return Exists(Objection.objects.filter(application=OuterRef("pk"), replied_at=None))


def _not_ready(application: Application) -> Refused:
    application.refresh_from_db()
    until = application.notice_until
    if application.state != State.NOTICED or until is None:
        return refusal(application)
    if until >= calendar.today():
        return Refused(f"公示到 {until:%-m月%-d日} 为止，期满才能发放。", "on-notice")
    return Refused("还有异议没有答复，请先核查答复。", "open-objection")


@transaction.atomic
def answer_objection(objection: Objection, *, actor: audit.Actor, reply: str, upheld: bool) -> Objection:
    """Say what was found. An objection that is upheld takes the application off the notice, to be decided anew.

    Refuses an answer without words (422) and a second answer ("answered").
    """
    reply = approvals.remark_of(reply)
    if not reply:
        raise Refused("请写明核查结果，提出异议的人会看到。", "no-reason", status=422)
    application = locked(objection.application_id)
    _require_other(application, actor)
    unanswered = Objection.objects.filter(pk=objection.pk, replied_at=None)
    if not unanswered.update(reply=reply, upheld=upheld, replied_at=Now()):
        raise Refused("这条异议已经答复过了。", "answered")
    objection.refresh_from_db()
    if upheld and application.state == State.NOTICED:
        again = in_working_days(DECIDE_DAYS)
        move(application, (State.NOTICED,), State.VERIFIED, notice_until=None, decide_by=again)
    outcome = (Decision.RETURNED, "异议成立，重新审定") if upheld else (Decision.APPROVED, "异议不成立")
    _note(application, "异议核查", outcome[0], actor, outcome[1])
    _record(application, "answer-objection", actor, after={"objection": objection.pk, "upheld": upheld})
    tell_objector(objection, "您反映的情况有了核查结果", NEWS_BODY)
    if upheld:
        tell_applicant(application, NEWS, NEWS_BODY)
    return objection


# --- Many at once


@dataclass(frozen=True)
class Outcomes:
    """How many were done, and of the others why not: the name and a sentence each."""

    done: int
    refused: list[tuple[str, str]]


def approve_many(
    applications: Iterable[Application], *, actor: audit.Actor, amount_fen: int | None, award: str = ""
) -> Outcomes:
    """Approve each with the same amount, in a transaction of its own."""
    return _each(applications, lambda row: approve(row, actor=actor, amount_fen=amount_fen, award=award))


def award_many(applications: Iterable[Application], *, actor: audit.Actor) -> Outcomes:
    """Award each, in a transaction of its own."""
    return _each(applications, lambda row: award(row, actor=actor))


def _each(applications: Iterable[Application], act: Callable[[Application], Any]) -> Outcomes:
    done, refused = 0, []
    for application in applications:
        try:
            act(application)
            done += 1
        except Refused as no:
            refused.append((application.person.name, no.sentence))
    return Outcomes(done, refused)


# --- Inside


def _require_may(application: Application, actor: audit.Actor) -> None:
    """Somebody else's, that somebody has opened, and not verified by the same person."""
    _require_other(application, actor)
    row = Application.objects.values("opened_at", "verified_by", "state").get(pk=application.pk)
    if row["opened_at"] is None and row["state"] in queries.IN_REVIEW:
        raise Refused("请先打开申报材料看过，再办理。", "not-opened")
    is_own_scheme = application.scheme.union_id == application.union_id
    if row["state"] == State.VERIFIED and row["verified_by"] == actor.pk is not None and not is_own_scheme:
        raise Refused("您已代表单位核实过这份申报，审定要由另一位干部办理。", "four-eyes", status=403)


def _require_other(application: Application, actor: audit.Actor) -> None:
    if actor.pk is not None and actor.pk == application.person.account_id:
        raise Refused("不能办理自己的申报，请由其他工会干部办理。", "own-request", status=403)


def _note(application: Application, step: str, decision: str, actor: audit.Actor, remark: str = "") -> None:
    union = application.union if step.startswith("单位") else application.scheme.union
    office = orgs.office_of(actor, union) or union.name
    approvals.note(application, step=step, decision=decision, actor=actor, office=office, remark=remark)


def _record(
    application: Application, verb: str, actor: audit.Actor, after: dict[str, Any] | None = None
) -> None:
    audit.record(actor, f"policies:application:{verb}", application, after=after, org=books(application))
