"""Papers that go with an application: pictures made anew, documents checked, everything sealed."""

from typing import IO

from django.db import transaction

from huigong.core import audit, files
from huigong.core.errors import Refused
from huigong.core.questions import Kind, Question, parse_schema
from huigong.core.questions.question import MOST_FILES
from huigong.services.policies.models import Application, Evidence
from huigong.services.policies.operations.moving import writable
from huigong.services.policies.operations.purging import drop_evidence


@transaction.atomic
def add_evidence(
    application: Application, question: str, upload: IO[bytes], *, name: str, actor: audit.Actor
) -> Evidence:
    """Keep a paper with the question that asks for it, sealed.

    Refuses (422) what is neither a picture nor a plain document, more papers than the question takes ("too-many"),
    and papers to a private question before the consent is there ("no-consent").
    """
    held = writable(application)
    asked = _asked(held, question)
    if asked.private and held.consented_at is None:
        raise Refused("请先勾选对敏感信息的单独同意，再上传。", "no-consent", status=422)
    most = asked.max or MOST_FILES
    if held.evidence.filter(question=asked.id).count() >= most:
        raise Refused(f"“{asked.label}”最多上传 {most} 个文件，可以先删掉一个。", "too-many", status=422)
    try:
        found = files.examine(upload, name=name)
    except ValueError as error:
        raise Refused(f"“{name[:40]}”：{error}", "bad-file", status=422) from None
    stored = files.store_sealed(found.content, name=found.name)
    return Evidence.objects.create(
        application=held, question=asked.id, file=stored, content_type=found.content_type
    )


def _asked(held: Application, name: str) -> Question:
    for question in parse_schema(held.scheme.questions):
        if question.id == name and question.kind == Kind.FILES:
            return question
    raise Refused("这里不用上传文件，请刷新页面后再试。", "not-asked", status=422)


@transaction.atomic
def remove_evidence(evidence: Evidence, *, actor: audit.Actor) -> None:
    """Take a paper away again, as long as the application is the applicant's to change."""
    writable(evidence.application)
    drop_evidence(evidence)
