"""A scheme's applications as rows of a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet

from huigong.core.audit import Actor
from huigong.core.questions import Kind, parse_schema
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.queries.reviewing import Sought, matching

_HEADER = ["姓名", "所在工会", "手机", "状态", "提交时间", "金额（元）", "给予", "办结时间", "意见"]


def to_export(actor: Actor, sought: Sought) -> QuerySet[Any]:
    """What a file holds: as the list shows it, oldest first."""
    return matching(actor, sought).order_by("submitted_at", "id")


def export_sheet(
    found: QuerySet[Any], scheme: Scheme, *, private: bool
) -> tuple[list[str], Iterator[list[Any]]]:
    """Heading and rows; answers that are private, and phones, masked unless `private`. Of papers the number alone."""
    questions = parse_schema(scheme.questions)
    header = [*_HEADER, *(question.label for question in questions)]

    def row(application: Application, papers: dict[str, int]) -> list[Any]:
        person, given = application.person, application.answers
        answers = [
            papers.get(question.id, 0)
            if question.kind == Kind.FILES
            else question.shown(given.get(question.id), masked=not private)
            for question in questions
        ]
        return [
            person.name,
            application.union.name,
            person.phone if private and person.phone_sealed else person.masked_phone,
            application.get_state_display(),
            application.submitted_at,
            application.amount / 100 if application.amount else None,
            application.award,
            application.decided_at,
            application.reason,
            *answers,
        ]

    counted: dict[int, dict[str, int]] = {}
    numbers = found.order_by().values_list("pk", "evidence__question").annotate(count=Count("evidence"))
    for pk, question, count in numbers:
        counted.setdefault(pk, {})[question or ""] = count
    return header, (row(each, counted.get(each.pk, {})) for each in found.iterator(chunk_size=200))
