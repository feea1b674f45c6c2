"""Accounts of unions: of years and quarters, confirmed by a second person, one of them put right."""

import io
from collections.abc import Iterator
from typing import IO, Any

from huigong.core import tables
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.services.funds import operations as funds
from huigong.services.funds.models import Line, Report
from huigong.services.funds.operations import Figures


def accounts(stage: Stage) -> Iterator[Story]:
    """Each report by its own story."""
    yield from (_report(stage, row) for row in words("funds")["reports"])


def _report(stage: Stage, row: dict[str, Any]) -> Story:
    yield stage.clock.at(row["days"], "09:40")
    writer = stage.officer(row["union"])
    year, period = _period(stage, row)
    report = funds.draw_up(
        stage.unions[row["union"]],
        year=year,
        period=period,
        figures=_figures(row, row["amounts"]),
        actor=writer,
    )
    if row.get("submit") or row.get("confirm"):
        funds.submit(report, actor=writer)
    if not row.get("confirm"):
        return
    yield stage.clock.at(row["days"] + 1, "14:30")
    _confirm(report)
    if "corrected" not in row:
        return
    again = row["corrected"]
    yield stage.clock.at(again["days"], "10:10")
    report = funds.correct(report, reason=again["reason"], actor=writer)
    funds.revise(report, figures=_figures(row, again["amounts"]), actor=writer)
    funds.submit(report, actor=writer)
    yield stage.clock.at(again["days"] + 1, "15:20")
    _confirm(report)


def _period(stage: Stage, row: dict[str, Any]) -> tuple[int, int]:
    """Year and quarter of accounts that are over by today, whenever that is."""
    today = stage.clock.today
    if "years_ago" in row:
        return today.year - row["years_ago"], Report.Period.YEAR
    quarters = today.year * 4 + (today.month - 1) // 3 - row["quarters_ago"]
    return quarters // 4, quarters % 4 + 1


def _confirm(report: Report) -> None:
    report.refresh_from_db()
    checker = Account.objects.get(pk=report.confirmers[0])
    funds.confirm(report, revision=report.revision, actor=checker)


def _figures(row: dict[str, Any], amounts: dict[str, float]) -> Figures:
    fen = {category: round(amount * 100) for category, amount in amounts.items()}
    opening = round(row["opening"] * 100)
    income = sum(fen.get(category, 0) for category in Line.INCOME)
    spending = sum(fen.get(category, 0) for category in Line.SPENDING)
    upload = (_sheet(fen), f"{row['sheet']}.xlsx") if "sheet" in row else None
    return Figures(opening, opening + income - spending, fen, row.get("note", ""), upload)


def _sheet(fen: dict[str, int]) -> IO[bytes]:
    file = io.BytesIO()
    rows = [[Line.Category(category).label, amount / 100] for category, amount in fen.items()]
    tables.write_table(file, ["科目", "金额（元）"], rows, title="经费收支决算表")
    file.seek(0)
    return file
