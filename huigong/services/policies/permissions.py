"""Who reads what was published, and who looks after it."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.orgs import permissions as orgs
from huigong.services.policies.models import PaperForm, Policy

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

VIEW = orgs.declare("policies:policy:view", *orgs.READERS, orgs.Role.EDITOR)
EDIT = orgs.declare("policies:policy:edit", *orgs.CADRES, orgs.Role.EDITOR)
PUBLISH = orgs.declare("policies:policy:publish", *orgs.CADRES)


def visible_to(actor: Actor) -> QuerySet[Policy]:
    """Published documents are open to everybody, also to workers of no union yet; `actor` may be anonymous."""
    return Policy.objects.filter(state=Policy.State.PUBLISHED)


def managed_by(actor: Actor) -> QuerySet[Policy]:
    """Documents in whatever state that the unions within reach put up."""
    return Policy.objects.filter(union__in=orgs.reach(actor, VIEW))


def get_policy(actor: Actor, policy_id: int) -> Policy:
    """A published document; 404 otherwise."""
    policy = visible_to(actor).select_related("union", "replaced_by", "file").filter(pk=policy_id).first()
    if policy is None:
        raise Http404
    return policy


def get_managed(actor: Actor, policy_id: int, permission: str) -> Policy:
    """A document to work on: 404 when outside the actor's reach, 403 when `permission` is lacking."""
    found = managed_by(actor).select_related("union", "replaced_by", "file", "published_by")
    policy = found.filter(pk=policy_id).first()
    if policy is None:
        raise Http404
    if not orgs.may(actor, permission, policy.union):
        raise PermissionDenied
    return policy


def get_readable(actor: Actor, policy_id: int) -> Policy:
    """A document that is published or that the actor looks after; 404 otherwise."""
    policy = Policy.objects.filter(_readable(actor, ""), pk=policy_id).select_related("file").first()
    if policy is None:
        raise Http404
    return policy


def get_form(actor: Actor, form_id: int) -> PaperForm:
    """A version of a form whose document is published, or that the actor looks after; 404 otherwise."""
    found = PaperForm.objects.filter(_readable(actor, "policy__"), pk=form_id)
    form = found.select_related("file", "policy__union").first()
    if form is None:
        raise Http404
    return form


def _readable(actor: Actor, prefix: str) -> Q:
    readable = Q(**{f"{prefix}state": Policy.State.PUBLISHED})
    if actor.is_staff:
        readable |= Q(**{f"{prefix}union__in": orgs.reach(actor, VIEW)})
    return readable


def publishers(actor: Actor) -> QuerySet["Union"]:
    """The unions in whose name `actor` may put documents up: the tops of where they hold EDIT."""
    reach = orgs.reach(actor, EDIT)
    return reach.exclude(parent__in=reach).order_by("path")


def get_publisher(actor: Actor, union_id: int) -> "Union":
    """A union in whose name `actor` may put documents up; 404 otherwise."""
    union = orgs.reach(actor, EDIT).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def may(actor: Actor, permission: str, policy: Policy) -> bool:
    """Does `actor` hold `permission` over the union of `policy`?"""
    return orgs.may(actor, permission, policy.union)


def manages(actor: Actor) -> bool:
    """Is there anything here for `actor` to look after?"""
    return orgs.may_anywhere(actor, VIEW)
