"""What the cadres' workbench asks of activities."""

from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.people.orgs import permissions as orgs
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity, Signup


def awaiting_approval(actor: Actor) -> QuerySet[Activity]:
    """Submitted activities that the actor's office above the organiser has to approve."""
    above = orgs.reach(actor, permissions.APPROVE)
    of_the_top = Q(union__parent=None, union__in=above)
    return Activity.objects.filter(Q(union__parent__in=above) | of_the_top, state=Activity.State.SUBMITTED)


def signups_to_review(actor: Actor) -> QuerySet[Signup]:
    """Signups that somebody who looks after the activity has to accept or refuse."""
    mine = Activity.objects.filter(
        Q(union__in=orgs.reach(actor, permissions.SIGNUPS))
        | Q(pk__in=orgs.granted_ids(actor, permissions.GRANT)),
        state__in=Activity.HELD,
    )
    return Signup.objects.filter(
        session__activity__in=mine, session__pool__mode="review", entry__state="pending"
    )


def with_signups_to_review(activities: QuerySet[Activity], actor: Actor) -> QuerySet[Activity]:
    """Of `activities` those with such signups."""
    return activities.filter(Exists(signups_to_review(actor).filter(session__activity=OuterRef("pk"))))


def signups_since(actor: Actor, day: date) -> int:
    """How many signups were made since the morning of `day`, for activities within the actor's reach.

    Whatever became of them. The moment is worked out here: a condition on the day would read every signup.
    """
    morning = timezone.make_aware(datetime.combine(day, time.min))
    offered = Activity.objects.filter(union__in=orgs.reach(actor, permissions.VIEW))
    return Signup.objects.filter(created_at__gte=morning, session__activity__in=offered).count()


def with_capacity(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Each activity with the places of all its sessions: `capacity` and `taken`."""
    return activities.annotate(capacity=Sum("sessions__pool__capacity"), taken=Sum("sessions__pool__taken"))


def activities_meant(activities: QuerySet[Activity], text: str) -> QuerySet[Activity]:
    """Of `activities` those whose title or place `text` may mean."""
    return activities.filter(Q(title__icontains=text) | Q(place__icontains=text))
