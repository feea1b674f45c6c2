"""What is private goes when it is no longer needed: by rule, or when the applicant takes their consent back."""

from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Func
from django.db.models.functions import Now

from huigong.core import audit, files
from huigong.core.questions import parse_schema
from huigong.people.inbox import operations as inbox
from huigong.services.policies.models import Application, Evidence
from huigong.services.policies.operations.moving import State, locked
from huigong.services.policies.operations.telling import own_url

_AT_ONCE = 500
DRAFTS_KEPT_DAYS = 30
"""So long after its scheme closed a draft waits for the scheme to be opened again."""


def drop_evidence(piece: Evidence) -> None:
    """Forget a paper, row and bytes; inside the transaction of whoever decides so."""
    stored = piece.file
    piece.delete()
    files.remove(stored)


def throw_away(draft: Application) -> None:
    """Delete a draft with its papers, and what was written to its author about it: that page is gone."""
    for piece in draft.evidence.select_related("file"):
        drop_evidence(piece)
    inbox.retract(own_url(draft))
    draft.delete()


def forget_private(application: Application) -> None:
    """Delete what is private in it: answers, earlier ones, drafts, papers, and what was remarked about them.

    What is left says that there was an application, what became of it, and what is not private. An answer to a
    question that is no longer asked goes as well: nobody can tell what it was. Again changes nothing.
    """
    kept = {
        question.id for question in parse_schema(application.scheme.questions) if not question.is_sensitive
    }

    def public(answers: dict[str, Any]) -> dict[str, Any]:
        return {name: answer for name, answer in answers.items() if name in kept}

    application.answers = public(application.answers)
    application.earlier = public(application.earlier)
    application.draft = public(application.draft)
    application.marks = public(application.marks)
    Application.objects.filter(pk=application.pk).update(
        answers_sealed=application.answers_sealed,
        earlier_sealed=application.earlier_sealed,
        draft_sealed=application.draft_sealed,
        marks=application.marks,
        purged_at=Now(),
    )
    for piece in application.evidence.exclude(question__in=kept).select_related("file"):
        drop_evidence(piece)
    application.refresh_from_db()


def purge_old() -> int:
    """Delete what is private in applications decided as long ago as their scheme promised; returns how many."""
    kept_until = ExpressionWrapper(
        F("decided_at") + Func(F("scheme__keep_months"), function="make_interval", template=_MONTHS),
        output_field=DateTimeField(),
    )
    over = Application.objects.filter(state__in=Application.OVER, purged_at=None).annotate(until=kept_until)
    ids = list(over.filter(until__lt=Now()).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_purge(pk) for pk in ids)


_MONTHS = "%(function)s(months => %(expressions)s::int)"


@transaction.atomic
def _purge(application_id: int) -> bool:
    held = locked(application_id)
    if held.purged_at is not None:
        return False
    forget_private(held)
    audit.record(audit.SYSTEM, "policies:application:purge", held, org=held.scheme.union)
    return True


def discard_old_drafts() -> int:
    """Throw away drafts whose scheme closed a month ago; returns how many."""
    old = Application.objects.filter(state=State.DRAFT).annotate(
        until=ExpressionWrapper(
            F("scheme__closes_at") + Func(DRAFTS_KEPT_DAYS, function="make_interval", template=_DAYS),
            output_field=DateTimeField(),
        )
    )
    ids = list(old.filter(until__lt=Now()).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_discard(pk) for pk in ids)


_DAYS = "%(function)s(days => %(expressions)s::int)"


@transaction.atomic
def _discard(application_id: int) -> bool:
    held = Application.objects.select_for_update().filter(pk=application_id, state=State.DRAFT).first()
    if held is None:
        return False
    throw_away(held)
    return True
