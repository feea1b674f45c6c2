"""Every write to accounts of funds. Public door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import IO, TYPE_CHECKING

from django import urls
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from huigong.core import audit, calendar, files
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.funds.models import Line, Report

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

State, Office, Step = Report.State, Report.Office, approvals.Decision
_STEP = "核对"


@dataclass(frozen=True)
class Figures:
    """What the books say of a period, in fen: what there was, came in and went out by category, and what is left."""

    opening: int
    closing: int
    amounts: Mapping[str, int]
    note: str = ""
    upload: tuple[IO[bytes], str] | None = field(default=None, compare=False)

    def sum_of(self, side: tuple[str, ...]) -> int:
        """All that came in, or all that went out."""
        return sum(self.amounts.get(category, 0) for category in side)


@transaction.atomic
def draw_up(union: "Union", *, year: int, period: int, figures: Figures, actor: audit.Actor) -> Report:
    """A draft of what `union` took in and spent. Only its own desk sees it.

    Refuses a period that has not ended, one for which accounts are there already, and figures that do not agree.
    """
    _require_past(year, period)
    if Report.objects.filter(union=union, year=year, period=period).exists():
        raise Refused("这一期已经有了。要改草稿请打开它；已公开的，请用“更正”。", "there", status=422)
    report = Report(union=union, year=year, period=period)
    _fill(report, figures, actor)
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        raise Refused("这一期刚刚有人填报，请刷新后打开它。", "there", status=422) from None
    _write_lines(report, figures)
    audit.record(actor, "funds:report:create", report, after={"closing_fen": report.closing_fen}, org=union)
    return report


def _require_past(year: int, period: int) -> None:
    month = 3 * period or 12
    following = date(year, month, 28) + timedelta(days=4)
    if calendar.today() < following.replace(day=1):
        raise Refused("这一期还没有结束，结束以后再公开。", "not-over", status=422)


def _fill(report: Report, figures: Figures, actor: audit.Actor) -> None:
    report.opening_fen, report.closing_fen = figures.opening, figures.closing
    report.income_fen = figures.sum_of(Line.INCOME)
    report.spending_fen = figures.sum_of(Line.SPENDING)
    report.note, report.writer_id = figures.note, actor.pk
    if not report.income_fen and not report.spending_fen:
        raise Refused("收入和支出都没有填，请至少填一项。", "empty", status=422)
    left = report.opening_fen + report.income_fen - report.spending_fen
    if left != report.closing_fen:
        raise Refused(
            f"上期结余加收入减支出是 {left / 100:,.2f} 元，和填的本期结余不一致，请核对。",
            "unbalanced",
            status=422,
        )
    if figures.upload:
        report.file = files.store_documents([figures.upload], owner=actor)[0]


def _write_lines(report: Report, figures: Figures) -> None:
    known = [category for category in Line.Category if figures.amounts.get(category)]
    report.lines.all().delete()
    Line.objects.bulk_create(
        [Line(report=report, category=category, amount_fen=figures.amounts[category]) for category in known]
    )


def _locked(report: Report, *states: str, otherwise: str) -> Report:
    now = Report.objects.select_for_update(of=("self",)).select_related("union", "file").get(pk=report.pk)
    if now.state not in states:
        raise Refused(otherwise, "wrong-state")
    return now


@transaction.atomic
def revise(report: Report, *, figures: Figures, actor: audit.Actor) -> Report:
    """Replace the figures of a draft. A new file takes the place of the former. Refuses what left the desk."""
    now = _locked(report, State.DRAFT, otherwise="已经送核对或公开，不能直接改；先收回，或用“更正”。")
    before, old_file = {"closing_fen": now.closing_fen}, now.file
    _fill(now, figures, actor)
    now.save()
    if old_file and now.file_id != old_file.pk:
        files.remove(old_file)
    _write_lines(now, figures)
    after = {"closing_fen": now.closing_fen}
    audit.record(actor, "funds:report:update", now, before=before, after=after, org=now.union)
    return now


@transaction.atomic
def submit(report: Report, *, actor: audit.Actor) -> Report:
    """Hand a draft to who confirms it: the union's auditors, without any its chair, and never who wrote it.

    Where nobody else is in office the nearest union above confirms. Refuses where nobody at all can.
    """
    now = _locked(report, State.DRAFT, otherwise="已经送核对了。")
    office, people = _confirmers(now.union, {now.writer_id, actor.pk})
    if not people:
        raise Refused("没有能核对的人，请先让上级工会任命经审委员或主席。", "nobody", status=422)
    Report.objects.filter(pk=now.pk).update(
        state=State.CONFIRMING, confirmers=people, confirmed_as=office, revision=F("revision") + 1
    )
    now.refresh_from_db()
    _note(now, Step.SUBMITTED, actor)
    audit.record(actor, "funds:report:submit", now, org=now.union)
    inbox.send(
        people,
        kind=inbox.Kind.TASK,
        title=f"请核对经费收支：{now.title}",
        body=now.union.name,
        url=_desk(now),
    )
    return now


def _confirmers(union: "Union", hands: set[int | None]) -> tuple[str, list[int]]:
    for place in [union, *orgs.ancestors(union).reverse()]:
        for office, roles in ((Office.AUDITOR, (offices.Role.AUDITOR,)), (Office.CHAIR, offices.LEADERS)):
            held = orgs.officers(place, *roles).values_list("account_id", flat=True)
            others = sorted(set(held) - hands)
            if others:
                return office if place.pk == union.pk else Office.ABOVE, others
    return "", []


def _note(report: Report, decision: str, actor: audit.Actor, remark: str = "") -> None:
    office = orgs.office_of(actor, report.union)
    approvals.note(report, step=_STEP, decision=decision, actor=actor, office=office, remark=remark)


def _desk(report: Report) -> str:
    return urls.reverse("funds:manage", args=[report.pk])


@transaction.atomic
def call_back(report: Report, *, actor: audit.Actor) -> None:
    """Take it back to the desk before it is confirmed."""
    now = _locked(report, State.CONFIRMING, otherwise="已经核对过了，不能收回。")
    Report.objects.filter(pk=now.pk).update(state=State.DRAFT, confirmed_as="")
    _note(now, Step.WITHDRAWN, actor)
    audit.record(actor, "funds:report:call-back", now, org=now.union)


@transaction.atomic
def confirm(report: Report, *, revision: int, actor: audit.Actor) -> None:
    """The second person has checked what was handed in as `revision`: members read it from now on.

    The version before, if any, stays readable as such. Refuses who was not asked or wrote it, and what has moved on.
    """
    now = _locked(report, State.CONFIRMING, otherwise="已经有人处理了，请刷新。")
    if actor.pk not in now.confirmers or actor.pk == now.writer_id:
        raise Refused("由经审委员或主席核对，填报人自己不能核对。", "not-asked", status=403)
    if now.revision != revision:
        raise Refused("内容刚刚改过，请再看一遍。", "changed")
    Report.objects.filter(union=now.union, year=now.year, period=now.period, state=State.PUBLISHED).update(
        state=State.REPLACED
    )
    Report.objects.filter(pk=now.pk).update(state=State.PUBLISHED, confirmer_id=actor.pk, published_at=Now())
    _note(now, Step.APPROVED, actor)
    audit.record(
        actor, "funds:report:publish", now, after={"closing_fen": now.closing_fen, "version": now.version},
        org=now.union,
    )  # fmt: skip
    inbox.send(
        [now.writer_id], kind=inbox.Kind.TASK, title=f"已公开：{now}", body=now.union.name, url=_desk(now)
    )


@transaction.atomic
def send_back(report: Report, *, revision: int, reason: str, actor: audit.Actor) -> None:
    """The second person found something: back to the desk, with a reason."""
    now = _locked(report, State.CONFIRMING, otherwise="已经有人处理了，请刷新。")
    if actor.pk not in now.confirmers or now.revision != revision:
        raise Refused("内容刚刚改过，请再看一遍。", "changed")
    Report.objects.filter(pk=now.pk).update(state=State.DRAFT, confirmed_as="")
    _note(now, Step.RETURNED, actor, reason)
    audit.record(actor, "funds:report:return", now, after={"reason": reason}, org=now.union)
    inbox.send([now.writer_id], kind=inbox.Kind.TASK, title=f"退回修改：{now}", body=reason, url=_desk(now))


@transaction.atomic
def correct(report: Report, *, reason: str, actor: audit.Actor) -> Report:
    """A draft of the next version of published accounts, with their figures to begin with. Refuses a second draft.

    Members read the former version until the new one is confirmed, and `reason` with the new one.
    """
    now = _locked(report, State.PUBLISHED, otherwise="只能更正已公开的最新一版。")
    made = Report(
        union=now.union, year=now.year, period=now.period, version=now.version + 1, correction=reason,
        opening_fen=now.opening_fen, income_fen=now.income_fen, spending_fen=now.spending_fen,
        closing_fen=now.closing_fen, note=now.note, writer_id=actor.pk,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused("已经有一份更正在办，请打开它。", "there") from None
    Line.objects.bulk_create(
        [Line(report=made, category=line.category, amount_fen=line.amount_fen) for line in now.lines.all()]
    )
    audit.record(actor, "funds:report:correct", made, after={"reason": reason}, org=now.union)
    return made


@transaction.atomic
def discard(report: Report, *, actor: audit.Actor) -> None:
    """Forget a draft, with its file."""
    now = _locked(report, State.DRAFT, otherwise="只能删除草稿。")
    audit.record(actor, "funds:report:discard", now, org=now.union)
    stored = now.file
    now.delete()
    if stored:
        files.remove(stored)
