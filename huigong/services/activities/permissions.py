"""Who sees an activity, and who runs it."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.core.prepared import Prepared, Slot
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries
from huigong.services.activities.models import Activity, Campaign, Contribution, Session, Signup

if TYPE_CHECKING:
    from huigong.people.membership.models import Person
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import ObjectGrant, Partner, Union

GRANT = "activities.activity"
"""The kind under which a co-host is a guest on one activity."""

VIEW = orgs.declare("activities:activity:view", *orgs.READERS, orgs.Role.EDITOR)
EDIT = orgs.declare("activities:activity:edit", *orgs.CADRES, orgs.Role.EDITOR)
PUBLISH = orgs.declare("activities:activity:publish", *orgs.CADRES)
APPROVE = orgs.declare("activities:activity:approve", *orgs.LEADERS)
SIGNUPS = orgs.declare("activities:signup:manage", *orgs.CADRES)
CHECK_IN = orgs.declare("activities:signup:check-in", *orgs.CADRES, orgs.Role.GROUP_LEADER)

NUMBERS = orgs.declare("activities:signup:numbers", *orgs.CADRES)
"""Whole phone numbers, and looking members up to put them on the list: never for guests of another body."""
INVITE = orgs.declare("activities:activity:invite", *orgs.CADRES)
COPY = orgs.declare("activities:activity:copy", *orgs.CADRES, orgs.Role.EDITOR)
"""Making a new one in the organiser's name: a guest works on the one activity alone."""

MODERATE = orgs.declare("activities:contribution:moderate", *orgs.CADRES, orgs.Role.EDITOR)

_BY_GUEST = frozenset({VIEW, EDIT, SIGNUPS, CHECK_IN, MODERATE})
"""What a co-host may do on the one activity, besides its organiser's cadres."""

ONCE_PUBLISHED = (
    Activity.State.PUBLISHED,
    Activity.State.CLOSED,
    Activity.State.REPORTED,
    Activity.State.CANCELLED,
)
"""What was published stays readable, also after it was called off: members want to know why."""


def _union_ids(member: "Member | None") -> list[int]:
    """The unions whose offers reach `member`: their own and those above; for everybody else the root."""
    return member.ancestor_ids if member else [org_queries.root_id()]


def offered_to(union_ids: Any, path: str = "") -> Q:
    """The activity at the end of `path` was published, for one of these unions."""
    return Q(
        (f"{path}state__in", ONCE_PUBLISHED),
        (f"{path}published_at__isnull", False),
        (f"{path}audience_unions__overlap", union_ids),
    )


def visible_to(actor: Actor) -> QuerySet[Activity]:
    """Published activities offered to the actor's union or one above it. Anonymous: to the whole county."""
    return Activity.objects.filter(offered_to(offering_unions(actor)))


def offering_unions(actor: Actor) -> list[int]:
    """The unions whose offers reach `actor`; for whom is no member, the root."""
    return _union_ids(membership.member_of(actor))


def managed_by(actor: Actor, permission: str = VIEW) -> QuerySet[Activity]:
    """Activities, drafts included, that the actor may look after, or on which they hold `permission`.

    A group leader does not look after activities, but stands at the door.
    """
    if not actor.pk:
        return Activity.objects.none()
    guest = Q(pk__in=orgs.granted_ids(actor, GRANT))
    office = Q(union__in=orgs.reach(actor, VIEW)) | Q(union__in=orgs.reach(actor, permission))
    return Activity.objects.filter(office | guest)


def get_activity(actor: Actor, activity_id: int) -> Activity:
    """A published activity as members see it, or one that the actor has part in or looks after; 404 otherwise."""
    looked_after = managed_by(actor).filter(published_at__isnull=False)
    for readable in (visible_to(actor), _attended_by(actor), looked_after):
        activity = readable.select_related("union", "cover").filter(pk=activity_id).first()
        if activity is not None:
            return activity
    raise Http404


def _attended_by(actor: Actor) -> QuerySet[Activity]:
    """Activities for which the actor ever signed up or was signed up, also from a union they have left since."""
    if not actor.pk:
        return Activity.objects.none()
    own = Signup.objects.filter(session__activity=OuterRef("pk"), person__account_id=actor.pk)
    return Activity.objects.filter(Exists(own), published_at__isnull=False)


def get_managed(actor: Actor, activity_id: int, permission: str) -> Activity:
    """An activity to work on: 404 when outside the actor's reach, 403 when `permission` is lacking."""
    found = managed_by(actor, permission).filter(pk=activity_id)
    activity = found.select_related("union__parent", "cover").first()
    if activity is None:
        raise Http404
    if not may(actor, permission, activity):
        raise PermissionDenied
    return activity


def may(actor: Actor, permission: str, activity: Activity) -> bool:
    """Does `actor` hold `permission` on `activity`, by post or as its guest?"""
    if orgs.may(actor, permission, activity.union):
        return True
    return permission in _BY_GUEST and orgs.granted_ids(actor, GRANT).filter(object_id=activity.pk).exists()


def get_co_host(activity: Activity, grant_id: int) -> "ObjectGrant":
    """A guest of the activity, or 404. The caller has checked INVITE on the activity."""
    grant = org_queries.grants_on(GRANT, activity.pk).filter(pk=grant_id).first()
    if grant is None:
        raise Http404
    return grant


def get_invitation(actor: Actor, grant_id: int) -> "tuple[Activity, ObjectGrant]":
    """What the actor was asked to co-host, and the invitation, however it stands now; 404 for everybody else."""
    grant = orgs.get_own_grant(actor, grant_id, GRANT)
    return Activity.objects.select_related("union").get(pk=grant.object_id), grant


def get_invitable(activity: Activity, partner_id: int) -> "Partner":
    """A partner that the organiser may invite, or 404. The caller has checked INVITE on the activity."""
    partner = org_queries.partners_for(activity.union).filter(pk=partner_id).first()
    if partner is None:
        raise Http404
    return partner


def may_approve(actor: Actor, activity: Activity) -> bool:
    """Approving is the office of a union ABOVE the organiser (the county itself has none above)."""
    return orgs.may(actor, APPROVE, activity.union.parent or activity.union)


def organisers(actor: Actor) -> QuerySet["Union"]:
    """The unions in whose name `actor` may organise: the tops of where they hold EDIT."""
    reach = orgs.reach(actor, EDIT)
    return reach.exclude(parent__in=reach).order_by("path")


def tops(actor: Actor) -> QuerySet["Union"]:
    """The unions at which `actor` sits: the tops of where they may look."""
    reach = orgs.reach(actor, VIEW)
    return reach.exclude(parent__in=reach)


def get_organiser(actor: Actor, union_id: int) -> "Union":
    """A union in whose name, or below which, `actor` may organise; 404 otherwise."""
    union = orgs.reach(actor, EDIT).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def may_organise(actor: Actor, union: "Union") -> bool:
    """May `actor` organise in the name of `union`? Guests on one activity may not."""
    return orgs.may(actor, EDIT, union)


def may_publish_for(actor: Actor, union: "Union") -> bool:
    """May `actor` publish in the name of `union`?"""
    return orgs.may(actor, PUBLISH, union)


def manages(actor: Actor) -> bool:
    """Is there anything here for `actor` to look after, as an officer or as a guest?"""
    return orgs.may_anywhere(actor, VIEW) or orgs.granted_ids(actor, GRANT).exists()


_sessions = Prepared(
    lambda: Session.objects.filter(
        offered_to(Slot("unions"), "activity__"), activity_id=Slot("activity")
    ).select_related("activity__union", "pool")
)


def get_session(member: "Member | None", activity_id: int, session_id: int | None = None) -> Session:
    """A session of an activity offered to `member` (None: to everybody); without an id the first. 404 otherwise."""
    for session in _sessions(unions=_union_ids(member), activity=activity_id):
        if session_id in (None, session.pk):
            return session
    raise Http404


def get_signup(actor: Actor, signup_id: int) -> Signup:
    """The actor's own signup, or 404."""
    own = (
        Signup.objects.filter(person__account_id=actor.pk, pk=signup_id)
        if actor.pk
        else Signup.objects.none()
    )
    signup = own.select_related("session__activity__union", "session__pool", "entry", "person").first()
    if signup is None:
        raise Http404
    return signup


def get_own_live_signup(actor: Actor, activity_id: int, session_id: int | None = None) -> Signup:
    """The actor's live signup for an activity (one session of it), or 404."""
    own = Signup.objects.filter(
        person__account_id=actor.pk,
        session__activity_id=activity_id,
        entry__state__in=("pending", "confirmed", "waiting", "offered"),
    )
    if session_id is not None:
        own = own.filter(session_id=session_id)
    signup = own.select_related("session__activity__union", "session__pool", "entry", "person").first()
    if signup is None:
        raise Http404
    return signup


def get_addable(activity: Activity, person_id: int) -> "Person":
    """A member of the organiser's union or below, or 404. The caller has checked SIGNUPS on the activity."""
    own = membership.audience(membership.Rule(union_ids=(activity.union_id,))).people()
    person = own.filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def contributions_visible_to(actor: Actor) -> QuerySet[Contribution]:
    """What is shown in activities that the actor sees, all that is their own, and all that they moderate."""
    if not actor.pk:
        return Contribution.objects.none()
    seen = (
        Q(activity__in=visible_to(actor))
        | Q(activity__in=_attended_by(actor))
        | Q(activity__in=managed_by(actor))
    )
    moderated = Q(activity__union__in=orgs.reach(actor, MODERATE)) | Q(
        activity__in=orgs.granted_ids(actor, GRANT)
    )
    own = Q(signup__person__account_id=actor.pk)
    return Contribution.objects.filter(Q(seen, state=Contribution.State.SHOWN) | own | moderated)


def get_contribution(actor: Actor, contribution_id: int) -> Contribution:
    """A contribution that `actor` may look at; 404 otherwise. What is not shown, only its owner and moderators see."""
    return _one_contribution(contributions_visible_to(actor), contribution_id)


def get_own_contribution(actor: Actor, contribution_id: int) -> Contribution:
    """The actor's own contribution, or 404."""
    own = contributions_visible_to(actor).filter(signup__person__account_id=actor.pk)
    return _one_contribution(own, contribution_id)


def get_moderated(actor: Actor, contribution_id: int) -> Contribution:
    """A contribution to an activity that `actor` looks after: 404 hidden, 403 when they may not moderate."""
    contribution = _one_contribution(
        Contribution.objects.filter(activity__in=managed_by(actor)), contribution_id
    )
    if not may(actor, MODERATE, contribution.activity):
        raise PermissionDenied
    return contribution


def _one_contribution(found: QuerySet[Contribution], contribution_id: int) -> Contribution:
    related = ("activity__union", "activity__cover", "signup__person", "signup__union", "image", "thumbnail")
    contribution = found.select_related(*related).filter(pk=contribution_id).first()
    if contribution is None:
        raise Http404
    return contribution


def campaigns_visible_to(actor: Actor) -> QuerySet[Campaign]:
    """Published campaigns of the actor's union and those above it. Anonymous: the root's."""
    return Campaign.objects.filter(is_published=True, union__in=offering_unions(actor))


def campaigns_managed_by(actor: Actor) -> QuerySet[Campaign]:
    """Campaigns, drafts included, that the actor may edit."""
    if not actor.pk:
        return Campaign.objects.none()
    return Campaign.objects.filter(union__in=orgs.reach(actor, EDIT))


def get_campaign(actor: Actor, campaign_id: int) -> Campaign:
    """A campaign as its readers see it, for its editors also before it is published; 404 otherwise."""
    for readable in (campaigns_visible_to(actor), campaigns_managed_by(actor)):
        campaign = readable.select_related("union").filter(pk=campaign_id).first()
        if campaign is not None:
            return campaign
    raise Http404


def get_managed_campaign(actor: Actor, campaign_id: int, permission: str) -> Campaign:
    """A campaign to work on: 404 when outside the actor's reach, 403 when `permission` is lacking."""
    campaign = campaigns_managed_by(actor).select_related("union").filter(pk=campaign_id).first()
    if campaign is None:
        raise Http404
    if not orgs.may(actor, permission, campaign.union):
        raise PermissionDenied
    return campaign


def get_managed_session(actor: Actor, session_id: int, permission: str) -> Session:
    """A session of an activity that `actor` looks after: 404 hidden, 403 when `permission` is lacking."""
    session = (
        Session.objects.filter(activity__in=managed_by(actor), pk=session_id)
        .select_related("activity__union", "pool")
        .first()
    )
    if session is None:
        raise Http404
    if not may(actor, permission, session.activity):
        raise PermissionDenied
    return session


def get_managed_signup(actor: Actor, signup_id: int, permission: str) -> Signup:
    """A signup of an activity that `actor` looks after: 404 hidden, 403 when `permission` is lacking."""
    signup = (
        Signup.objects.filter(session__activity__in=managed_by(actor, permission), pk=signup_id)
        .select_related("session__activity__union", "session__pool", "entry", "person", "union")
        .first()
    )
    if signup is None:
        raise Http404
    if not may(actor, permission, signup.session.activity):
        raise PermissionDenied
    return signup
