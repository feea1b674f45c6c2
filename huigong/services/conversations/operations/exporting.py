"""Figures that leave the platform."""

from django.db import transaction

from huigong.core import audit
from huigong.people.orgs import queries as orgs
from huigong.services.conversations import permissions


@transaction.atomic
def note_figures_export(*, below: bool, period: str, actor: audit.Actor) -> None:
    """Note in the books of the actor's highest office that they took figures away, and of what."""
    audit.record(
        actor,
        "conversations:figures:export",
        actor,
        after={"filter": {"below": below, "period": period}},
        org=orgs.seat(actor, permissions.FIGURES),
    )
