"""Who takes part in a conversation: who wrote it, and the cadres of the unions that answer it.

An office above gives no sight of what workers write below: it must hold that very union's post, or the thread must
have come up to it (docs/decisions/0013-letters-stay-with-their-union.md).
"""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.conversations.models import Adoption, CannedAnswer, Enclosure, Handling, Message, Thread

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

HANDLE = orgs.declare("conversations:thread:handle", *orgs.CADRES)
REVIEW = orgs.declare("conversations:adoption:review", *orgs.CADRES)
"""Over words meant for everybody, so that an office reaches its subtree here as elsewhere."""

FIGURES = orgs.declare("conversations:figures:view", *orgs.CADRES)
"""How many letters there are below an office, and how soon they are answered; never what stands in one."""


def offices(actor: Actor) -> QuerySet["Union"]:
    """The unions for which `actor` answers: only where the post itself is held."""
    return orgs.offices(actor, HANDLE)


def handles(actor: Actor) -> bool:
    """Is there anything here for `actor` to answer?"""
    return orgs.may_anywhere(actor, HANDLE)


def overseen(actor: Actor) -> QuerySet["Union"]:
    """The unions below the actor's offices, of whose letters they learn numbers."""
    return orgs.reach(actor, FIGURES).exclude(pk__in=offices(actor).values("pk"))


def own(actor: Actor) -> QuerySet[Thread]:
    """What the actor wrote as a worker."""
    return Thread.objects.filter(person__account_id=actor.pk, person__isnull=False)


def handled_by(actor: Actor) -> QuerySet[Thread]:
    """What the actor answers, or sent in a union's name. Never what they wrote themselves as a worker."""
    mine = offices(actor).values("pk")
    taking_part = Handling.objects.filter(thread=OuterRef("pk"), union__in=mine)
    found = Thread.objects.filter(Exists(taking_part) | Q(person=None, home__in=mine))
    return found.exclude(person__account_id=actor.pk, person__isnull=False)


def get_own(actor: Actor, thread_id: int) -> Thread:
    """A thread that the actor wrote as a worker; 404 otherwise."""
    return _one(own(actor), thread_id)


def get_handled(actor: Actor, thread_id: int) -> Thread:
    """A thread that the actor answers or sent in a union's name; 404 otherwise."""
    return _one(handled_by(actor), thread_id)


def _one(found: QuerySet[Thread], thread_id: int) -> Thread:
    thread = found.select_related("union", "home", "person", "assignee").filter(pk=thread_id).first()
    if thread is None:
        raise Http404
    return thread


def seat(actor: Actor, thread: Thread) -> "Union":
    """In the name of which union the actor speaks there: of those that answer the one that owes it, else the next.

    A union that only wrote the thread speaks for itself. 404 for who has no office in any.
    """
    taking_part = Q(pk__in=Handling.objects.filter(thread=thread).values("union")) | Q(pk=thread.home_id)
    mine = list(offices(actor).filter(taking_part).order_by("-path"))
    answering = [union for union in mine if union.pk == thread.union_id]
    if not mine:
        raise Http404
    return (answering or mine)[0]


def get_enclosure(actor: Actor, enclosure_id: int) -> Enclosure:
    """A file of a thread in which the actor takes part; 404 otherwise, and for the author that of a note."""
    found = Enclosure.objects.select_related("file", "message").filter(pk=enclosure_id).first()
    if found is None:
        raise Http404
    written = own(actor).filter(pk=found.message.thread_id)
    if found.message.kind != Message.Kind.NOTE and written.exists():
        return found
    if not handled_by(actor).filter(pk=found.message.thread_id).exists():
        raise Http404
    return found


def shown_to(member: "Member") -> QuerySet[Adoption]:
    """Suggestions that the member's union, or one above it, shows its members."""
    return Adoption.objects.filter(state=Adoption.State.PUBLISHED, union__in=member.ancestor_ids)


def get_shown(actor: Actor, adoption_id: int) -> Adoption:
    """A suggestion shown to the member that the actor is; 404 otherwise."""
    found = shown_to(get_member(actor)).select_related("union", "thread__person")
    adoption = found.filter(pk=adoption_id).first()
    if adoption is None:
        raise Http404
    return adoption


def adoptions_handled_by(actor: Actor) -> QuerySet[Adoption]:
    """What was decided in the actor's offices; of unions below only the words for everybody. Never their own."""
    in_office = Q(union__in=offices(actor).values("pk"))
    for_all = ~Q(state__in=[Adoption.State.DECLINED, Adoption.State.ADOPTED])
    found = Adoption.objects.filter(in_office | (for_all & Q(union__in=orgs.reach(actor, REVIEW))))
    return found.exclude(thread__person__account_id=actor.pk, thread__person__isnull=False)


def get_adoption(actor: Actor, adoption_id: int) -> Adoption:
    """A decision to work on, or words of a union below to review; 404 otherwise."""
    found = adoptions_handled_by(actor).select_related("union", "thread__person", "writer")
    adoption = found.filter(pk=adoption_id).first()
    if adoption is None:
        raise Http404
    return adoption


def get_own_adoption(actor: Actor, thread_id: int) -> Adoption:
    """What was decided on a suggestion that the actor made; 404 otherwise."""
    adoption = Adoption.objects.select_related("union").filter(thread=get_own(actor, thread_id)).first()
    if adoption is None:
        raise Http404
    return adoption


def require_office(actor: Actor, adoption: Adoption) -> "Union":
    """The union that decided, when the actor holds its post: only it writes the words. 404 otherwise."""
    return get_office(actor, adoption.union_id)


def get_member(actor: Actor) -> "Member":
    """The member that the actor is; 404 for somebody who is none and so has no union to write to."""
    member = membership.member_of(actor)
    if member is None:
        raise Http404
    return member


def get_office(actor: Actor, union_id: int) -> "Union":
    """A union for which the actor answers; 404 otherwise."""
    union = offices(actor).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def get_canned(actor: Actor, canned_id: int) -> CannedAnswer:
    """A canned answer of a union for which the actor answers; 404 otherwise."""
    canned = CannedAnswer.objects.select_related("union").filter(pk=canned_id).first()
    if canned is None or not offices(actor).filter(pk=canned.union_id).exists():
        raise Http404
    return canned
