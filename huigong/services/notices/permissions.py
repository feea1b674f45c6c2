"""Who is told, and who tells."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.core.prepared import Slot
from huigong.people.membership import permissions as rolls
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.notices.models import Attachment, Notice, SavedAudience

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

VIEW = orgs.declare("notices:notice:view", *orgs.READERS, orgs.Role.EDITOR)
EDIT = orgs.declare("notices:notice:edit", *orgs.CADRES, orgs.Role.EDITOR)
PUBLISH = orgs.declare("notices:notice:publish", *orgs.CADRES)


def visible_to(actor: Actor) -> QuerySet[Notice]:
    """Published notices that mean the member behind `actor`; nobody else's."""
    member = membership.member_of(actor)
    return meant_for(member, actor) if member else Notice.objects.none()


def meant_for(member: "Member", actor: Actor) -> QuerySet[Notice]:
    """Published notices whose rule means `member`, who is `actor`. Most people hold no post: nothing is asked then."""
    return _published().filter(
        membership.means(member, roles=_roles(actor)), audience_unions__overlap=member.ancestor_ids
    )


def meant_slots() -> QuerySet[Notice]:
    """`meant_for` in a prepared queryset, to be called with `meant_values`."""
    return _published().filter(membership.means_slots(), audience_unions__overlap=Slot("unions"))


def meant_values(member: "Member", actor: Actor) -> dict[str, Any]:
    """What `meant_slots` is called with for `member`, who is `actor`."""
    return {**membership.traits_of(member, roles=_roles(actor)), "unions": member.ancestor_ids}


def _published() -> QuerySet[Notice]:
    return Notice.objects.filter(state=Notice.State.PUBLISHED)


def _roles(actor: Actor) -> list[str]:
    return orgs.office_roles(actor) if actor.is_staff else []


def managed_by(actor: Actor) -> QuerySet[Notice]:
    """Notices, drafts and withdrawn ones included, of the unions within reach."""
    return Notice.objects.filter(union__in=orgs.reach(actor, VIEW))


def get_notice(actor: Actor, notice_id: int) -> Notice:
    """A published notice that means the actor or that they look after; 404 otherwise."""
    looked_after = managed_by(actor).filter(state=Notice.State.PUBLISHED)
    for readable in (visible_to(actor), looked_after):
        notice = readable.select_related("union").filter(pk=notice_id).first()
        if notice is not None:
            return notice
    raise Http404


def get_own_notice(actor: Actor, notice_id: int) -> tuple[Notice, "Member"]:
    """A published notice that means the actor, and the member that they are; 404 otherwise."""
    member = membership.member_of(actor)
    notice = meant_for(member, actor).filter(pk=notice_id).first() if member else None
    if notice is None or member is None:
        raise Http404
    return notice, member


def get_managed(actor: Actor, notice_id: int, permission: str) -> Notice:
    """A notice to work on: 404 when outside the actor's reach, 403 when `permission` is lacking."""
    found = managed_by(actor).select_related("union", "published_by")
    notice = found.filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    if not orgs.may(actor, permission, notice.union):
        raise PermissionDenied
    return notice


def get_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """A document of a notice that the actor may read, or works on; 404 otherwise."""
    attachment = Attachment.objects.select_related("file", "notice").filter(pk=attachment_id).first()
    if attachment is None:
        raise Http404
    seen = visible_to(actor) | managed_by(actor)
    if not seen.filter(pk=attachment.notice_id).exists():
        raise Http404
    return attachment


def tellers(actor: Actor) -> QuerySet["Union"]:
    """The unions in whose name `actor` may write: the tops of where they hold EDIT."""
    reach = orgs.reach(actor, EDIT)
    return reach.exclude(parent__in=reach).order_by("path")


def get_teller(actor: Actor, union_id: int) -> "Union":
    """A union in whose name `actor` may write; 404 otherwise."""
    union = orgs.reach(actor, EDIT).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def saved_by_reach(actor: Actor) -> QuerySet[SavedAudience]:
    """Audiences saved by the unions in whose name `actor` may write."""
    return SavedAudience.objects.filter(union__in=orgs.reach(actor, EDIT))


def get_saved(actor: Actor, saved_id: int) -> SavedAudience:
    """One of them; 404 otherwise."""
    saved = saved_by_reach(actor).select_related("union").filter(pk=saved_id).first()
    if saved is None:
        raise Http404
    return saved


def sees_names(actor: Actor, notice: Notice) -> bool:
    """May `actor` read whole names on the roll behind `notice`? Everybody else sees them masked."""
    return orgs.may(actor, rolls.ROLL_VIEW, notice.union)


def may_export_names(actor: Actor, notice: Notice) -> bool:
    """May `actor` take the list of who has not read `notice` out of the platform?"""
    return orgs.may(actor, rolls.ROLL_EXPORT, notice.union)


def get_to_export_names(actor: Actor, notice_id: int) -> Notice:
    """A notice whose readers' names may be taken out: 403 for who may not take out a roll."""
    notice = get_managed(actor, notice_id, VIEW)
    if not may_export_names(actor, notice):
        raise PermissionDenied
    return notice


def may(actor: Actor, permission: str, notice: Notice) -> bool:
    """Does `actor` hold `permission` over the union of `notice`?"""
    return orgs.may(actor, permission, notice.union)


def manages(actor: Actor) -> bool:
    """Is there anything here for `actor` to look after?"""
    return orgs.may_anywhere(actor, VIEW)
