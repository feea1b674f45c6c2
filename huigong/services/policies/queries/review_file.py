"""One application before its reviewer: who applies, what they answered, what changed, what can be done."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from huigong.core import calendar, formats
from huigong.core.audit import Actor
from huigong.core.identity import age_on
from huigong.core.questions import Kind, Question, parse_schema
from huigong.people.approvals import queries as approvals
from huigong.people.membership import queries as membership
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Evidence, Objection
from huigong.services.policies.queries.reviewing import IN_REVIEW, TONES

State = Application.State


@dataclass(frozen=True)
class FileFace:
    """A picture or document; the addresses, `small` that of a picture alone, are empty until it was opened."""

    pk: int
    name: str
    href: str
    small: str


@dataclass(frozen=True)
class Answer:
    """One question with what was answered. `was`: what stood there before it was returned, when that differs."""

    id: str
    label: str
    text: Any
    why: str
    is_private: bool
    is_long: bool
    files: list[FileFace]
    was: Any
    is_changed: bool
    mark: str


@dataclass(frozen=True)
class Section:
    """A heading of the form with its answers."""

    heading: str
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class Doubt:
    """An objection; who made it is for those who answer it alone."""

    objection: Objection
    name: str
    when: str
    outcome: str


@dataclass(frozen=True)
class ReviewFile:
    """All that a decision needs. `is_shown`: private answers and papers are before the reader's eyes now."""

    application: Application
    name: str
    label: str
    tone: str
    facts: list[tuple[str, str]]
    others: list[tuple[str, str, str]]
    sections: list[Section]
    steps: list[dict[str, str]]
    doubts: list[Doubt]
    outcome: list[tuple[str, str]]
    acts: frozenset[str]
    may_answer: bool
    why_not: str
    signature: str
    is_shown: bool
    is_opened: bool

    @property
    def private_ids(self) -> list[str]:
        """The questions whose answers are private, for the audit."""
        return [
            answer.id
            for section in self.sections
            for answer in section.answers
            if answer.is_private or answer.files
        ]

    @property
    def pictures(self) -> list[FileFace]:
        """Those that can be looked at now."""
        answers = [answer for section in self.sections for answer in section.answers]
        return [paper for answer in answers for paper in answer.files if paper.small]

    @property
    def has_hidden(self) -> bool:
        return bool(self.private_ids) and not self.is_shown


def review_file(application: Application, actor: Actor, *, shown: bool = False) -> ReviewFile:
    """`application`, which came through `permissions`, with private answers only when `shown`."""
    state = State(application.state)
    acts = _acts(application, actor)
    is_opened = application.opened_at is not None or state not in IN_REVIEW
    key = permissions.viewing_key(actor, application) if shown else ""
    return ReviewFile(
        application=application,
        name=application.person.name,
        label=state.label,
        tone=TONES[state],
        facts=_facts(application),
        others=_others(application, actor),
        sections=_sections(application, key) if is_opened or shown else [],
        steps=_steps(application),
        doubts=_doubts(application),
        outcome=_outcome(application),
        acts=acts,
        may_answer=permissions.answers(actor, application),
        why_not="" if acts else _why_not(application, actor),
        signature=_with_key("policies:review-signature", application.pk, key),
        is_shown=shown,
        is_opened=is_opened,
    )


def _facts(application: Application) -> list[tuple[str, str]]:
    """What the roll knows, so that nobody was asked for it."""
    person = application.person
    held = membership.current_membership(person)
    work = person.employments.order_by("-id").first()
    age = age_on(person.born_on, calendar.today()) if person.born_on else None
    return [
        ("申报项目", application.scheme.title),
        ("主办工会", application.scheme.union.name),
        ("所在工会", application.union.name),
        (
            "性别年龄",
            f"{person.get_sex_display()}，{age} 岁" if age is not None else person.get_sex_display(),
        ),
        ("会员编号", held.member_no if held else "已不在会"),
        ("入会日期", formats.day_zh(held.joined_on) if held else ""),
        ("就业形态", person.get_work_form_display()),
        ("工作单位", " · ".join(part for part in (work.unit_name, work.job_title) if part) if work else ""),
        ("手机", person.masked_phone),
        ("提交时间", formats.date_zh(application.submitted_at) if application.submitted_at else ""),
    ]


def _others(application: Application, actor: Actor) -> list[tuple[str, str, str]]:
    """(title, outcome, address) of the same person's other applications that concern the actor: who gets twice?"""
    found = permissions.reviewed_by(actor).filter(person=application.person_id).exclude(pk=application.pk)
    return [
        (
            row.scheme.title,
            " · ".join(part for part in (row.get_state_display(), _yuan(row.amount), row.award) if part),
            reverse("policies:review", args=[row.pk]),
        )
        for row in found.select_related("scheme").order_by("-id")[:10]
    ]


def _sections(application: Application, key: str) -> list[Section]:
    """The answers under the headings of the form; what was not asked is left out."""
    given, earlier = application.answers, application.earlier
    papers: dict[str, list[Evidence]] = {}
    for evidence in application.evidence.select_related("file"):
        papers.setdefault(evidence.question, []).append(evidence)
    sections: list[Section] = []
    for question in parse_schema(application.scheme.questions):
        if question.section or not sections:
            sections.append(Section(question.section or "申报内容"))
        if question.is_asked(given):
            answer = _answer(question, application, given, earlier, papers.get(question.id, []), key)
            sections[-1].answers.append(answer)
    return [section for section in sections if section.answers]


def _answer(
    question: Question,
    application: Application,
    given: dict[str, Any],
    earlier: dict[str, Any],
    papers: list[Evidence],
    key: str,
) -> Answer:
    now, before = given.get(question.id), earlier.get(question.id)
    is_changed = bool(earlier) and application.state != State.RETURNED and now != before
    of_files = question.kind == Kind.FILES
    return Answer(
        id=question.id,
        label=question.label,
        text=f"{len(papers)} 份" if of_files and papers else _shown(question, now, key),
        why=question.why,
        is_private=question.is_sensitive and now is not None,
        is_long=question.kind == Kind.LONG_TEXT,
        files=[_face(evidence, key) for evidence in papers],
        was="" if of_files or not is_changed else _shown(question, before, key) or "没有填",
        is_changed=is_changed,
        mark=application.marks.get(question.id, ""),
    )


def _shown(question: Question, answer: Any, key: str) -> Any:
    if question.kind == Kind.FILES or answer is None:
        return ""
    shown = question.shown(answer, masked=not key)
    return formats.day_zh(shown) if question.kind == Kind.DATE and not isinstance(shown, str) else shown


def _face(evidence: Evidence, key: str) -> FileFace:
    is_picture = evidence.content_type.startswith("image/")
    small = _with_key("policies:review-evidence-small", evidence.pk, key) if is_picture else ""
    return FileFace(
        evidence.pk,
        evidence.file.name,
        _with_key("policies:review-evidence", evidence.pk, key),
        small,
    )


def _with_key(page: str, pk: int, key: str) -> str:
    return f"{reverse(page, args=[pk])}?key={key}" if key else ""


def _steps(application: Application) -> list[dict[str, str]]:
    """The trail for a cadre: who did what in which office."""
    return [
        {
            "title": moment.title,
            "state": moment.tone or "done",
            "time": f"{formats.date_zh(moment.at)} · {moment.who}",
            "note": "；".join(moment.lines),
        }
        for moment in approvals.moments(application)
    ]


def _doubts(application: Application) -> list[Doubt]:
    found = application.objections.select_related("person__account")
    return [
        Doubt(
            objection,
            objection.person.name,
            formats.minute_zh(objection.created_at),
            {None: "", True: "异议成立", False: "异议不成立"}[objection.upheld],
        )
        for objection in found
    ]


def _outcome(application: Application) -> list[tuple[str, str]]:
    is_returned = application.state == State.RETURNED
    return [
        ("金额", _yuan(application.amount)),
        ("给予", application.award),
        ("公示到", _day(application.notice_until)),
        ("补正期限", _day(application.correct_by) if is_returned else ""),
        ("意见", application.reason),
    ]


def _yuan(fen: int | None) -> str:
    return formats.yuan(fen) if fen else ""


def _day(value: date | None) -> str:
    return formats.day_zh(value) if value else ""


def _acts(application: Application, actor: Actor) -> frozenset[str]:
    if not permissions.may_decide(actor, application):
        return frozenset()
    if application.state == State.NOTICED:
        return frozenset({"award"}) if is_over(application) else frozenset()
    if application.opened_at is None:
        return frozenset({"open"})
    if application.state == State.SUBMITTED:
        return frozenset({"verify", "return"})
    return frozenset({"approve", "refuse", "return"})


def is_over(application: Application) -> bool:
    """Is its notice over, with no objection left to answer?"""
    if application.notice_until is None or application.notice_until >= calendar.today():
        return False
    return not application.objections.filter(replied_at=None).exists()


def _why_not(application: Application, actor: Actor) -> str:
    """Why there is nothing here for the actor to do now."""
    state = application.state
    if state in Application.OVER or state == State.RETURNED:
        return "" if state != State.RETURNED else "已退回，等申报人补正。"
    if application.person.account_id == actor.pk:
        return "这是您自己的申报，要由其他干部办理。"
    if state == State.NOTICED:
        if application.objections.filter(replied_at=None).exists():
            return "有异议，先核查答复。"
        return "公示中，期满后发放。"
    if state == State.VERIFIED and application.verified_by_id == actor.pk:
        return "您已代表单位核实过，审定要由另一位干部办理。"
    office = application.union if state == State.SUBMITTED else application.scheme.union
    return f"现在由{office.name}办理。"
