"""An activity for load tests: few places, everybody in the county, first come first served."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.demo.guard import require_demo
from huigong.people.membership.queries import Rule
from huigong.people.orgs import queries as orgs
from huigong.services.activities import operations as activities
from huigong.services.activities.operations import SessionPlan


@transaction.atomic
def make_activity(capacity: int) -> int:
    """Publish a rush activity of the county's union for all its members and return its id.

    It takes sign-ups since an hour ago and for a week, asks nothing and has no waiting list. Refuses outside
    a demo database, and less than one place.
    """
    require_demo()
    if capacity < 1:
        raise Refused("名额至少为 1。", "bad-capacity", status=422)
    now = timezone.now()
    starts_at = now + timedelta(days=8)
    plan = SessionPlan(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        capacity=capacity,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=7),
        has_waitlist=False,
    )
    activity = activities.create_activity(
        orgs.root(),
        rule=Rule(),
        plans=[plan],
        actor=SYSTEM,
        title="压力测试：先到先得抢名额",
        place="县工人文化宫",
        summary="用来检验高峰时段的报名，先到先得。",
    )
    return activities.publish(activity, actor=SYSTEM).pk
