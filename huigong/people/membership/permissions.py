"""Who may see and decide about whom on the roll."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.membership.models import JoinApplication, Membership, Person, Transfer
from huigong.people.orgs import permissions as orgs

ROLL_VIEW = orgs.declare("membership:person:view", *orgs.READERS, orgs.Role.GROUP_LEADER)
ROLL_EDIT = orgs.declare("membership:person:edit", *orgs.CADRES)
ROLL_REVEAL = orgs.declare("membership:person:reveal", *orgs.CADRES)
ROLL_IMPORT = orgs.declare("membership:roll:import", *orgs.CADRES)
JOIN_REVIEW = orgs.declare("membership:application:review", *orgs.CADRES)
TRANSFER_REVIEW = orgs.declare("membership:transfer:review", *orgs.CADRES)


def visible_to(actor: Actor) -> QuerySet[Person]:
    """People with a membership, live or past, in a union within the actor's reach."""
    within = Membership.objects.filter(person=OuterRef("pk"), union__in=orgs.reach(actor, ROLL_VIEW))
    return Person.objects.filter(Exists(within))


def applications_visible_to(actor: Actor) -> QuerySet[JoinApplication]:
    """Applications to unions within the actor's reach, and the actor's own."""
    return JoinApplication.objects.filter(Q(union__in=orgs.reach(actor, ROLL_VIEW)) | Q(account_id=actor.pk))


def transfers_visible_to(actor: Actor) -> QuerySet[Transfer]:
    """Transfers out of or into unions within the actor's reach, and the actor's own.

    The receiving union sees one only once the old union has let go.
    """
    within = orgs.reach(actor, ROLL_VIEW)
    arrived = ~Q(state__in=[Transfer.State.OUT_PENDING, Transfer.State.OUT_REJECTED])
    return Transfer.objects.filter(
        Q(from_union__in=within) | (Q(to_union__in=within) & arrived) | Q(person__account_id=actor.pk)
    )


def get_person(actor: Actor, person_id: int, permission: str = ROLL_VIEW) -> Person:
    """The person, or 404 when not on a roll that `actor` may see, 403 when `permission` is lacking."""
    person = visible_to(actor).filter(pk=person_id).first()
    if person is None:
        raise Http404
    if not Membership.objects.filter(person=person, union__in=orgs.reach(actor, permission)).exists():
        raise PermissionDenied
    return person


def get_application(actor: Actor, application_id: int, permission: str) -> JoinApplication:
    """The application for a reviewer: 404 when hidden, 403 when seen but not theirs to decide."""
    application = (
        applications_visible_to(actor)
        .select_related("person", "union", "account", "signature")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise Http404
    if not orgs.may(actor, permission, application.union):
        raise PermissionDenied
    return application


def get_own_application(actor: Actor, application_id: int) -> JoinApplication:
    """The actor's own application, or 404."""
    own = JoinApplication.objects.filter(account_id=actor.pk, pk=application_id)
    application = own.select_related("person", "union").first()
    if application is None:
        raise Http404
    return application


def get_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """A transfer that `actor` may see, or 404. Who may decide depends on its state: see `operations`."""
    transfer = (
        transfers_visible_to(actor)
        .select_related("person", "from_union", "to_union")
        .filter(pk=transfer_id)
        .first()
    )
    if transfer is None:
        raise Http404
    return transfer
