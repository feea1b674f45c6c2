"""Accounts as members read them: year by year, and one with a bar for each category."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.formats import day_zh, size_zh, yuan
from huigong.people.membership import queries as membership
from huigong.services.funds import permissions
from huigong.services.funds.models import Line, Report

State, Period = Report.State, Report.Period


@dataclass(frozen=True)
class Row:
    """One report in a list."""

    title: str
    href: str
    text: str
    tags: list[tuple[str, str]]


@dataclass(frozen=True)
class Year:
    """A year's reports, and what came in and went out in it as far as it is published."""

    year: int
    rows: list[Row]
    covers: str
    income_fen: int
    spending_fen: int

    @property
    def bars(self) -> list[tuple[str, int, str]]:
        return [
            ("收入", self.income_fen, yuan(self.income_fen)),
            ("支出", self.spending_fen, yuan(self.spending_fen)),
        ]


@dataclass(frozen=True)
class Shelf:
    """What one union has published; `unions` are all of the reader's that have something, the nearest first."""

    union: str
    union_id: int | None
    unions: list[tuple[int, str]]
    years: list[Year]

    @property
    def most_fen(self) -> int:
        """The longest bar of all years, so that years can be compared."""
        return max((fen for year in self.years for _, fen, _ in year.bars), default=0)


def shelf(actor: Actor, *, union_id: int | None = None) -> Shelf:
    """What the union `union_id` of the member `actor`, or the nearest that has something, has published."""
    current = permissions.visible_to(actor).filter(state=State.PUBLISHED)
    unions = list(current.order_by("-union__path").values_list("union_id", "union__name").distinct())
    if not unions:
        return Shelf("", None, [], [])
    chosen = next((each for each in unions if each[0] == union_id), unions[0])
    reports = list(current.filter(union_id=chosen[0]).order_by("-year", "period"))
    years = sorted({report.year for report in reports}, reverse=True)
    return Shelf(
        union=chosen[1],
        union_id=chosen[0],
        unions=unions,
        years=[_year(year, [report for report in reports if report.year == year]) for year in years],
    )


def _year(year: int, reports: list[Report]) -> Year:
    """A whole year's report counts for the year; without one its quarters do."""
    whole = [report for report in reports if report.period == Period.YEAR]
    counted = whole or reports
    return Year(
        year=year,
        rows=[_row(report) for report in reports],
        covers="全年" if whole else f"已公开的 {len(counted)} 个季度合计",
        income_fen=sum(report.income_fen for report in counted),
        spending_fen=sum(report.spending_fen for report in counted),
    )


def _row(report: Report) -> Row:
    return Row(
        title=report.title,
        href=reverse("funds:detail", args=[report.pk]),
        text=f"收入 {yuan(report.income_fen)} · 支出 {yuan(report.spending_fen)} · 结余 {yuan(report.closing_fen)}",
        tags=[("已更正", "gold")] if report.version > 1 else [],
    )


def latest(actor: Actor, *, limit: int = 2) -> list[Row]:
    """The newest accounts of the member's own union, for a page on which they are one thing among others."""
    member = membership.member_of(actor)
    if member is None:
        return []
    own = permissions.shown_to(member).filter(state=State.PUBLISHED, union_id=member.union_id)
    return [_row(report) for report in own.order_by("-year", "-period")[:limit]]


@dataclass(frozen=True)
class Bar:
    """What one category came to, and its part of the side it stands on, per cent."""

    label: str
    fen: int
    words: str
    share: int


@dataclass(frozen=True)
class Side:
    """Income or spending: its sum, and the categories in it as the rules order them."""

    title: str
    sum: str
    bars: list[Bar]

    @property
    def most_fen(self) -> int:
        return max((bar.fen for bar in self.bars), default=0)


@dataclass(frozen=True)
class Face:
    """One report as anybody who may read it does."""

    report: Report
    facts: list[tuple[str, str]]
    sides: list[Side]
    checked: str
    file: tuple[str, str, str] | None
    versions: list[tuple[str, str, bool]]
    newest: str
    """Where the version stands that took this one's place, or nothing."""


def face(report: Report) -> Face:
    """The page of `report`, which the caller has fetched for its reader."""
    amounts = dict(report.lines.values_list("category", "amount_fen"))
    versions = list(_versions(report).order_by("-version"))
    current = next((each for each in versions if each.state == State.PUBLISHED), None)
    return Face(
        report=report,
        facts=[
            ("上期结余", yuan(report.opening_fen)),
            ("收入", yuan(report.income_fen)),
            ("支出", yuan(report.spending_fen)),
            ("本期结余", yuan(report.closing_fen)),
        ],
        sides=[
            _side("收入", Line.INCOME, amounts, report.income_fen),
            _side("支出", Line.SPENDING, amounts, report.spending_fen),
        ],
        checked=_checked(report),
        file=_file(report),
        versions=[(*_version(each), each.pk == report.pk) for each in versions] if len(versions) > 1 else [],
        newest=_version(current)[1] if current and report.state == State.REPLACED else "",
    )


def _versions(report: Report) -> QuerySet[Report]:
    same = {"union_id": report.union_id, "year": report.year, "period": report.period}
    return Report.objects.filter(state__in=Report.SHOWN, **same)


def _version(report: Report) -> tuple[str, str]:
    published = day_zh(report.published_at) if report.published_at else ""
    return f"第 {report.version} 版（{published}公开）", reverse("funds:detail", args=[report.pk])


def _side(title: str, categories: tuple[Any, ...], amounts: dict[str, int], total: int) -> Side:
    bars = [
        Bar(
            category.label, amounts[category], yuan(amounts[category]), round(amounts[category] * 100 / total)
        )
        for category in categories
        if amounts.get(category)
    ]
    return Side(title, yuan(total), bars)


def _checked(report: Report) -> str:
    if report.confirmer is None or report.published_at is None:
        return ""
    return f"{report.get_confirmed_as_display()}{report.confirmer.display_name}核对，{day_zh(report.published_at)}公开"


def _file(report: Report) -> tuple[str, str, str] | None:
    if report.file is None:
        return None
    return report.file.name, size_zh(report.file.size), reverse("funds:file", args=[report.pk])
