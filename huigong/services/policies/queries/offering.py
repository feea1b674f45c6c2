"""What the unions within reach offer to apply for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.desks import DeskPage, DeskRow, page_of
from huigong.core.formats import end_zh, minute_zh
from huigong.people.membership.queries import audience
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Policy, Scheme
from huigong.services.policies.queries.documents import PAGE
from huigong.services.policies.queries.reviewing import figures

State = Scheme.State
SCHEME_STAGES: dict[str, str] = {"": "全部", **dict(State.choices)}


def schemes_page(
    actor: Actor, *, stage: str = "", text: str = "", before: int | None = None, limit: int = PAGE
) -> DeskPage:
    """Schemes of the unions within reach, newest first, each with how many applied and how many wait."""
    found = permissions.schemes_managed_by(actor)
    if stage:
        found = found.filter(state=stage)
    if text:
        found = found.filter(title__icontains=text)
    if before:
        found = found.filter(pk__lt=before)
    applied = Q(applications__submitted_at__isnull=False)
    waiting = Q(applications__state=Application.State.VERIFIED)
    counted = found.annotate(
        applied=Count("applications", filter=applied), waiting=Count("applications", filter=waiting)
    )
    rows = list(counted.defer("words", "questions").select_related("union").order_by("-id")[: limit + 1])
    return page_of(rows, _desk_row, limit=limit)


def _desk_row(scheme: Any) -> DeskRow:
    lines = [
        ("building-2", scheme.union.short_name or scheme.union.name),
        ("calendar", window_zh(scheme)),
        ("users", f"{scheme.applied} 人申报" + (f"，{scheme.waiting} 份待审定" if scheme.waiting else "")),
    ]
    href = reverse("policies:scheme-desk", args=[scheme.pk])
    return DeskRow(scheme.title, href, lines, [scheme_tag(scheme)])


def scheme_tag(scheme: Scheme) -> tuple[str, str]:
    """How it stands now in a word, with its colour."""
    now = timezone.now()
    if scheme.state == State.OPEN and scheme.opens_at and scheme.opens_at > now:
        return "未开始", "gold"
    if scheme.state == State.OPEN and scheme.closes_at and scheme.closes_at <= now:
        return "已截止", "grey"
    return {State.DRAFT: ("草稿", "grey"), State.OPEN: ("申报中", "ok"), State.CLOSED: ("已结束", "grey")}[
        State(scheme.state)
    ]


def window_zh(scheme: Scheme) -> str:
    """From when to when, in words."""
    if scheme.opens_at is None or scheme.closes_at is None:
        return "还没有开放"
    return f"{minute_zh(scheme.opens_at)} 至 {end_zh(scheme.closes_at, minute_zh)}"


@dataclass(frozen=True)
class SchemeDesk:
    """One scheme for who looks after it."""

    scheme: Scheme
    tag: tuple[str, str]
    facts: list[tuple[str, str]]
    counts: dict[str, int]
    applied: int


def scheme_desk(scheme: Scheme, actor: Actor) -> SchemeDesk:
    """The desk of `scheme`, which came through `permissions`."""
    counts = figures(scheme, actor)
    first = (
        f"先由单位工会核实（{scheme.unit_days} 个工作日）"
        if scheme.unit_first
        else "直接由主办工会办理，单位不知情"
    )
    return SchemeDesk(
        scheme=scheme,
        tag=scheme_tag(scheme),
        facts=[
            ("主办工会", scheme.union.name),
            ("申报时间", window_zh(scheme)),
            ("谁可以申报", audience(scheme.audience).sentence()),
            ("政策依据", scheme.policy.title if scheme.policy else ""),
            ("怎么核实", first),
            ("公示", f"{scheme.notice_days} 个工作日" if scheme.notice_days else "不公示"),
            ("敏感信息", f"办结 {scheme.keep_months} 个月后删除"),
            ("题目", f"{len(scheme.questions)} 题"),
        ],
        counts=counts,
        applied=sum(counts.values()),
    )


def bases(actor: Actor) -> "QuerySet[Policy]":
    """The published documents that a scheme may rest on, latest first."""
    return permissions.visible_to(actor).defer("body", "words").order_by("-issued_on", "-id")


def begun_count(scheme: Scheme) -> int:
    """How many people have begun to apply, drafts included: what they were asked has to stay."""
    return Application.objects.filter(scheme=scheme).count()
