"""What may be applied for, as members see it before they begin."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from huigong.core import search as fulltext
from huigong.core.audit import Actor
from huigong.core.formats import date_zh, end_zh
from huigong.core.prepared import Prepared, Slot
from huigong.core.questions import Kind, Question, Questions, parse_schema
from huigong.people.membership import queries as membership
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Policy, Scheme

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huigong.people.membership.queries import Member

State = Application.State
TONES = {
    State.DRAFT: "gold",
    State.SUBMITTED: "blue",
    State.RETURNED: "red",
    State.VERIFIED: "blue",
    State.NOTICED: "blue",
    State.AWARDED: "ok",
    State.REFUSED: "grey",
    State.WITHDRAWN: "grey",
}


@dataclass(frozen=True)
class Row:
    """One scheme, or one of the reader's applications, in a list."""

    title: str
    href: str
    lines: list[tuple[str, str]]
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """The reader's applications, and what else they can apply for, what they are eligible for first."""

    own: list[Row]
    open: list[Row]


def choice(actor: Actor, member: "Member | None") -> Choice:
    """The page from which everything starts; nobody's applications are many, so they are read whole."""
    held = permissions.own(actor).select_related("scheme__union").order_by("-id")[:50]
    applications = list(held)
    live = {row.scheme_id for row in applications if row.state not in (State.REFUSED, State.WITHDRAWN)}
    schemes = [] if member is None else [row for row in _running(member) if row.pk not in live]
    rows = [(_why_not(scheme, member), scheme) for scheme in schemes]
    rows.sort(key=lambda pair: (bool(pair[0]), pair[1].closes_at, pair[1].pk))
    return Choice(
        [_own_row(application) for application in applications], [_row(scheme, why) for why, scheme in rows]
    )


def open_count(actor: Actor) -> int:
    """How many of the actor's applications are begun and not finished: one query."""
    return len(_open_ids(account=actor.pk))


_open_ids = Prepared(
    lambda: (
        Application.objects.filter(person__account=Slot("account"))
        .exclude(state__in=Application.OVER)
        .values_list("pk", flat=True)
    )
)


def _running(member: "Member") -> "QuerySet[Scheme]":
    """Those whose window is not over yet."""
    found = permissions.open_to(member).filter(closes_at__gt=timezone.now())
    return found.select_related("union").defer("words", "questions", "intro")


def _why_not(scheme: Scheme, member: "Member | None") -> str:
    return membership.audience(scheme.audience).why_not(member) or ""


def _row(scheme: Scheme, why_not: str) -> Row:
    tags = [("不符合条件", "grey")] if why_not else [("符合条件", "ok")]
    if scheme.opens_at and scheme.opens_at > timezone.now():
        tags.append((f"{date_zh(scheme.opens_at)} 开始", "gold"))
    return Row(
        title=scheme.title,
        href=reverse("policies:scheme", args=[scheme.pk]),
        lines=[("building-2", scheme.union.name), ("clock", until(scheme))]
        + ([("circle-alert", why_not)] if why_not else []),
        tags=tags,
    )


def _own_row(application: Application) -> Row:
    return Row(
        title=application.scheme.title,
        href=reverse("policies:application", args=[application.pk]),
        lines=[("building-2", application.scheme.union.name), ("clock", _stands(application))],
        tags=[(application.get_state_display(), TONES[State(application.state)])],
    )


def _stands(application: Application) -> str:
    scheme = application.scheme
    if application.state == State.DRAFT:
        return f"没有提交，{until(scheme)}"
    if application.state == State.RETURNED and application.correct_by:
        return f"请在 {date_zh(application.correct_by)} 前补正"
    if application.state == State.NOTICED and application.notice_until:
        return f"公示到 {date_zh(application.notice_until)}"
    when = application.submitted_at or application.created_at
    return f"{date_zh(when)} 提交"


def until(scheme: Scheme) -> str:
    """When the window closes."""
    return f"{end_zh(scheme.closes_at)} 截止" if scheme.closes_at else ""


@dataclass(frozen=True)
class Paper:
    """A paper that the form asks for, and when."""

    label: str
    note: str


@dataclass(frozen=True)
class SchemeFace:
    """What somebody should know before they begin."""

    scheme: Scheme
    intro: list[str]
    window: str
    is_open: bool
    opens: str
    meant: str
    unmet: list[str]
    papers: list[Paper]
    seen_by: list[tuple[str, str, str]]
    policy: Policy | None
    own: Row | None
    count: int


def scheme_face(scheme: Scheme, member: "Member", actor: Actor) -> SchemeFace:
    """The page of `scheme` for `member`: who it is for and whether they are, what is needed, who will see it."""
    questions = parse_schema(scheme.questions)
    held = permissions.own(actor).filter(scheme=scheme).exclude(state__in=[State.REFUSED, State.WITHDRAWN])
    own = held.select_related("scheme__union").first()
    now = timezone.now()
    rule = membership.audience(scheme.audience)
    policy = scheme.policy if scheme.policy and scheme.policy.state == Policy.State.PUBLISHED else None
    starts = scheme.opens_at or now
    return SchemeFace(
        scheme=scheme,
        intro=[line.strip() for line in scheme.intro.splitlines() if line.strip()],
        window=until(scheme),
        is_open=bool(starts <= now < (scheme.closes_at or now)),
        opens=date_zh(starts) if starts > now else "",
        meant=rule.sentence(),
        unmet=rule.unmet(member),
        papers=[
            Paper(question.label, _when_needed(question, questions))
            for question in questions
            if question.kind == Kind.FILES
        ],
        seen_by=seen_by(
            scheme, questions, member.union_name, is_own_union=member.union_id == scheme.union_id
        ),
        policy=policy,
        own=_own_row(own) if own else None,
        count=len(questions),
    )


def _when_needed(question: Question, questions: Questions) -> str:
    condition = only_if(question, questions)
    must = condition or ("必须" if question.required else "有就传")
    return "，".join(part for part in (must, question.help) if part)


def only_if(question: Question, questions: Questions) -> str:
    """On what a question depends, in words; nothing for one that is asked of everybody."""
    if question.only_if is None:
        return ""
    before = next(each for each in questions if each.id == question.only_if.id)
    return f"“{before.label}”选“{'”或“'.join(question.only_if.answers)}”才要"


def seen_by(
    scheme: Scheme, questions: Questions, unit_name: str, *, is_own_union: bool
) -> list[tuple[str, str, str]]:
    """(icon, who or what, what it means): who will see an application, how long that takes, and when it goes."""
    rows = []
    if scheme.unit_first and not is_own_union:
        rows.append(
            ("building-2", f"{unit_name}核实", f"{scheme.unit_days} 个工作日内；没人办会自动转上级工会")
        )
    elif not scheme.unit_first:
        rows.append(("eye-off", "您的单位工会看不到", "直接送主办工会，单位不会知道您提交过"))
    rows.append(("stamp", f"{scheme.union.name}审定", "只有经办的工会干部能看，敏感内容每次查看都有记录"))
    if scheme.notice_days:
        rows.append(
            (
                "megaphone",
                f"公示 {scheme.notice_days} 个工作日",
                "只公开打码的姓名、所在工会和结果，不公开您填的内容",
            )
        )
    else:
        rows.append(("lock", "不公示", "结果只告诉您本人"))
    if any(question.private for question in questions):
        rows.append(
            (
                "shield-check",
                "敏感内容加密保存",
                f"办结满 {scheme.keep_months} 个月自动删除，也可以随时撤回同意",
            )
        )
    return rows


def resting_on(policy: Policy, actor: Actor) -> list[Row]:
    """What `actor` can apply for online that rests on a document."""
    member = membership.member_of(actor)
    if member is None:
        return []
    return [_row(scheme, _why_not(scheme, member)) for scheme in _running(member).filter(policy=policy)]


def search_schemes(actor: Actor, q: str, limit: int) -> list[fulltext.Hit]:
    """What `actor` can apply for that fits `q`, the best first."""
    member = membership.member_of(actor)
    if member is None:
        return []
    found = fulltext.best(_running(member), q, latest="-opens_at", limit=limit, related=["union"])
    return [
        fulltext.Hit(
            heading=fulltext.marked(scheme.title, q),
            text=fulltext.excerpt(scheme.intro, q),
            href=reverse("policies:scheme", args=[scheme.pk]),
            meta=(scheme.union.name, until(scheme)),
            tags=(("可以申报", "ok"),),
            rank=scheme.rank,
        )
        for scheme in found
    ]
