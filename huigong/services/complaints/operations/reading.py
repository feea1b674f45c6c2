"""Reading a case at the county: what is shown and the row that says so, in one transaction."""

from django.db import transaction
from django.http import Http404

from huigong.core.audit import Actor
from huigong.core.vault import vault
from huigong.people.orgs import queries as unions
from huigong.services.complaints import queries
from huigong.services.complaints.models import Case, Evidence, Reading
from huigong.services.complaints.permissions import Desk

What = Reading.What


@transaction.atomic
def open_case(desk: Desk, *, actor: Actor) -> queries.CaseFile:
    """The case as far as it is the actor's to read; the author will see that it was read, by whom and when."""
    office = office_of(actor)
    with vault():
        note_reading(desk.case, actor, What.CONTENT if desk.reads_content else What.SUMMARY, office)
        return queries.case_file(desk)


@transaction.atomic
def open_evidence(desk: Desk, evidence: Evidence, *, actor: Actor) -> bytes:
    """The bytes of a piece of evidence; noted likewise. 404 for the registrar, whom the story is none of."""
    if not desk.reads_content:
        raise Http404
    office = office_of(actor)
    with vault():
        note_reading(desk.case, actor, What.EVIDENCE, office, name=evidence.name)
    return queries.evidence_content(desk.case, evidence)


@transaction.atomic
def open_identity(desk: Desk, *, reason: str, actor: Actor) -> queries.Identity:
    """Who the author is, to a handler who says why they have to know; noted likewise, with the reason.

    404 for the registrar, and for an anonymous case: there is nobody to be shown.
    """
    if not desk.reads_content or not desk.case.identity_sealed:
        raise Http404
    office = office_of(actor)
    with vault():
        note_reading(desk.case, actor, What.IDENTITY, office, reason=reason)
    return queries.identity_of(desk.case)


def office_of(actor: Actor) -> str:
    """The offices that a reading remembers. Outside the vault."""
    return "、".join(unions.offices(actor)[:2])


def note_reading(case: Case, actor: Actor, what: Reading.What, office: str, **more: str) -> None:
    """One row of who read what. Inside the vault."""
    words = {"who": actor.display_name, "office": office, **more}
    Reading.objects.create(case=case, reader_id=actor.pk, what=what, words_sealed=case.seal("reading", words))
