"""Who may see and decide about whom on the roll."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.membership.models import (
    Claim,
    Expulsion,
    JoinApplication,
    Membership,
    Person,
    RollImport,
    Transfer,
)
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries

if TYPE_CHECKING:
    from huigong.core.models import StoredFile
    from huigong.people.orgs.models import Union

ROLL_VIEW = orgs.declare("membership:person:view", *orgs.READERS, orgs.Role.GROUP_LEADER)
ROLL_EDIT = orgs.declare("membership:person:edit", *orgs.CADRES)
ROLL_REVEAL = orgs.declare("membership:person:reveal", *orgs.CADRES)
ROLL_EXPORT = orgs.declare("membership:roll:export", *orgs.READERS)
ROLL_IMPORT = orgs.declare("membership:roll:import", *orgs.CADRES)
JOIN_REVIEW = orgs.declare("membership:application:review", *orgs.CADRES)
CLAIM_REVIEW = orgs.declare("membership:claim:review", *orgs.CADRES)
TRANSFER_REVIEW = orgs.declare("membership:transfer:review", *orgs.CADRES)
AUDIENCE = orgs.declare("membership:audience:count", *orgs.CADRES, orgs.Role.EDITOR)
"""Naming a union and those below it as an audience, and learning how many people that means: not who."""
EXPEL = orgs.declare("membership:expulsion:decide", orgs.Role.CHAIR)


def belongs_to(actor: Actor, field: str) -> Q:
    """Rows whose `field` is the actor; nobody's for the anonymous, to whom a missing account is no match."""
    return Q(**{field: actor.pk}) if actor.pk is not None else Q(pk__in=[])


def unions_to_join() -> "QuerySet[Union]":
    """Established unions that keep a roll, which are public; a federation leads unions and has none."""
    return org_queries.established().exclude(kind="federation").select_related("parent")


def get_union_to_join(union_id: int) -> "Union":
    """A union that takes people in, or 404."""
    union = unions_to_join().filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def visible_to(actor: Actor) -> QuerySet[Person]:
    """People with a membership, live or past, in a union within the actor's reach."""
    within = Membership.objects.filter(person=OuterRef("pk"), union__in=orgs.reach(actor, ROLL_VIEW))
    return Person.objects.filter(Exists(within))


def applications_visible_to(actor: Actor) -> QuerySet[JoinApplication]:
    """Applications to unions within the actor's reach, and the actor's own."""
    return JoinApplication.objects.filter(
        Q(union__in=orgs.reach(actor, ROLL_VIEW)) | belongs_to(actor, "account_id")
    )


def claims_visible_to(actor: Actor) -> QuerySet[Claim]:
    """Claims to records of unions within the actor's reach, and the actor's own."""
    return Claim.objects.filter(Q(union__in=orgs.reach(actor, ROLL_VIEW)) | belongs_to(actor, "account_id"))


def transfers_visible_to(actor: Actor) -> QuerySet[Transfer]:
    """Transfers out of or into unions within the actor's reach, and the actor's own.

    The receiving union sees one only once the old union has let go.
    """
    within = orgs.reach(actor, ROLL_VIEW)
    arrived = ~Q(state__in=[Transfer.State.OUT_PENDING, Transfer.State.OUT_REJECTED])
    return Transfer.objects.filter(
        Q(from_union__in=within)
        | (Q(to_union__in=within) & arrived)
        | belongs_to(actor, "person__account_id")
    )


def get_person(actor: Actor, person_id: int, permission: str = ROLL_VIEW) -> Person:
    """The person, or 404 when not on a roll that `actor` may see, 403 when `permission` is lacking.

    Seeing is for every union that ever had them on its roll; anything else for the one where they are now.
    """
    person = visible_to(actor).filter(pk=person_id).first()
    if person is None:
        raise Http404
    held = Membership.objects.filter(person=person, union__in=orgs.reach(actor, permission))
    if permission != ROLL_VIEW:
        held = held.filter(state__in=Membership.LIVE)
    if not held.exists():
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


def get_applications(actor: Actor, application_ids: Sequence[int], permission: str) -> list[JoinApplication]:
    """Those of the applications that are the actor's to decide, oldest first; others are passed over."""
    mine = JoinApplication.objects.filter(pk__in=application_ids, union__in=orgs.reach(actor, permission))
    return list(mine.select_related("person", "union", "account").order_by("id"))


def get_own_application(actor: Actor, application_id: int) -> JoinApplication:
    """The actor's own application, or 404."""
    own = JoinApplication.objects.filter(belongs_to(actor, "account_id"), pk=application_id)
    application = own.select_related("person", "union", "account").first()
    if application is None:
        raise Http404
    return application


def get_signature(actor: Actor, application_id: int) -> "StoredFile":
    """The drawn signature of an application, for its applicant and its reviewers; 404 for everybody else."""
    application = (
        applications_visible_to(actor).select_related("union", "signature").filter(pk=application_id).first()
    )
    if application is None or application.signature is None:
        raise Http404
    if application.account_id != actor.pk and not orgs.may(actor, JOIN_REVIEW, application.union):
        raise Http404
    return application.signature


def get_claim(actor: Actor, claim_id: int, permission: str) -> Claim:
    """The claim for a reviewer: 404 when hidden, 403 when seen but not theirs to decide."""
    visible = claims_visible_to(actor).select_related("person", "union", "account")
    claim = visible.filter(pk=claim_id).first()
    if claim is None:
        raise Http404
    if not orgs.may(actor, permission, claim.union):
        raise PermissionDenied
    return claim


def get_own_claim(actor: Actor, claim_id: int) -> Claim:
    """The actor's own claim, or 404."""
    own = Claim.objects.filter(belongs_to(actor, "account_id"), pk=claim_id)
    claim = own.select_related("person", "union").first()
    if claim is None:
        raise Http404
    return claim


def get_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """A transfer that `actor` may see, or 404."""
    visible = transfers_visible_to(actor).select_related("person", "from_union", "to_union")
    transfer = visible.filter(pk=transfer_id).first()
    if transfer is None:
        raise Http404
    return transfer


def get_transfer_for(actor: Actor, transfer_id: int, permission: str) -> Transfer:
    """A transfer for whoever holds `permission` over the union whose turn it is: 404 hidden, 403 not theirs."""
    transfer = get_transfer(actor, transfer_id)
    if not orgs.may(actor, permission, transfer.deciding_union):
        raise PermissionDenied
    return transfer


def get_own_transfer(actor: Actor, transfer_id: int) -> Transfer:
    """The actor's own transfer, or 404."""
    own = Transfer.objects.filter(belongs_to(actor, "person__account_id"), pk=transfer_id)
    transfer = own.select_related("person", "from_union", "to_union").first()
    if transfer is None:
        raise Http404
    return transfer


def get_own_membership(actor: Actor) -> Membership:
    """The actor's live membership, or 404."""
    own = Membership.objects.filter(belongs_to(actor, "person__account_id"), state__in=Membership.LIVE)
    membership = own.select_related("person", "union").first()
    if membership is None:
        raise Http404
    return membership


def get_membership(actor: Actor, membership_id: int, permission: str = ROLL_VIEW) -> Membership:
    """A membership on a roll within the actor's reach: 404 hidden, 403 when `permission` is lacking."""
    visible = Membership.objects.filter(union__in=orgs.reach(actor, ROLL_VIEW)).select_related(
        "person", "union"
    )
    membership = visible.filter(pk=membership_id).first()
    if membership is None:
        raise Http404
    if not orgs.may(actor, permission, membership.union):
        raise PermissionDenied
    return membership


def get_expulsion(actor: Actor, expulsion_id: int, permission: str = EXPEL) -> Expulsion:
    """A proposed expulsion from a union within the actor's reach: 404 hidden, 403 when not theirs to decide."""
    visible = Expulsion.objects.filter(membership__union__in=orgs.reach(actor, ROLL_VIEW))
    expulsion = (
        visible.select_related("membership__person", "membership__union").filter(pk=expulsion_id).first()
    )
    if expulsion is None:
        raise Http404
    if not orgs.may(actor, permission, expulsion.membership.union):
        raise PermissionDenied
    return expulsion


def imports_visible_to(actor: Actor) -> QuerySet[RollImport]:
    """Imports of rolls for unions where the actor may import."""
    return RollImport.objects.filter(union__in=orgs.reach(actor, ROLL_IMPORT))


def get_import(actor: Actor, import_id: int) -> RollImport:
    """An import that is the actor's to work on, or 404."""
    visible = imports_visible_to(actor).select_related("union", "file", "report", "uploaded_by", "started_by")
    found = visible.filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


def get_union_to_import(actor: Actor, union_id: int) -> "Union":
    """An established union for which, and for those below, the actor may import a roll, or 404."""
    within = orgs.reach(actor, ROLL_IMPORT)
    union = org_queries.established().filter(pk__in=within, pk=union_id).first()
    if union is None:
        raise Http404
    return union


def get_union_to_address(actor: Actor, union_id: int) -> "Union":
    """A union in whose name `actor` may say whom something is for, or 404."""
    union = orgs.reach(actor, AUDIENCE).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union
