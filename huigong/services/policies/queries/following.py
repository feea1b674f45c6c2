"""How an application stands, as its author is told it."""

from dataclasses import dataclass
from typing import Any

from huigong.core.formats import date_zh, day_zh, yuan
from huigong.core.questions import Kind, Question, parse_schema
from huigong.people.approvals import queries as approvals
from huigong.people.orgs import queries as orgs
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.queries.filling import Piece, facts_of, pieces_of, sections
from huigong.services.policies.queries.schemes import TONES, until

State = Application.State


@dataclass(frozen=True)
class Answer:
    """One line of what was filled in, and what a reviewer remarked about it."""

    label: str
    text: str
    mark: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Progress:
    """The author's page about one application."""

    application: Application
    label: str
    tone: str
    says: str
    steps: list[dict[str, str]]
    facts: list[tuple[str, str]]
    parts: list[tuple[str, list[Answer]]]
    result: list[tuple[str, str]]
    remarks: list[tuple[str, str]]
    objections: int
    may_fill_in: bool
    may_withdraw: bool
    may_apply_again: bool
    has_private: bool

    @property
    def may_withdraw_consent(self) -> bool:
        return self.has_private and self.application.purged_at is None


def progress(application: Application) -> Progress:
    """The page of the reader's own `application`, which came through `permissions`."""
    state = State(application.state)
    questions = parse_schema(application.scheme.questions)
    pieces = pieces_of(application)
    given = application.draft if state == State.DRAFT else application.answers
    labels = {question.id: question.label for question in questions}
    parts = [
        (title, [answer for question in group if (answer := _answer(question, application, given, pieces))])
        for title, group in sections(questions)
    ]
    is_opened = application.opened_at is not None and state != State.RETURNED
    return Progress(
        application=application,
        label=application.get_state_display(),
        tone=TONES[state],
        says=_says(application),
        steps=[*approvals.told(application), *_ahead(application)],
        facts=facts_of(application),
        parts=[(title, answers) for title, answers in parts if answers],
        result=[
            ("结果", application.award),
            ("金额", yuan(application.amount) if application.amount else ""),
            ("办结时间", date_zh(application.decided_at) if application.decided_at else ""),
        ]
        if state in (State.NOTICED, State.AWARDED)
        else [],
        remarks=[(labels.get(name, "其他"), mark) for name, mark in application.marks.items()],
        objections=application.objections.count() if state in (State.NOTICED, State.AWARDED) else 0,
        may_fill_in=state in (State.DRAFT, State.RETURNED),
        may_withdraw=state in (State.SUBMITTED, State.RETURNED, State.VERIFIED) and not is_opened,
        may_apply_again=state in (State.REFUSED, State.WITHDRAWN)
        and application.scheme.state == Scheme.State.OPEN,
        has_private=application.consented_at is not None and any(question.private for question in questions),
    )


def _answer(
    question: Question, application: Application, given: dict[str, Any], pieces: dict[str, list[Piece]]
) -> Answer | None:
    """What the author gave; nothing for what was not asked of them."""
    papers = pieces.get(question.id, [])
    text = "" if question.kind == Kind.FILES else _text(question, given.get(question.id))
    mark = application.marks.get(question.id, "")
    return Answer(question.label, text, mark, papers) if text or papers or mark else None


def _text(question: Question, answer: Any) -> str:
    """Their own words they may read; numbers that others could misuse stay masked on the screen."""
    shown = question.shown(answer, masked=not question.private)
    return (
        day_zh(shown) if question.kind == Kind.DATE and shown and not isinstance(shown, str) else str(shown)
    )


def _says(application: Application) -> str:
    """What it means, in one sentence."""
    scheme = application.scheme
    match State(application.state):
        case State.DRAFT:
            return f"还没有提交。{until(scheme)}，填完签名后提交。"
        case State.SUBMITTED:
            return "已经提交，正在等单位工会核实。有结果会发到“消息”里。"
        case State.RETURNED:
            by = f"请在 {date_zh(application.correct_by)} 前" if application.correct_by else "请"
            return f"{by}补正后重新提交。{application.reason}"
        case State.VERIFIED:
            return f"{scheme.union.name}正在审定。有结果会发到“消息”里。"
        case State.NOTICED:
            until_ = date_zh(application.notice_until) if application.notice_until else ""
            return f"审定已通过，公示到 {until_}。公示中只显示打码的姓名。"
        case State.AWARDED:
            return "已经通过。"
        case State.REFUSED:
            return f"没有通过。{application.reason}"
    return "已经撤回，工会不再办理。"


def _ahead(application: Application) -> list[dict[str, str]]:
    """What is due now, and what comes after it."""
    scheme, state = application.scheme, State(application.state)
    if state == State.DRAFT:
        return [{"title": "填写并提交", "state": "now", "note": until(scheme)}]
    if state == State.RETURNED:
        note = f"{date_zh(application.correct_by)} 前" if application.correct_by else ""
        return [{"title": "请补正后重新提交", "state": "now", "note": note}]
    if state not in (State.SUBMITTED, State.VERIFIED, State.NOTICED):
        return []
    later = [
        {"title": f"{scheme.union.name}审定", "state": "todo"},
        *([{"title": f"公示 {scheme.notice_days} 个工作日", "state": "todo"}] if scheme.notice_days else []),
        {"title": "发放", "state": "todo"},
    ]
    if state == State.SUBMITTED:
        return [{"title": "单位核实", "state": "now", "note": _who_verifies(application)}, *later]
    if state == State.VERIFIED:
        return [{**later[0], "state": "now"}, *later[1:]]
    until_ = day_zh(application.notice_until) if application.notice_until else ""
    return [{"title": "公示", "state": "now", "note": f"到 {until_}"}, later[-1]]


def _who_verifies(application: Application) -> str:
    if application.escalated_at:
        above = orgs.ancestors(application.union).last()
        return f"{above.name if above else application.union.name}正在办理"
    by = day_zh(application.verify_by) if application.verify_by else ""
    return f"{application.union.name}，{by}前；超期自动转上级工会"
