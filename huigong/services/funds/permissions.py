"""Who reads a union's accounts, who draws them up, and who confirms them."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.funds.models import Report

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

VIEW = orgs.declare("funds:report:view", *orgs.READERS)
EDIT = orgs.declare("funds:report:edit", *orgs.CADRES)

State = Report.State


def shown_to(member: "Member") -> QuerySet[Report]:
    """What the member's union and those above it have published, former versions included."""
    return Report.objects.filter(state__in=Report.SHOWN, union__in=member.ancestor_ids)


def visible_to(actor: Actor) -> QuerySet[Report]:
    """The same for who is logged in; nothing for somebody who is no member."""
    member = membership.member_of(actor)
    return shown_to(member) if member else Report.objects.none()


def managed_by(actor: Actor) -> QuerySet[Report]:
    """Everything at the unions where the actor holds a post; of those below what has left the desk."""
    at_home = Q(union__in=orgs.offices(actor, VIEW).values("pk"))
    below = Q(union__in=orgs.reach(actor, VIEW)) & ~Q(state=State.DRAFT)
    return Report.objects.filter(at_home | below)


def awaiting(actor: Actor) -> QuerySet[Report]:
    """What waits for the actor to confirm it."""
    waiting = Report.objects.filter(state=State.CONFIRMING, confirmers__contains=[actor.pk])
    return waiting.filter(union__in=orgs.reach(actor, VIEW))


def writers(actor: Actor) -> QuerySet["Union"]:
    """The unions whose accounts the actor draws up: only where the post itself is held."""
    return orgs.offices(actor, EDIT).order_by("path")


def get_report(actor: Actor, report_id: int) -> Report:
    """Published accounts that the actor may read as a member or a cadre; 404 otherwise."""
    for found in (visible_to(actor), managed_by(actor).filter(state__in=Report.SHOWN)):
        report = found.select_related("union", "file", "confirmer").filter(pk=report_id).first()
        if report is not None:
            return report
    raise Http404


def get_managed(actor: Actor, report_id: int) -> Report:
    """Accounts to look at as a cadre; 404 otherwise."""
    found = managed_by(actor).select_related("union", "file", "writer", "confirmer")
    report = found.filter(pk=report_id).first()
    if report is None:
        raise Http404
    return report


def get_own(actor: Actor, report_id: int) -> Report:
    """Accounts that the actor draws up; 404 otherwise."""
    report = get_managed(actor, report_id)
    get_writer(actor, report.union_id)
    return report


def get_awaiting(actor: Actor, report_id: int) -> Report:
    """Accounts for the actor to confirm or send back, now or a moment ago; 404 for who was never asked."""
    report = get_managed(actor, report_id)
    if actor.pk not in report.confirmers:
        raise Http404
    return report


def get_writer(actor: Actor, union_id: int) -> "Union":
    """A union whose accounts the actor draws up; 404 otherwise."""
    union = writers(actor).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def manages(actor: Actor) -> bool:
    """Is there anything here for the actor to look after?"""
    return orgs.may_anywhere(actor, VIEW)
