"""The applicant's side: beginning, filling in, handing in and correcting, and taking back."""

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from huigong.core import audit, calendar, files
from huigong.core.errors import Refused
from huigong.core.identity import normalise_name
from huigong.core.questions import Kind, Questions, parse_schema
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations.moving import (
    DECIDE_DAYS,
    State,
    in_window,
    in_working_days,
    locked,
    move,
    refusal,
    writable,
)
from huigong.services.policies.operations.purging import drop_evidence, forget_private, throw_away
from huigong.services.policies.operations.telling import own_url, tell_applicant, tell_office

if TYPE_CHECKING:
    from huigong.core.models import StoredFile
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

Decision = approvals.Decision
UNDECIDED = (State.SUBMITTED, State.RETURNED, State.VERIFIED, State.NOTICED)
_LONGEST, _MOST, _AT_ONCE = 1000, 50, 500


@transaction.atomic
def begin(scheme: Scheme, *, member: "Member", actor: audit.Actor) -> Application:
    """The member's draft for `scheme`; what was begun before, or handed in, is given back instead of a second one.

    Refuses whom it is not for, with the reason ("not-eligible", 403), and outside the window ("closed").
    """
    if known := _live(scheme, member):
        return known
    _require_meant(scheme, member)
    if not Scheme.objects.filter(pk=scheme.pk, **in_window()).exists():
        raise _closed(scheme)
    try:
        with transaction.atomic():
            return Application.objects.create(
                scheme=scheme, person_id=member.person_id, union_id=member.union_id
            )
    except IntegrityError:  # a racing tap of the same person was quicker
        known = _live(scheme, member)
        assert known is not None
        return known


def _require_meant(scheme: Scheme, member: "Member | None") -> None:
    if why := membership.audience(scheme.audience).why_not(member):
        raise Refused(why, "not-eligible", status=403)


def _live(scheme: Scheme, member: "Member") -> Application | None:
    held = Application.objects.filter(scheme=scheme, person_id=member.person_id)
    return held.exclude(state__in=[State.REFUSED, State.WITHDRAWN]).first()


def _closed(scheme: Scheme) -> Refused:
    if scheme.state == Scheme.State.OPEN and scheme.opens_at and scheme.opens_at > timezone.now():
        return Refused("还没有到开始申报的时间，请到时再来。", "closed")
    return Refused("申报时间已经截止，不能再提交了。有困难请联系您所在的工会。", "closed")


@transaction.atomic
def save_draft(
    application: Application, answers: Mapping[str, Any], *, actor: audit.Actor, consents: bool = False
) -> Application:
    """Keep what is there so far, unchecked, sealed as everything. No audit row: nothing is decided.

    Without consent, answers to private questions are not kept, not even here. Refuses what was handed in.
    """
    held = writable(application)
    if held.state == State.DRAFT:
        held.consented_at = (held.consented_at or timezone.now()) if consents else None
    held.draft = {
        question.id: kept
        for question in parse_schema(held.scheme.questions)
        if question.kind != Kind.FILES
        and (held.consented_at or not question.private)
        and (kept := _shaped(answers.get(question.id)))
    }
    held.saved_at = timezone.now()
    held.save(update_fields=["draft_sealed", "saved_at", "consented_at"])
    return held


def _shaped(value: Any) -> str | list[str]:
    """An answer as a form sends it, cut to what a form takes; nothing for anything else."""
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, list):
        return [each[:_LONGEST] for each in value[:_MOST] if isinstance(each, str)]
    return ""


@transaction.atomic
def submit(
    application: Application,
    answers: Mapping[str, Any],
    *,
    actor: audit.Actor,
    consents: bool,
    pledge: str = "",
    signature: IO[bytes] | None = None,
) -> Application:
    """Hand a draft in, or a returned application once more, signed by hand or by typing one's own name.

    It goes to the applicant's unit, which has so many working days; to the union above as well when nobody there
    but the applicant could verify; to the scheme's own union at once when the unit is that union or is to know
    nothing. The unit is the one to which they belong today. What was returned goes back to the office that returned it.

    Raises `AnswersInvalid` for wrong answers; papers count as the answer to the question they belong to, and those
    that an answer made superfluous are thrown away. Refuses a missing consent ("no-consent") or signature
    ("not-signed"), whom it is not for any more ("not-eligible", 403), a window that closed ("closed") and a correction
    that comes too late ("too-late").
    """
    held = writable(application)
    is_correction = held.state == State.RETURNED
    if not is_correction:
        _settle_unit(held, actor)
    questions = parse_schema(held.scheme.questions)
    evidence = list(held.evidence.select_related("file"))
    papers = {
        question.id: [piece.file.name for piece in evidence if piece.question == question.id]
        for question in questions
        if question.kind == Kind.FILES
    }
    cleaned = questions.clean({**answers, **papers})
    old_signature = held.signature
    values = _consented(held, questions, consents) | _signed(held, pledge, signature) | _next(held)
    if is_correction:
        held.earlier = held.answers
    held.answers, held.draft = cleaned, {}
    values |= {
        "union_id": held.union_id,
        "answers_sealed": held.answers_sealed,
        "earlier_sealed": held.earlier_sealed,
        "draft_sealed": held.draft_sealed,
        "submitted_at": Now(),
        "marks": {},
        "reason": "",
        "correct_by": None,
    }
    _claim(held, values)
    for piece in evidence:
        if piece.question not in cleaned:
            drop_evidence(piece)
    if old_signature is not None:
        files.remove(old_signature)
    _announce(held, is_correction, actor)
    mark_seen(held, actor=actor)
    return held


def _settle_unit(held: Application, actor: audit.Actor) -> None:
    """Weeks may lie between the draft and this: whoever moved to another union is verified there."""
    member = membership.member_of(actor)
    _require_meant(held.scheme, member)
    if member is not None and member.union_id != held.union_id:
        held.union = membership.union_of(member)


def _consented(held: Application, questions: Questions, consents: bool) -> dict[str, Any]:
    """When the applicant agreed to what is private in it; a correction rests on what they agreed to before."""
    if held.state == State.RETURNED or not any(question.private for question in questions):
        return {}
    if not consents:
        raise Refused(
            "里面有健康、收入等敏感信息，请先勾选单独同意。不同意也可以到工会用纸质材料办理。",
            "no-consent",
            status=422,
        )
    return {"consented_at": Coalesce("consented_at", Now())}


def _signed(held: Application, pledge: str, signature: IO[bytes] | None) -> dict[str, Any]:
    """A drawn signature, or the own name typed: one of them there must be."""
    if signature is not None:
        return {"signature": _kept(signature), "pledge": ""}
    if normalise_name(pledge) != held.person.name:
        raise Refused("请手写签名，或输入自己的姓名代替签名。", "not-signed", status=422)
    return {"signature": None, "pledge": held.person.name}


def _kept(signature: IO[bytes]) -> "StoredFile":
    try:
        drawn = files.examine(signature, name="申报签名.png")
    except ValueError as error:
        raise Refused(f"签名没有保存成功：{error}", "bad-signature", status=422) from None
    if not drawn.content_type.startswith("image/"):
        raise Refused("签名没有保存成功，请重写一次。", "bad-signature", status=422)
    return files.store_sealed(drawn.content, name=drawn.name)


def _next(held: Application) -> dict[str, Any]:
    """Where it goes now, and by when."""
    scheme = held.scheme
    if held.verified_at or not scheme.unit_first or held.union_id == scheme.union_id:
        return {"state": State.VERIFIED, "decide_by": in_working_days(DECIDE_DAYS)}
    escalated: Any = held.escalated_at
    if escalated is None and not _somebody_else(held):
        escalated = Now()
    return {
        "state": State.SUBMITTED,
        "verify_by": in_working_days(scheme.unit_days),
        "escalated_at": escalated,
    }


def _somebody_else(held: Application) -> bool:
    """Does anybody but the applicant act for their unit?"""
    acting = orgs.officers(held.union, *offices.CADRES).values_list("account_id", flat=True)
    return any(account_id != held.person.account_id for account_id in acting)


def _claim(held: Application, values: dict[str, Any]) -> None:
    """Write it by one statement, which the window has to let through; in time is what arrives before midnight."""
    own = Application.objects.filter(pk=held.pk, state=held.state)
    if held.state == State.DRAFT:
        if not own.filter(**in_window("scheme__")).update(**values):
            raise _closed(held.scheme)
    elif not own.filter(correct_by__gte=calendar.today()).update(**values):
        raise Refused("补正的时间已过，不能再提交了。项目还开放时可以重新申报。", "too-late")
    held.refresh_from_db()


def _announce(held: Application, is_correction: bool, actor: audit.Actor) -> None:
    step = "补正后重新提交" if is_correction else "提交申报"
    approvals.note(held, step=step, decision=Decision.SUBMITTED, actor=actor)
    verb = "resubmit" if is_correction else "submit"
    audit.record(actor, f"policies:application:{verb}", held, org=books(held))
    title = f"有一份“{held.scheme.title}”申报{'补正后' if is_correction else ''}待办"
    if held.state == State.VERIFIED:
        tell_office(held.scheme.union, held, title)
        return
    body = f"请在 {held.verify_by:%-m月%-d日} 前核实。" if held.verify_by else ""
    alone = held.escalated_at is not None
    above = orgs.ancestors(held.union).last() if alone else None
    tell_office(above or held.union, held, title, body)


def books(application: Application) -> "Union":
    """In whose books it stands: the unit's, unless that is to know nothing of it."""
    return application.union if application.scheme.unit_first else application.scheme.union


@transaction.atomic
def discard_draft(application: Application, *, actor: audit.Actor) -> None:
    """Throw a draft away with its papers; nobody else has seen it. Refuses what was handed in."""
    held = locked(application.pk)
    if held.state != State.DRAFT:
        raise refusal(held)
    throw_away(held)


@transaction.atomic
def withdraw_application(application: Application, *, actor: audit.Actor) -> Application:
    """Take it back before anybody has opened it, or instead of correcting it; private answers go at once.

    A new application may follow while the scheme is open. Refuses one that a reviewer has opened ("opened").
    """
    held = locked(application.pk)
    if held.opened_at and held.state in (State.SUBMITTED, State.VERIFIED):
        raise Refused("工会已经在办理，不能撤回了。需要更正请联系办理的工会。", "opened")
    _end(held, (State.SUBMITTED, State.RETURNED, State.VERIFIED), actor, "withdraw", "")
    return held


def withdraw_closed_accounts() -> int:
    """What is not decided, of people who ended their account since, is withdrawn, drafts thrown away; returns how many.

    They cannot be told any more how it stands, and a new account takes over the record on the roll, not this.
    """
    left = Application.objects.filter(state__in=[State.DRAFT, *UNDECIDED], person__account=None)
    ids = list(left.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    for pk in ids:
        _release(pk)
    return len(ids)


@transaction.atomic
def _release(application_id: int) -> None:
    held = locked(application_id)
    if held.state == State.DRAFT:
        discard_draft(held, actor=audit.SYSTEM)
    else:
        _end(held, UNDECIDED, audit.SYSTEM, "release", "申请人已注销账号")


@transaction.atomic
def mark_seen(application: Application, *, actor: audit.Actor) -> None:
    """The applicant has it before their eyes: what was written to them about it is read."""
    inbox.mark_page_read(own_url(application), actor=actor)


@transaction.atomic
def withdraw_consent(application: Application, *, actor: audit.Actor) -> Application:
    """No longer allow what is private in it to be kept: it is deleted at once, whatever the state.

    That is as easy as consenting was, so nothing forbids it. What cannot be decided without is withdrawn with it:
    whatever is not decided yet. What was decided stays decided, with what is not private as its record.
    """
    held = locked(application.pk)
    if held.state in UNDECIDED:
        _end(held, UNDECIDED, actor, "withdraw-consent", "已撤回对敏感信息的同意")
        return held
    forget_private(held)
    if held.state == State.DRAFT:
        Application.objects.filter(pk=held.pk).update(consented_at=None, purged_at=None)
        held.refresh_from_db()
    audit.record(actor, "policies:application:withdraw-consent", held, org=books(held))
    return held


def _end(held: Application, sources: tuple[str, ...], actor: audit.Actor, verb: str, remark: str) -> None:
    was = held.state
    move(held, sources, State.WITHDRAWN, decided_at=Now())
    forget_private(held)
    approvals.note(held, step="撤回", decision=Decision.WITHDRAWN, actor=actor, remark=remark)
    audit.record(actor, f"policies:application:{verb}", held, org=books(held))
    office = held.union if was == State.SUBMITTED else held.scheme.union
    if was != State.RETURNED:
        tell_office(office, held, f"一份“{held.scheme.title}”申报已由申请人撤回")
    tell_applicant(held, "您的申报已撤回")
