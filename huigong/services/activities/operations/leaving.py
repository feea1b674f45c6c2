"""What becomes of a member's signups when the membership ends."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.resources.seats import operations as seats
from huigong.services.activities.models import Signup
from huigong.services.activities.operations.telling import announce_offers

if TYPE_CHECKING:
    from huigong.people.membership.models import Person

LIVE = ("pending", "confirmed", "waiting", "offered")


@transaction.atomic
def release_places(person: "Person", *, actor: audit.Actor) -> int:
    """Give up every place the person holds or waits for in sessions to come; they go to who waits.

    Returns how many. A drawn list that is frozen stays as published: its entry lapses when the place is due.
    """
    ahead = Signup.objects.filter(
        person=person, entry__state__in=LIVE, checked_in_at=None, session__starts_at__gt=Now()
    )
    released = 0
    for signup in ahead.select_related("entry__pool", "session__activity__union").order_by("entry__pool_id"):
        try:
            with transaction.atomic():
                offered = seats.cancel(signup.entry)
        except Refused:
            continue
        activity = signup.session.activity
        before = {"signup": signup.pk, "person": person.pk, "reason": "membership ended"}
        audit.record(actor, "activities:signup:release", activity, before=before, org=activity.union)
        announce_offers(offered)
        released += 1
    return released
