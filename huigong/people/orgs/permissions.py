"""Who may do what where: roles at posts, their reach over the tree, and grants on single objects."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from huigong.core.audit import SYSTEM, Actor
from huigong.core.models import AuditRow
from huigong.people.orgs.models import ObjectGrant, Partner, Post, Registration, Union

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

Role = Post.Role
LEADERS = (Role.ADMIN, Role.CHAIR)
CADRES = (Role.ADMIN, Role.CHAIR, Role.CADRE)
READERS = (*CADRES, Role.AUDITOR)

_roles_of: dict[str, frozenset[str]] = {}


_at_the_top: set[str] = set()


def declare(permission: str, *roles: str, at_the_top: bool = False) -> str:
    """Name a permission (``module:thing:verb``) and the roles that carry it. Nobody else has it.

    `at_the_top`: it acts on everybody, so that only an office at the top of the tree carries it.
    """
    _roles_of[permission] = frozenset(roles)
    if at_the_top:
        _at_the_top.add(permission)
    return permission


UNION_VIEW = declare("orgs:union:view", *READERS, Role.GROUP_LEADER, Role.EDITOR)
UNION_EDIT = declare("orgs:union:edit", *CADRES)
UNION_APPROVE = declare("orgs:union:approve", *LEADERS)
UNION_MOVE = declare("orgs:union:move", Role.ADMIN)
UNION_EXPORT = declare("orgs:union:export", *READERS)
POST_VIEW = declare("orgs:post:view", *READERS)
POST_MANAGE = declare("orgs:post:manage", *LEADERS)
PARTNER_VIEW = declare("orgs:partner:view", *READERS, Role.EDITOR)
PARTNER_MANAGE = declare("orgs:partner:manage", *CADRES)
AUDIT_VIEW = declare("core:audit:view", Role.ADMIN, Role.CHAIR, Role.AUDITOR)
FLAG_MANAGE = declare("core:flag:manage", Role.ADMIN, at_the_top=True)
HOLIDAY_MANAGE = declare("core:holiday:manage", Role.ADMIN, at_the_top=True)

_GRANTS: dict[str, frozenset[str]] = {
    Role.ADMIN: frozenset(Role),
    Role.CHAIR: frozenset({Role.CHAIR, Role.CADRE, Role.GROUP_LEADER, Role.EDITOR}),
}
"""Which roles a post may give. Auditors check the chair and rights handlers hear complaints about anybody, so
a chair names neither."""


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


def tops(actor: "Account | Actor", permission: str) -> list[str]:
    """Where in the tree `actor` holds `permission`: the tops of the subtrees."""
    if permission not in _roles_of:
        raise LookupError(f"permission {permission!r} was never declared")
    roles = _roles_of[permission]
    paths = [path for role, path in _roots(actor) if role in roles]
    return [path for path in paths if _is_top(path)] if permission in _at_the_top else paths


def _is_top(path: str) -> bool:
    return path.count(".") == 1


def subtree(paths: Iterable[str], prefix: str = "") -> Q:
    """A condition on `<prefix>path`: in the subtree of any of `paths`. No paths: nothing."""
    condition = Q(pk__in=[])
    for path in set(paths):
        condition |= Q(**{f"{prefix}path__within": path})
    return condition


def reach(actor: "Account | Actor", permission: str) -> QuerySet[Union]:
    """The unions over which `actor` holds `permission`; use it as a subquery."""
    if actor is SYSTEM:
        return Union.objects.all()
    return Union.objects.filter(subtree(tops(actor, permission)))


def offices(actor: "Account | Actor", permission: str) -> QuerySet[Union]:
    """The unions at which `actor` holds `permission` by a post of that very union, not by one above."""
    return Union.objects.filter(path__in=tops(actor, permission))


def may(actor: "Account | Actor", permission: str, union: Union) -> bool:
    """Does `actor` hold `permission` over `union`?"""
    if actor is SYSTEM:
        return True
    return any(union.path.startswith(path) for path in tops(actor, permission))


def may_anywhere(actor: "Account | Actor", permission: str) -> bool:
    """Does `actor` hold `permission` over any union at all?"""
    return actor is SYSTEM or bool(tops(actor, permission))


def may_grant(actor: "Account | Actor", role: str, union: Union) -> bool:
    """May `actor` give somebody `role` at `union`, or take it away?

    Nobody gives a role above their own or outside their own subtree; a chair names no second chair beside.
    """
    if actor is SYSTEM:
        return True
    return any(_covers_grant(held, path, role, union) for held, path in _roots(actor))


def _covers_grant(held: str, path: str, role: str, union: Union) -> bool:
    if role not in _GRANTS.get(held, ()):
        return False
    if held == role == Role.CHAIR and union.path == path:
        return False
    return union.path.startswith(path)


def office_roles(actor: "Account | Actor") -> list[str]:
    """The roles that `actor` holds anywhere today."""
    return [role for role, _ in _roots(actor)]


def standing(actor: "Account | Actor") -> tuple[tuple[str, str], ...]:
    """(role, path) of every post held today: all on which the reach of `actor` depends."""
    return tuple(_roots(actor))


def granted_ids(actor: "Account | Actor", kind: str) -> QuerySet[ObjectGrant, Any]:
    """Ids of the objects of `kind` on which `actor` is a guest now, having accepted; use it as a subquery."""
    return ObjectGrant.objects.filter(
        account_id=actor.pk,
        kind=kind,
        state=ObjectGrant.State.ACCEPTED,
        revoked_at=None,
        expires_at__gt=Now(),
    ).values("object_id")


def visible_to(actor: "Account | Actor") -> QuerySet[Union]:
    """The unions whose inner affairs `actor` may see. Names of established unions are public.

    A union that helps to look after another (协管) sees that one too, not its subtree nor its people.
    """
    within = reach(actor, UNION_VIEW)
    return Union.objects.filter(Q(pk__in=within) | Q(second_parent__in=within))


def posts_visible_to(actor: "Account | Actor") -> QuerySet[Post]:
    """Offices at the unions within reach, past ones too, and the actor's own."""
    return Post.objects.filter(Q(union__in=reach(actor, POST_VIEW)) | Q(account_id=actor.pk))


def registrations_visible_to(actor: "Account | Actor") -> QuerySet[Registration]:
    """Requests to found a union within reach. The founding union itself lies below the one that answers."""
    return Registration.objects.filter(union__in=reach(actor, UNION_VIEW))


def partners_visible_to(actor: "Account | Actor") -> QuerySet[Partner]:
    """Partners of the unions within reach."""
    return Partner.objects.filter(union__in=reach(actor, PARTNER_VIEW))


def audit_visible_to(actor: "Account | Actor") -> QuerySet[AuditRow]:
    """What was decided in the books of the unions within reach, under the path they had that day.

    Rows without a union (accounts, switches, the calendar) are for who keeps the whole platform.
    """
    if actor is SYSTEM:
        return AuditRow.objects.all()
    paths = tops(actor, AUDIT_VIEW)
    condition = subtree(paths, "org_")
    if any(_is_top(path) for path in paths):
        condition |= Q(org_path="")
    return AuditRow.objects.filter(condition)


def get_union(actor: "Account | Actor", union_id: int, permission: str = UNION_VIEW) -> Union:
    """The union, or 404 when `actor` may not see it and 403 when seen but `permission` is lacking."""
    union = visible_to(actor).filter(pk=union_id).first()
    if union is None:
        raise Http404
    if not may(actor, permission, union):
        raise PermissionDenied
    return union


def get_post(actor: "Account | Actor", post_id: int, permission: str = POST_VIEW) -> Post:
    """The office, or 404 when hidden and 403 when `permission` is lacking."""
    post = posts_visible_to(actor).select_related("account", "union").filter(pk=post_id).first()
    if post is None:
        raise Http404
    if not may(actor, permission, post.union):
        raise PermissionDenied
    return post


def get_partner(actor: "Account | Actor", partner_id: int, permission: str = PARTNER_VIEW) -> Partner:
    """The partner, or 404 when hidden and 403 when `permission` is lacking."""
    partner = partners_visible_to(actor).select_related("account", "union").filter(pk=partner_id).first()
    if partner is None:
        raise Http404
    if not may(actor, permission, partner.union):
        raise PermissionDenied
    return partner


def get_registration(actor: "Account | Actor", registration_id: int, permission: str) -> Registration:
    """The request: 404 when hidden, 403 for who does not hold `permission` in an office above the union."""
    found = registrations_visible_to(actor).select_related("union__parent", "applicant")
    registration = found.filter(pk=registration_id).first()
    if registration is None:
        raise Http404
    above = registration.union.parent
    if permission != UNION_VIEW and (above is None or not may(actor, permission, above)):
        raise PermissionDenied
    return registration


def get_own_registration(actor: "Account | Actor", registration_id: int) -> Registration:
    """The actor's own request, or 404."""
    own = Registration.objects.filter(applicant_id=actor.pk, pk=registration_id)
    registration = own.select_related("union__parent").first()
    if registration is None:
        raise Http404
    return registration


def get_own_grant(actor: "Account | Actor", grant_id: int, kind: str) -> ObjectGrant:
    """What the actor was invited to, however it stands now, or 404."""
    own = ObjectGrant.objects.filter(account_id=actor.pk, kind=kind, pk=grant_id)
    grant = own.select_related("account", "partner").first()
    if grant is None:
        raise Http404
    return grant


def get_audit_row(actor: "Account | Actor", row_id: int, permission: str = AUDIT_VIEW) -> AuditRow:
    """One line of the audit trail, or 404."""
    row = audit_visible_to(actor).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row
