"""What the roll lets go of: applicants who never became members, and people who end their account."""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.db.models.functions import Now

from huigong.core import audit, files
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.membership import queries
from huigong.people.membership.models import Claim, JoinApplication, Membership, Person, Transfer
from huigong.people.membership.operations.claim import withdraw_claim
from huigong.people.membership.operations.join import withdraw_application
from huigong.people.membership.operations.telling import review_url
from huigong.people.membership.operations.transfer import withdraw_transfer

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

KEPT = timedelta(days=90)
"""So long after the last answer the data of somebody who was not taken in are kept, for a complaint or a second try."""

NOT_TAKEN_IN = "未入会，办结满 90 天"
_NAMELESS = "已删除的申请人"

log = structlog.get_logger("huigong.membership")


def forget_applicants(*, at_most: int = 500) -> int:
    """Erase everybody who only applied and whose last application ended 90 days ago. Returns how many.

    Each is a transaction of its own. Who ever was on a roll stays: the roll is kept by law.
    """
    young = JoinApplication.objects.filter(person=OuterRef("pk")).exclude(decided_at__lt=Now() - KEPT)
    people = Person.objects.filter(
        Exists(JoinApplication.objects.filter(person=OuterRef("pk"))),
        ~Exists(young),
        ~Exists(Membership.objects.filter(person=OuterRef("pk"))),
    )
    return sum(erase_applicant(person, reason=NOT_TAKEN_IN) for person in people.order_by("pk")[:at_most])


@transaction.atomic
def erase_applicant(person: Person, *, reason: str, actor: audit.Actor = audit.SYSTEM) -> bool:
    """Delete a person who never was a member, with their applications, signatures and the messages about them.

    The audit row says how much went and why, not whose it was; the trail of decisions stays without the name.
    False when something else still needs the person, or a union took them in meanwhile.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.memberships.exists():
        return False
    applications = list(person.applications.select_related("signature"))
    try:
        with transaction.atomic():
            person.applications.all().delete()
            person.claims.all().delete()
            person_id = person.pk
            person.delete()
    except ProtectedError:
        log.warning("applicant-kept", person=person.pk)
        return False
    for application in applications:
        if application.signature:
            files.remove(application.signature)
    inbox.forget_about(review_url(application) for application in applications)
    person.pk, person.name = person_id, _NAMELESS
    after = {"reason": reason, "applications": len(applications)}
    audit.record(actor, "membership:applicant:erase", person, after=after)
    return True


def stop_membership_work(account: "Account") -> None:
    """The holder takes back the consent: open requests are withdrawn, and an applicant is erased at once.

    Refuses while a union has them on its roll ("on-roll"): the roll is kept by law and charter, not by consent.
    """
    person = queries.person_of(account)
    if person is not None and queries.current_membership(person):
        raise Refused(
            "您是在籍会员，会员名册依《工会法》和《中国工会章程》保存，不以同意为前提。不再参加工会请先办理退会。",
            "on-roll",
        )
    _withdraw_requests(account)
    _erase_applicants_of(account, reason="本人撤回同意")


def release_account(account: "Account") -> None:
    """The account ends: open requests are withdrawn, the record on the roll goes back to being nobody's.

    Its membership, its history and its points stay with it; the member may claim it again with a new account.
    """
    _withdraw_requests(account)
    _erase_applicants_of(account, reason="本人注销账号")
    person = queries.person_of(account)
    if person is not None:
        Person.objects.filter(pk=person.pk).update(account=None)
        audit.record(account, "membership:person:release", person)


def _withdraw_requests(account: "Account") -> None:
    for application in JoinApplication.objects.filter(account=account, state__in=JoinApplication.OPEN):
        withdraw_application(application, actor=account)
    for claim in Claim.objects.filter(account=account, state__in=Claim.OPEN):
        withdraw_claim(claim, actor=account)
    for transfer in Transfer.objects.filter(person__account=account, state__in=Transfer.OPEN):
        withdraw_transfer(transfer, actor=account)


def _erase_applicants_of(account: "Account", *, reason: str) -> None:
    """Erase whom this account applied for; whom another account asks for too, that account still needs."""
    others = JoinApplication.objects.filter(person=OuterRef("pk")).exclude(account=account)
    people = Person.objects.filter(applications__account=account).exclude(Exists(others)).distinct()
    for person in people:
        erase_applicant(person, reason=reason, actor=account)
