"""Who reads what was published, who looks after it, who applies and who decides."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from huigong.core import calendar
from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.policies.models import Application, Evidence, Objection, PaperForm, Policy, Scheme

if TYPE_CHECKING:
    from huigong.core.models import StoredFile
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

VIEW = orgs.declare("policies:policy:view", *orgs.READERS, orgs.Role.EDITOR)
EDIT = orgs.declare("policies:policy:edit", *orgs.CADRES, orgs.Role.EDITOR)
PUBLISH = orgs.declare("policies:policy:publish", *orgs.CADRES)
SCHEME_EDIT = orgs.declare("policies:scheme:edit", *orgs.CADRES)
REVIEW = orgs.declare("policies:application:review", *orgs.CADRES)
_VIEWING, _HOUR = "huigong.policies.viewing", 3600


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


# --- What may be applied for


def open_to(member: "Member") -> QuerySet[Scheme]:
    """Schemes opened to the member's union, whether or not the rest of their rule means the member."""
    return Scheme.objects.filter(state=Scheme.State.OPEN, audience_unions__overlap=member.ancestor_ids)


def get_scheme(actor: Actor, scheme_id: int) -> tuple[Scheme, "Member"]:
    """A scheme opened to the actor's union, and the member that they are; 404 otherwise."""
    member = membership.member_of(actor)
    found = open_to(member).select_related("union", "policy").filter(pk=scheme_id) if member else None
    scheme = found.first() if found is not None else None
    if scheme is None or member is None:
        raise Http404
    return scheme, member


def schemes_managed_by(actor: Actor) -> QuerySet[Scheme]:
    """Schemes in whatever state of the unions within reach."""
    return Scheme.objects.filter(union__in=orgs.reach(actor, SCHEME_EDIT))


def get_managed_scheme(actor: Actor, scheme_id: int) -> Scheme:
    """A scheme to work on; 404 when outside the actor's reach."""
    scheme = schemes_managed_by(actor).select_related("union", "policy").filter(pk=scheme_id).first()
    if scheme is None:
        raise Http404
    return scheme


def offerers(actor: Actor) -> QuerySet["Union"]:
    """The unions in whose name `actor` may offer schemes: the tops of their reach."""
    reach = orgs.reach(actor, SCHEME_EDIT)
    return reach.exclude(parent__in=reach).order_by("path")


def get_offerer(actor: Actor, union_id: int) -> "Union":
    """A union in whose name `actor` may offer schemes; 404 otherwise."""
    union = orgs.reach(actor, SCHEME_EDIT).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


# --- Applications


def own(actor: Actor) -> QuerySet[Application]:
    """The actor's own applications."""
    if actor.pk is None:
        return Application.objects.none()
    return Application.objects.filter(person__account_id=actor.pk)


def get_own(actor: Actor, application_id: int) -> Application:
    """The actor's own application; 404 otherwise."""
    found = own(actor).select_related("scheme__union", "scheme__policy", "union", "person", "signature")
    application = found.filter(pk=application_id).first()
    if application is None:
        raise Http404
    return application


def noticed_to(actor: Actor) -> QuerySet[Application]:
    """What is on public notice to the members of the scheme's union and of all below it."""
    member = membership.member_of(actor)
    if member is None:
        return Application.objects.none()
    return Application.objects.filter(
        state=Application.State.NOTICED, scheme__union_id__in=member.ancestor_ids
    )


def get_noticed(actor: Actor, application_id: int) -> tuple[Application, "Member"]:
    """An application on public notice that the actor may read about, and the member that they are; 404 otherwise.

    Who objected reads the answer here also when the notice is over.
    """
    member = membership.member_of(actor)
    doubted = Objection.objects.filter(person__account_id=actor.pk, person__account_id__isnull=False)
    readable = Q(pk__in=noticed_to(actor).values("pk")) | Q(pk__in=doubted.values("application"))
    found = Application.objects.filter(readable).select_related("scheme__union", "person", "union")
    application = found.filter(pk=application_id).first()
    if application is None or member is None:
        raise Http404
    return application, member


def get_own_signature(actor: Actor, application_id: int) -> "StoredFile":
    """The actor's signature under an application, if they drew one; 404 otherwise."""
    signature = get_own(actor, application_id).signature
    if signature is None:
        raise Http404
    return signature


def reviewed_by(actor: Actor) -> QuerySet[Application]:
    """What was handed in and concerns an office of the actor's, and nobody else's.

    The scheme's own union sees all; the applicant's unit what it verifies; a union between them only what came to it
    because the unit's time had run out.
    """
    verifies = Q(scheme__unit_first=True) & _verified_by(actor)
    decides = Q(scheme__union__in=orgs.reach(actor, REVIEW))
    return Application.objects.filter(verifies | decides).exclude(submitted_at=None)


def _verified_by(actor: Actor) -> Q:
    late = Q(union__in=orgs.reach(actor, REVIEW), escalated_at__isnull=False)
    return Q(union__in=orgs.offices(actor, REVIEW)) | late


def decidable(actor: Actor) -> QuerySet[Application]:
    """What an office of the actor's decides about next. Nobody does so about themselves.

    Nor does who verified also decide, unless the scheme is the applicant's own union's.
    """
    here = Q(scheme__union__in=orgs.reach(actor, REVIEW))
    verifies = Q(state=Application.State.SUBMITTED, scheme__unit_first=True) & _verified_by(actor)
    decides = Q(state=Application.State.VERIFIED) & here & ~_own_verdict(actor)
    awards = Q(state=Application.State.NOTICED) & here
    return Application.objects.filter(verifies | decides | awards).exclude(person__account_id=actor.pk)


def _own_verdict(actor: Actor) -> Q:
    return Q(verified_by=actor.pk, verified_by__isnull=False) & ~Q(scheme__union=F("union"))


def awaiting(actor: Actor) -> QuerySet[Application]:
    """What the actor can do something about today: what is on public notice waits for its end or for an objection."""
    quiet = Q(state=Application.State.NOTICED, notice_until__gte=calendar.today())
    doubted = Exists(Objection.objects.filter(application=OuterRef("pk"), replied_at=None))
    return decidable(actor).exclude(quiet & ~doubted)


def may_decide(actor: Actor, application: Application) -> bool:
    """Is what comes next the actor's to do?"""
    return decidable(actor).filter(pk=application.pk).exists()


def get_application(actor: Actor, application_id: int) -> Application:
    """An application to look into; 404 when it is no business of the actor's offices."""
    found = reviewed_by(actor).select_related("scheme__union", "union", "person", "signature")
    application = found.filter(pk=application_id).first()
    if application is None:
        raise Http404
    return application


def get_evidence(actor: Actor, evidence_id: int) -> Evidence:
    """What goes with an application of the actor's own; 404 otherwise."""
    return _evidence(own(actor), evidence_id)


def viewing_key(actor: Actor, application: Application) -> str:
    """What `actor`, who has just opened `application`, shows to see its papers; each opening is audited."""
    return signing.dumps([actor.pk, application.pk], salt=_VIEWING)


def get_reviewed_evidence(actor: Actor, evidence_id: int, key: str) -> Evidence:
    """What was handed in with an application that the actor opened within the hour; 404 otherwise."""
    evidence = _evidence(reviewed_by(actor), evidence_id)
    _require_key(actor, evidence.application_id, key)
    return evidence


def get_signature(actor: Actor, application_id: int, key: str) -> "StoredFile":
    """The applicant's hand, likewise."""
    application = get_application(actor, application_id)
    _require_key(actor, application.pk, key)
    if application.signature is None:
        raise Http404
    return application.signature


def _require_key(actor: Actor, application_id: int, key: str) -> None:
    try:
        opened = signing.loads(key, salt=_VIEWING, max_age=_HOUR)
    except signing.BadSignature:
        raise Http404 from None
    if opened != [actor.pk, application_id]:
        raise Http404


def picture(evidence: Evidence) -> Evidence:
    """The same, if it is a picture that can be shown small; 404 otherwise."""
    if not evidence.content_type.startswith("image/"):
        raise Http404
    return evidence


def _evidence(readable: QuerySet[Application], evidence_id: int) -> Evidence:
    found = Evidence.objects.filter(application__in=readable, pk=evidence_id)
    evidence = found.select_related("file", "application__scheme").first()
    if evidence is None:
        raise Http404
    return evidence


def get_reviewed_scheme(actor: Actor, scheme_id: int) -> Scheme:
    """A scheme of which the actor sees applications, or that they look after; 404 otherwise."""
    applied = reviewed_by(actor).filter(scheme=scheme_id).values("scheme")
    known = Q(pk__in=applied) | Q(pk__in=schemes_managed_by(actor).values("pk"))
    scheme = Scheme.objects.filter(known, pk=scheme_id).select_related("union", "policy").first()
    if scheme is None:
        raise Http404
    return scheme


def may_export_private(actor: Actor, scheme: Scheme) -> bool:
    """May the actor take private answers out? Only for the union that decides."""
    return orgs.may(actor, REVIEW, scheme.union)


def get_many(actor: Actor, ids: Iterable[int]) -> list[Application]:
    """Those of the applications that the actor may decide about now; the others are passed over."""
    found = decidable(actor).filter(pk__in=list(ids)).order_by("pk")
    return list(found.select_related("scheme__union", "union", "person"))


def get_objection(actor: Actor, objection_id: int) -> Objection:
    """An objection that an office of the actor's answers; 404 otherwise."""
    found = Objection.objects.filter(application__scheme__union__in=orgs.reach(actor, REVIEW))
    objection = found.select_related("application__scheme__union", "person").filter(pk=objection_id).first()
    if objection is None:
        raise Http404
    return objection


def answers(actor: Actor, application: Application) -> bool:
    """Does an office of the actor's answer objections to `application`? Not to their own."""
    is_own = application.person.account_id == actor.pk
    return not is_own and orgs.may(actor, REVIEW, application.scheme.union)


def reviews(actor: Actor) -> bool:
    """Does an office of the actor's look into applications?"""
    return orgs.may_anywhere(actor, REVIEW)
