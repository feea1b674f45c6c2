"""The figures and charts of the cadres' home: real ones, of what lies within reach."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from huigong.core.formats import WEEKDAYS, thousands
from huigong.faces.workbench.queries.todo import Todo, TodoKind, todo, todo_counts
from huigong.people.membership import permissions as membership
from huigong.people.membership.queries import workbench as members
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries
from huigong.services.activities.queries import workbench as activities

DAYS = 14
BARS = 6
_REMEMBERED = 60
"""Seconds. Whoever opens the home again after each decision does not wait for 150,000 signups to be counted."""
_RED = "var(--color-primary-600)"
_GREEN = "#17a673"


@dataclass(frozen=True)
class Figure:
    """One number with what it means beside it. `tone`: good, bad or ""."""

    label: str
    value: str
    icon: str
    note: str
    href: str
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """Data and options for Chart.js, as JSON; empty `data` when there is nothing to draw."""

    title: str
    data: str
    options: str


@dataclass(frozen=True)
class Dashboard:
    """Everything on the cadres' home."""

    name: str
    today: str
    figures: list[Figure]
    lines: Chart
    bars: Chart
    kinds: list[TodoKind]
    todos: list[Todo]

    @property
    def waiting(self) -> int:
        return sum(kind.count for kind in self.kinds)


@dataclass(frozen=True)
class _Overview:
    """What of the home is about everything within reach, and no other a minute later."""

    figures: list[Figure]
    lines: Chart
    bars: Chart


def dashboard(actor: Any) -> Dashboard:
    """The home of a cadre. What waits for them is counted each time; the rest may be a minute old."""
    today = timezone.localdate()
    kinds = todo_counts(actor)
    known = _overview(actor, today)
    return Dashboard(
        name=actor.display_name,
        today=f"{today.year}年{today.month}月{today.day}日 {WEEKDAYS[today.weekday()]}",
        figures=[_awaiting(kinds), *known.figures],
        lines=known.lines,
        bars=known.bars,
        kinds=kinds,
        todos=todo(actor, limit=8),
    )


def _overview(actor: Any, today: date) -> _Overview:
    key = f"overview:{actor.pk}:{today}:{hash(orgs.standing(actor))}"
    known = cache.get(key)
    if known is None:
        known = _Overview(_figures(actor, today), _lines(actor, today), _bars(actor, today))
        cache.set(key, known, _REMEMBERED)
    return known


def _awaiting(kinds: list[TodoKind]) -> Figure:
    waiting, late = sum(kind.count for kind in kinds), sum(kind.late for kind in kinds)
    note = f"其中 {late} 项已超期" if late else "没有超期事项"
    return Figure("待我办理", thousands(waiting), "inbox", note, "#todo", "bad" if late else "good")


def _figures(actor: Any, today: date) -> list[Figure]:
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    this, last = activities.signups_since(actor, month), activities.signups_since(actor, last_month)
    last -= this
    unions = org_queries.established().filter(pk__in=orgs.reach(actor, orgs.UNION_VIEW))
    founding = orgs.registrations_visible_to(actor).filter(is_open=True).count()
    count, joined = members.count_within(actor), members.count_within(actor, joined_since=month)
    return [
        Figure(
            "本月活动报名",
            thousands(this),
            "event",
            _change(this, last),
            reverse("admin:activities_activity_changelist"),
            _tone(this, last),
        ),
        Figure(
            "工会组织",
            thousands(unions.count()),
            "account_tree",
            f"{founding} 家正在建会" if founding else "没有在建的工会",
            reverse("admin:orgs_union_changelist"),
        ),
        Figure(
            "在册会员",
            thousands(count),
            "groups",
            f"本月新增 {thousands(joined)} 人",
            reverse("admin:membership_person_changelist"),
            "good" if joined else "",
        ),
    ]


def _change(this: int, last: int) -> str:
    if not last:
        return "上月没有报名" if this else "本月还没有报名"
    return f"上月 {thousands(last)}，{'增' if this >= last else '减'} {abs(this - last) * 100 / last:.1f}%"


def _tone(this: int, last: int) -> str:
    return "good" if last and this >= last else ""


def _lines(actor: Any, today: date) -> Chart:
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    found = membership.applications_visible_to(actor).exclude(account_id=actor.pk)
    submitted = _by_day(found, "submitted_at", days)
    approved = _by_day(found.filter(state="approved"), "decided_at", days)
    data = {
        "labels": [f"{day.month}/{day.day}" for day in days],
        "datasets": [
            {"label": "提交", "data": submitted, "borderColor": _RED, "backgroundColor": _RED},
            {"label": "已通过", "data": approved, "borderColor": _GREEN, "backgroundColor": _GREEN},
        ],
    }
    return Chart(
        "近14天入会申请", json.dumps(data) if any(submitted + approved) else "", json.dumps(_LINE_OPTIONS)
    )


def _by_day(found: Any, field: str, days: list[date]) -> list[int]:
    counted = dict(
        found.filter(**{f"{field}__date__gte": days[0]})
        .annotate(day=TruncDate(field))
        .values_list("day")
        .annotate(count=Count("id"))
    )
    return [counted.get(day, 0) for day in days]


def _bars(actor: Any, today: date) -> Chart:
    recent = membership.applications_visible_to(actor).exclude(account_id=actor.pk)
    rows = list(
        recent.filter(submitted_at__date__gt=today - timedelta(days=30))
        .values_list("union__name")
        .annotate(count=Count("id"))
        .order_by("-count", "union__name")[:BARS]
    )
    data = {
        "labels": [name.replace("有限公司", "") for name, _ in rows],
        "datasets": [
            {
                "label": "申请数",
                "data": [count for _, count in rows],
                "backgroundColor": "var(--color-primary-500)",
                "borderRadius": 4,
            }
        ],
    }
    return Chart("各基层工会申请数（近30天）", json.dumps(data) if rows else "", json.dumps(_BAR_OPTIONS))


_WHOLE = {"precision": 0, "display": True}
_LINE_OPTIONS = {
    "maintainAspectRatio": False,
    "tension": 0.35,
    "cubicInterpolationMode": "monotone",
    "plugins": {
        "legend": {
            "display": True,
            "position": "top",
            "align": "end",
            "labels": {"boxWidth": 10, "boxHeight": 10},
        }
    },
    "scales": {
        "y": {"beginAtZero": True, "ticks": _WHOLE},
        "x": {
            "grid": {"display": False},
            "ticks": {"display": True, "maxRotation": 0, "autoSkip": True, "font": {"size": 11}},
        },
    },
}
_BAR_OPTIONS = {
    "indexAxis": "y",
    "maintainAspectRatio": False,
    "plugins": {"legend": {"display": False}},
    "scales": {
        "x": {"grid": {"display": False}, "beginAtZero": True, "ticks": _WHOLE},
        "y": {"grid": {"display": False}, "ticks": {"display": True}},
    },
}
