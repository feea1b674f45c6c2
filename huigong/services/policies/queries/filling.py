"""What the applicant fills in: the steps, what the roll says already, and the papers."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from huigong.core.formats import date_zh
from huigong.core.identity import mask_phone
from huigong.core.questions import Kind, Question, Questions, parse_schema
from huigong.services.policies.models import Application, Evidence, Scheme
from huigong.services.policies.queries.schemes import only_if, seen_by


@dataclass(frozen=True)
class Piece:
    """A paper that was handed in; `small` is the address of its picture, if it is one."""

    pk: int
    name: str
    href: str
    small: str


@dataclass(frozen=True)
class Asked:
    """One question of a step, when it is asked, what a reviewer remarked about it, and the papers given to it."""

    question: Question
    only_if: str
    mark: str
    pieces: list[Piece]

    @property
    def takes_files(self) -> bool:
        return self.question.kind == Kind.FILES


@dataclass(frozen=True)
class Step:
    """Questions under one heading; on a phone one page."""

    title: str
    asked: list[Asked]

    @property
    def is_marked(self) -> bool:
        return any(each.mark for each in self.asked)


@dataclass(frozen=True)
class Filling:
    """The form of one application, filled in so far."""

    application: Application
    facts: list[tuple[str, str]]
    steps: list[Step]
    answers: dict[str, Any]
    private: list[Question]
    seen_by: list[tuple[str, str, str]]
    is_correction: bool
    saved: str

    @property
    def labels(self) -> list[str]:
        """The names of all steps, in order."""
        return ["核对资料", *(step.title for step in self.steps), "签名提交"]


def preview(scheme: Scheme) -> Filling:
    """The form as somebody sees it who begins to apply; nobody in particular."""
    questions = parse_schema(scheme.questions)
    application = Application(scheme=scheme)
    shown = "（名册里的）"
    return Filling(
        application=application,
        facts=[(label, shown) for label in ("姓名", "证件号", "手机号", "所在工会")],
        steps=[
            Step(title, [_asked(question, questions, application, {}) for question in group])
            for title, group in sections(questions)
        ],
        answers={},
        private=[question for question in questions if question.private],
        seen_by=seen_by(scheme, questions, "申报人所在工会", is_own_union=False),
        is_correction=False,
        saved="",
    )


def filling(application: Application) -> Filling:
    """The form of the reader's own `application`, which came through `permissions`."""
    questions = parse_schema(application.scheme.questions)
    pieces = pieces_of(application)
    scheme = application.scheme
    is_correction = application.state == Application.State.RETURNED
    return Filling(
        application=application,
        facts=facts_of(application),
        steps=[
            Step(title, [_asked(question, questions, application, pieces) for question in group])
            for title, group in sections(questions)
        ],
        answers=application.draft or (application.answers if is_correction else {}),
        private=[question for question in questions if question.private],
        seen_by=seen_by(
            scheme,
            questions,
            application.union.name,
            is_own_union=application.union_id == scheme.union_id,
        ),
        is_correction=is_correction,
        saved=date_zh(application.saved_at) if application.saved_at and application.draft else "",
    )


def _asked(
    question: Question, questions: Questions, application: Application, pieces: dict[str, list[Piece]]
) -> Asked:
    mark = application.marks.get(question.id, "")
    return Asked(question, only_if(question, questions), mark, pieces.get(question.id, []))


def sections(questions: Questions) -> list[tuple[str, list[Question]]]:
    """The questions under the headings at which they begin; the first may have none of its own."""
    found: list[tuple[str, list[Question]]] = []
    for question in questions:
        if question.section or not found:
            found.append((question.section or "填写内容", []))
        found[-1][1].append(question)
    return found


def facts_of(application: Application) -> list[tuple[str, str]]:
    """What the roll knows of the applicant, masked: it is not asked again."""
    person = application.person
    return [
        ("姓名", person.name),
        ("证件号", person.masked_id_number),
        ("手机号", mask_phone(person.phone) if person.phone_sealed else ""),
        ("所在工会", application.union.name),
    ]


def pieces_of(application: Application) -> dict[str, list[Piece]]:
    """The papers of an application by the question they answer."""
    found: dict[str, list[Piece]] = {}
    for row in application.evidence.select_related("file"):
        found.setdefault(row.question, []).append(_piece(row))
    return found


def _piece(row: Evidence) -> Piece:
    is_picture = row.content_type.startswith("image/")
    return Piece(
        pk=row.pk,
        name=row.file.name,
        href=reverse("policies:evidence", args=[row.pk]),
        small=reverse("policies:evidence-small", args=[row.pk]) if is_picture else "",
    )


def asked_for(application: Application, question_id: str) -> Asked | None:
    """The question for papers with that id, and what was given to it."""
    questions = parse_schema(application.scheme.questions)
    for question in questions:
        if question.id == question_id and question.kind == Kind.FILES:
            return _asked(question, questions, application, pieces_of(application))
    return None
