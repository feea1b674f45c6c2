"""Who may do what where: roles at posts, their reach over the tree, and grants on single objects."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from huigong.core.audit import SYSTEM, Actor
from huigong.people.orgs.models import ObjectGrant, Post, Union

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

Role = Post.Role
LEADERS = (Role.ADMIN, Role.CHAIR)
CADRES = (Role.ADMIN, Role.CHAIR, Role.CADRE)
READERS = (*CADRES, Role.AUDITOR)

_roles_of: dict[str, frozenset[str]] = {}


def declare(permission: str, *roles: str) -> str:
    """Name a permission (``module:thing:verb``) and the roles that carry it. Nobody else has it."""
    _roles_of[permission] = frozenset(roles)
    return permission


UNION_VIEW = declare("orgs:union:view", *READERS, Role.GROUP_LEADER, Role.EDITOR)
UNION_EDIT = declare("orgs:union:edit", *CADRES)
UNION_APPROVE = declare("orgs:union:approve", *LEADERS)
UNION_MOVE = declare("orgs:union:move", Role.ADMIN)
POST_MANAGE = declare("orgs:post:manage", *LEADERS)
AUDIT_VIEW = declare("core:audit:view", Role.ADMIN, Role.CHAIR, Role.AUDITOR)


def _roots(actor: "Account | Actor") -> list[tuple[str, str]]:
    """(role, path) of every post whose term runs today; read once per request's account object."""
    held = getattr(actor, "_posts", None)
    if held is None:
        today = timezone.localdate()
        held = list(
            Post.objects.filter(
                account_id=actor.pk, ended_at=None, starts_on__lte=today, ends_on__gte=today
            ).values_list("role", "union__path")
        )
        actor._posts = held  # type: ignore[union-attr]
    return held


def subtree(paths: Iterable[str], prefix: str = "") -> Q:
    """A condition on `<prefix>path`: in the subtree of any of `paths`. No paths: nothing."""
    condition = Q(pk__in=[])
    for path in set(paths):
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


def reach(actor: "Account | Actor", permission: str) -> QuerySet[Union]:
    """The unions over which `actor` holds `permission`; use it as a subquery."""
    if permission not in _roles_of:
        raise LookupError(f"permission {permission!r} was never declared")
    if actor is SYSTEM:
        return Union.objects.all()
    roles = _roles_of[permission]
    return Union.objects.filter(subtree(path for role, path in _roots(actor) if role in roles))


def may(actor: "Account | Actor", permission: str, union: Union) -> bool:
    """Does `actor` hold `permission` over `union`?"""
    if actor is SYSTEM:
        return True
    roles = _roles_of[permission]
    return any(role in roles and union.path.startswith(path) for role, path in _roots(actor))


def may_anywhere(actor: "Account | Actor", permission: str) -> bool:
    """Does `actor` hold `permission` over any union at all?"""
    roles = _roles_of[permission]
    return actor is SYSTEM or any(role in roles for role, _ in _roots(actor))


def granted_ids(actor: "Account | Actor", kind: str) -> QuerySet[ObjectGrant]:
    """Ids of the objects of `kind` on which `actor` is a guest now; use it as a subquery."""
    return ObjectGrant.objects.filter(
        account_id=actor.pk, kind=kind, revoked_at=None, expires_at__gt=Now()
    ).values("object_id")


def visible_to(actor: "Account | Actor") -> QuerySet[Union]:
    """The unions whose inner affairs `actor` may see. Names of established unions are public."""
    return reach(actor, UNION_VIEW)


def get_union(actor: "Account | Actor", union_id: int, permission: str = UNION_VIEW) -> Union:
    """The union, or 404 when `actor` may not see it and 403 when seen but `permission` is lacking."""
    union = visible_to(actor).filter(pk=union_id).first()
    if union is None:
        raise Http404
    if not may(actor, permission, union):
        raise PermissionDenied
    return union
