"""Activities for tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.people.orgs.models import Union
from huigong.services.activities import operations
from huigong.services.activities.models import Activity, Campaign, Session, Signup
from huigong.services.activities.operations import SessionPlan


def plan(*, capacity: int = 10, mode: str = "rush", days: int = 7, **fields: Any) -> SessionPlan:
    """A session in `days` whose window opened an hour ago and closes an hour before it starts."""
    now = timezone.now()
    starts_at = now + timedelta(days=days)
    values: dict[str, Any] = {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        "opens_at": now - timedelta(hours=1),
        "closes_at": starts_at - timedelta(hours=1),
        "capacity": capacity,
        "mode": mode,
        "has_waitlist": False,
    }
    return SessionPlan(**values | fields)


def draft(union: Union, *plans: SessionPlan, rule: Rule | None = None, **fields: Any) -> Activity:
    """A draft of `union` for its own members."""
    values: dict[str, Any] = {"title": "职工羽毛球赛", "place": "工人文化宫", "points": 20}
    return operations.create_activity(
        union, rule=rule or Rule(), plans=plans or (plan(),), actor=SYSTEM, **values | fields
    )


def activity(union: Union, *plans: SessionPlan, rule: Rule | None = None, **fields: Any) -> Activity:
    """A published activity of `union`."""
    return operations.publish(draft(union, *plans, rule=rule, **fields), actor=SYSTEM)


def campaign(union: Union, *activities: Activity, published: bool = True, **fields: Any) -> Campaign:
    """A campaign of `union` that runs from today."""
    today = timezone.localdate()
    values = {"title": "留惠过好年", "starts_on": today, "ends_on": today + timedelta(days=30)}
    made = operations.create_campaign(union, activities=activities, actor=SYSTEM, **values | fields)
    return operations.publish_campaign(made, actor=SYSTEM) if published else made


def signup(session: Session, account: Account) -> Signup:
    """The account's own signup, without answers."""
    return operations.sign_up(session, member=membership.member_of(account), actor=account).signup


def session(union: Union, **plan_fields: Any) -> Session:
    """The one session of a published activity."""
    made = activity(union, plan(**plan_fields))
    return made.sessions.select_related("pool", "activity__union").get()
