"""Accounts on the desk of who draws them up and who confirms them."""

import io
from dataclasses import dataclass
from typing import IO, Any

from django.urls import reverse

from huigong.core import tables
from huigong.core.audit import Actor
from huigong.core.desks import DeskPage, DeskRow
from huigong.core.formats import day_zh, minute_zh, yuan
from huigong.people.approvals import queries as approvals
from huigong.services.funds import permissions
from huigong.services.funds.models import Line, Report
from huigong.services.funds.queries.reports import Face, face
from huigong.services.funds.queries.sheets import CLOSING, OPENING

State = Report.State
TONES = {State.DRAFT: "grey", State.CONFIRMING: "gold", State.PUBLISHED: "ok", State.REPLACED: "grey"}
STAGES = {"": "在办", "published": "已公开", "all": "全部"}
PAGE = 20


def desk_page(actor: Actor, *, stage: str = "", page: int = 1) -> DeskPage:
    """What the actor draws up, confirms or may look at."""
    found = permissions.managed_by(actor).select_related("union")
    if stage != "all":
        states = [State.PUBLISHED] if stage else [State.DRAFT, State.CONFIRMING]
        found = found.filter(state__in=states)
    start = (page - 1) * PAGE
    rows = list(found.order_by("-year", "-period", "-version", "-id")[start : start + PAGE + 1])
    return DeskPage([_row(report) for report in rows[:PAGE]], page + 1 if len(rows) > PAGE else None)


def _row(report: Report) -> DeskRow:
    tags = [(report.get_state_display(), TONES[State(report.state)])]
    if report.version > 1:
        tags.append((f"第 {report.version} 版", "grey"))
    return DeskRow(
        title=report.title,
        href=reverse("funds:manage", args=[report.pk]),
        lines=[
            ("landmark", report.union.name),
            ("coins", f"收入 {yuan(report.income_fen)}，支出 {yuan(report.spending_fen)}"),
            ("clock", day_zh(report.published_at or report.created_at)),
        ],
        tags=tags,
    )


@dataclass(frozen=True)
class Desk:
    """One report for a cadre: as members read it, what happened to it, and what can be done."""

    face: Face
    state: str
    tone: str
    waits_for: str
    track: list[dict[str, Any]]
    is_own: bool
    may_confirm: bool

    @property
    def report(self) -> Report:
        return self.face.report

    @property
    def may_edit(self) -> bool:
        return self.is_own and self.report.state == State.DRAFT

    @property
    def may_call_back(self) -> bool:
        return self.is_own and self.report.state == State.CONFIRMING

    @property
    def may_correct(self) -> bool:
        return self.is_own and self.report.state == State.PUBLISHED


def desk_of(report: Report, actor: Actor) -> Desk:
    """The page of `report`, which the caller has fetched for the cadre `actor`."""
    confirming = report.state == State.CONFIRMING
    return Desk(
        face=face(report),
        state=report.get_state_display(),
        tone=TONES[State(report.state)],
        waits_for=report.get_confirmed_as_display() if confirming else "",
        track=[
            {
                "title": moment.title,
                "time": minute_zh(moment.at),
                "note": " · ".join(part for part in (moment.who, *moment.lines) if part),
                "state": moment.tone or "done",
            }
            for moment in approvals.moments(report)
        ],
        is_own=permissions.writers(actor).filter(pk=report.union_id).exists(),
        may_confirm=confirming and actor.pk in report.confirmers and actor.pk != report.writer_id,
    )


def empty_sheet() -> IO[bytes]:
    """A spreadsheet to fill in, with the headings that an import knows."""
    file = io.BytesIO()
    names = [OPENING, *(category.label for category in Line.Category), CLOSING]
    tables.write_table(file, ["科目", "金额（元）"], [[name, None] for name in names], title="经费收支表")
    file.seek(0)
    return file
