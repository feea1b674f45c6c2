"""建会: a worker asks to found a union, the level above answers and sees it through.

待审核 → 不同意 | 线下批复 → 发展会员 → 建立工会小组 → 筹备召开会员大会 → 已建会. The union stands in the tree from the
first day, so that it cannot be founded twice; it is nobody's to join before it is established.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit, calendar, flags, identity
from huigong.core import queries as core
from huigong.core.errors import Refused
from huigong.people.accounts import operations as accounts
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions, queries
from huigong.people.orgs.models import Post, Registration, Union
from huigong.people.orgs.operations.posts import give_post
from huigong.people.orgs.operations.tree import check_codes, create_union, lock_tree, set_covered_units

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

State = Union.State
Decision = approvals.Decision

FOUNDABLE = (
    Union.Kind.INDEPENDENT,
    Union.Kind.JOINT,
    Union.Kind.VILLAGE,
    Union.Kind.REGIONAL,
    Union.Kind.TRADE,
)
"""What workers may found online; the rest is set up by the federation itself."""

ANSWER_WITHIN = 15
"""Working days in which the level above answers."""

TERM_YEARS = (3, 5)
_NEXT = {State.REPLIED: State.RECRUITING, State.RECRUITING: State.GROUPING, State.GROUPING: State.CONVENING}
_FIELDS = {
    "unit_name",
    "unit_uscc",
    "uscc",
    "ownership",
    "industry",
    "address",
    "contact_phone",
    "worker_count",
}


@transaction.atomic
def register_union(
    name: str,
    *,
    kind: str,
    parent: Union,
    chair_name: str,
    actor: "Account",
    covered_units: Sequence[tuple[str, str]] = (),
    **fields: Any,
) -> Registration:
    """Ask `parent` to let a union be founded; the actor is its proposed chair.

    Refuses a wrong credit code or name (422), a unit or name that already has a union, a parent under which
    none is founded, and a second request while one is open.
    """
    unknown = fields.keys() - _FIELDS
    if unknown:
        raise TypeError(f"not fields of a registration: {sorted(unknown)}")
    flags.require_open()
    name, chair_name = _name(name), _chair(chair_name)
    codes = check_codes(unit_uscc=fields.pop("unit_uscc", ""), uscc=fields.pop("uscc", ""))
    if kind not in FOUNDABLE or not queries.founding_parents().filter(pk=parent.pk).exists():
        raise Refused("请选择工会类型和上级工会。", "bad-place", status=422)
    lock_tree(alone=True)
    _require_new(name, kind=kind, **codes)
    union = create_union(
        name,
        level=Union.Level.GRASSROOTS,
        kind=kind,
        parent=parent,
        actor=actor,
        state=State.SUBMITTED,
        **codes,
        **fields,
    )
    if covered_units:
        set_covered_units(union, covered_units, actor=actor)
    return _open(union, chair_name, actor)


def _open(union: Union, chair_name: str, actor: "Account") -> Registration:
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                union=union,
                applicant=actor,
                chair_name=chair_name,
                due_on=calendar.add_working_days(calendar.today(), ANSWER_WITHIN, core.calendar_overrides()),
            )
    except IntegrityError:
        raise Refused("您有一份建会申请正在办理，办完再提交新的。", "already-open") from None
    approvals.note(registration, step="提交申请", decision=Decision.SUBMITTED, actor=actor)
    audit.record(actor, "orgs:registration:submit", registration, after={"chair": chair_name}, org=union)
    inbox.send(
        queries.officer_accounts(union.parent or union, *permissions.LEADERS),
        kind=inbox.Kind.TASK,
        title=f"待审核：{registration}",
        body=f"拟任主席 {chair_name}，职工 {union.worker_count:,} 人，请在 {registration.due_on:%-m月%-d日} 前答复。",
        url=reverse("admin:orgs_registration_change", args=[registration.pk]),
    )
    return registration


def _name(text: str) -> str:
    name = identity.normalise_name(text)
    if not 4 <= len(name) <= 60 or "工会" not in name:
        raise Refused("工会名称写全称，如“惠安县某某公司工会”。", "bad-name", status=422)
    return name


def _chair(text: str) -> str:
    try:
        return identity.parse_name(text)
    except ValueError as error:
        raise Refused(str(error), "bad-chair", status=422) from None


def _require_new(name: str, *, kind: str, unit_uscc: str, uscc: str) -> None:
    """A unit has one union of its own. Called under the lock of the tree, so two racing requests see each other."""
    same = Q(name=name)
    if uscc:
        same |= Q(uscc=uscc)
    if unit_uscc and kind == Union.Kind.INDEPENDENT:
        same |= Q(unit_uscc=unit_uscc, kind=kind) | Q(covered_units__uscc=unit_uscc)
    found = Union.objects.exclude(state__in=[State.REJECTED, State.DISSOLVED]).filter(same).first()
    if found is None:
        return
    if found.is_established:
        raise Refused(f"已有“{found.name}”，可以直接申请入会。", "exists")
    raise Refused("这个单位的建会申请正在办理，请联系同事或上级工会。", "being-founded")


def require_no_founding(account: "Account") -> None:
    """Refuse when `account` has asked for a union that is not founded yet ("founding")."""
    if Registration.objects.filter(applicant=account, union__state__in=Union.FOUNDING).exists():
        raise Refused("您提交的建会申请还没有办完，请先撤回建会申请，再注销账号。", "founding")


@transaction.atomic
def withdraw_registration(registration: Registration, *, actor: audit.Actor) -> Registration:
    """Take one's own request back, also after the answer, as long as the union is not established.

    The name and code are free again, and who prepares the founding may ask anew.
    """
    _move(registration, Union.FOUNDING, State.REJECTED, reason="申请人撤回")
    _close(registration)
    approvals.note(registration, step="撤回申请", decision=Decision.WITHDRAWN, actor=actor)
    audit.record(actor, "orgs:registration:withdraw", registration, org=registration.union)
    return registration


@transaction.atomic
def reject_registration(registration: Registration, *, actor: audit.Actor, reason: str) -> Registration:
    """Say no, or stop a founding that comes to nothing, with the reason that the applicant reads.

    Refuses who sits not above, one's own request, and a union that is established.
    """
    office = _require_office_above(registration, actor)
    if not reason.strip():
        raise Refused("请写明原因，申请人会看到。", "no-reason", status=422)
    seen = (
        registration.union.state
    )  # a colleague who answers meanwhile wins: this no was about another question
    _move(registration, (seen,) if seen in Union.FOUNDING else (), State.REJECTED, reason=reason)
    _close(registration)
    step, told = ("上级审核", "未通过") if seen == State.SUBMITTED else ("终止筹建", "已终止")
    _note(registration, step, Decision.REJECTED, actor, office, reason)
    audit.record(
        actor, "orgs:registration:reject", registration, after={"reason": reason}, org=registration.union
    )
    _tell(registration, f"{registration}{told}", reason)
    return registration


@transaction.atomic
def approve_registration(registration: Registration, *, actor: audit.Actor, remark: str = "") -> Registration:
    """Agree that the union be founded. Refuses who sits not above, and one's own request."""
    office = _require_office_above(registration, actor)
    _move(registration, (State.SUBMITTED,), State.REPLIED, reason=remark)
    _note(registration, "上级批复", Decision.APPROVED, actor, office, remark)
    audit.record(
        actor, "orgs:registration:approve", registration, after={"remark": remark}, org=registration.union
    )
    _tell(registration, f"{registration}已获批复", remark or "接下来请发展会员。")
    return registration


@transaction.atomic
def advance_registration(registration: Registration, *, actor: audit.Actor, remark: str = "") -> Registration:
    """Confirm that the present step is done and go to the next, up to the assembly that elects the committee."""
    office = _require_office_above(registration, actor)
    registration.union.refresh_from_db(fields=["state"])
    state = registration.union.state
    if state not in _NEXT:
        raise Refused(f"当前是“{State(state).label}”，不能进入下一步。", "wrong-state")
    _move(registration, (state,), _NEXT[State(state)])
    step = State(_NEXT[State(state)]).label
    _note(registration, step, Decision.APPROVED, actor, office, remark)
    audit.record(
        actor, "orgs:registration:advance", registration, after={"step": step}, org=registration.union
    )
    _tell(registration, f"{registration}进入“{step}”", remark)
    return registration


@transaction.atomic
def establish(
    registration: Registration, *, elected_on: date, years: int, actor: audit.Actor, remark: str = ""
) -> Post:
    """The assembly has elected: the union is established and the applicant its chair for `years`.

    Refuses before the assembly was prepared, an election in the future or of another term than the law
    knows, who sits not above, and one's own request.
    """
    office = _require_office_above(registration, actor)
    if elected_on > calendar.today():
        raise Refused("选举日期还没到。", "future", status=422)
    if years not in TERM_YEARS:
        raise Refused("任期是 3 年或 5 年。", "bad-term", status=422)
    if not registration.applicant.is_active:
        raise Refused("申请人的账号已停用，请先联系本人。", "inactive")
    union = registration.union
    _move(
        registration,
        (State.CONVENING,),
        State.ESTABLISHED,
        founded_on=elected_on,
        elected_on=elected_on,
        term_number=1,
    )
    _close(registration)
    if not registration.applicant.display_name:
        accounts.name_account(registration.applicant, name=registration.chair_name, level=0, actor=actor)
    _note(registration, "召开会员大会，建会", Decision.APPROVED, actor, office, remark)
    audit.record(
        actor, "orgs:registration:establish", registration, after={"elected_on": elected_on}, org=union
    )
    post = give_post(
        registration.applicant,
        union=union,
        role=Post.Role.CHAIR,
        actor=actor,
        starts_on=elected_on,
        ends_on=_years_after(elected_on, years),
    )
    _tell(registration, f"{union}已建会", "您已是工会主席，可以在工作台审批入会、发布活动。")
    return post


def escalate_overdue_registrations() -> int:
    """Bring every request that the level above left unanswered before the next one up, once. Returns how many.

    The reach of that level covers the union anyway; the first keeps its right to answer.
    """
    late = Registration.objects.filter(
        is_open=True, union__state=State.SUBMITTED, escalated_at=None, due_on__lt=calendar.today()
    )
    return sum(_escalate(registration) for registration in late.select_related("union__parent__parent"))


@transaction.atomic
def _escalate(registration: Registration) -> bool:
    """Mark it by one conditional statement, so that two workers tell nobody twice."""
    if not Registration.objects.filter(pk=registration.pk, escalated_at=None).update(escalated_at=Now()):
        return False
    union = registration.union
    silent = union.parent or union
    above = silent.parent or silent
    remark = f"{silent.name} {ANSWER_WITHIN} 个工作日内没有答复"
    _note(registration, "超期转上级", Decision.ESCALATED, audit.SYSTEM, above.name, remark)
    audit.record(
        audit.SYSTEM,
        "orgs:registration:escalate",
        registration,
        after={"due_on": registration.due_on},
        org=union,
    )
    inbox.send(
        queries.officer_accounts(above, *permissions.LEADERS),
        kind=inbox.Kind.TASK,
        title=f"{registration}已超期，请督促或代为答复",
        body=f"{silent.name}应在 {registration.due_on:%-m月%-d日} 前答复。",
        url=reverse("admin:orgs_registration_change", args=[registration.pk]),
    )
    _tell(registration, f"{registration}超期没有答复", f"已转{above.name}督促办理。")
    return True


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _require_office_above(registration: Registration, actor: audit.Actor) -> str:
    """The name of the office that answers. Refuses whoever has none above, and the applicant."""
    above = registration.union.parent or registration.union
    if actor.pk is not None and actor.pk == registration.applicant_id:
        raise Refused("不能审批自己的申请，请由其他工会干部办理。", "own-request", status=403)
    if not permissions.may(actor, permissions.UNION_APPROVE, above):
        raise Refused("须由上级工会办理。", "not-above", status=403)
    return queries.office_of(actor, above) or above.name


def _move(
    registration: Registration,
    sources: Sequence[str],
    state: str,
    *,
    reason: str | None = None,
    **values: Any,
) -> None:
    """Change the union's state by one conditional statement; of two racing decisions one is refused."""
    union = registration.union
    if not Union.objects.filter(pk=union.pk, state__in=sources).update(state=state, **values):
        union.refresh_from_db(fields=["state"])
        raise Refused(f"当前是“{union.get_state_display()}”，不能这样办理。", "wrong-state")
    union.refresh_from_db()
    if reason is not None:
        registration.decided_reason = approvals.remark_of(reason)
        registration.save(update_fields=["decided_reason"])


def _close(registration: Registration) -> None:
    registration.is_open = False
    registration.save(update_fields=["is_open"])


def _note(
    registration: Registration, step: str, decision: str, actor: audit.Actor, office: str, remark: str
) -> None:
    remark = approvals.remark_of(remark)
    approvals.note(registration, step=step, decision=decision, actor=actor, office=office, remark=remark)


def _tell(registration: Registration, title: str, body: str) -> None:
    inbox.send(
        [registration.applicant_id],
        kind=inbox.Kind.REQUEST,
        title=title,
        body=body,
        url=reverse("orgs:registration", args=[registration.pk]),
    )
