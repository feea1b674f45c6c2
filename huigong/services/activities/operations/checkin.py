"""Who came: by the member's code, or by hand with a reason."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least, Now

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.resources.points import operations as points
from huigong.services.activities.models import Signup

RULE = "activity.attended"


@transaction.atomic
def check_in(
    signup: Signup, *, actor: audit.Actor, reason: str = "", at: datetime | None = None
) -> tuple[Signup, bool]:
    """Note that the member came, and award the activity's points once. (signup, whether it was new).

    `at` is when an offline scanner saw the code; later than now is taken as now. By hand, without a code,
    a `reason` is due. Refuses without a confirmed place. Twice changes nothing.
    """
    activity = signup.session.activity
    mine = Signup.objects.filter(pk=signup.pk, checked_in_at=None, entry__state="confirmed")
    when = Now() if at is None else Least(Value(at), Now())
    done = mine.update(
        checked_in_at=when, checked_in_by=actor.pk, check_in_reason=reason, points=activity.points
    )
    signup.refresh_from_db(fields=["checked_in_at", "checked_in_by", "check_in_reason", "points"])
    if not done:
        if signup.checked_in_at is None:
            raise Refused("没有已确认的名额，不能签到。", "no-place")
        return signup, False
    after = {"signup": signup.pk, "reason": reason}
    audit.record(actor, "activities:signup:check-in", activity, after=after, org=activity.union)
    if activity.points:
        points.award(
            signup.person_id,
            points=activity.points,
            rule=RULE,
            source=_source(signup),
            memo=f"参加“{activity.title}”",
        )
    return signup, True


@transaction.atomic
def undo_check_in(signup: Signup, *, actor: audit.Actor, reason: str) -> Signup:
    """Take a mistaken check-in back, and the points with it. Refuses when the points are spent."""
    if (
        not Signup.objects.filter(pk=signup.pk)
        .exclude(checked_in_at=None)
        .update(
            checked_in_at=None,
            checked_in_by=None,
            check_in_reason="",
            points=0,
            check_in_round=F("check_in_round") + 1,
        )
    ):
        raise Refused("这位会员还没有签到。", "not-checked-in")
    points.take_back(RULE, _source(signup), memo=f"撤销签到：{reason}")
    activity = signup.session.activity
    after = {"signup": signup.pk, "reason": reason}
    audit.record(actor, "activities:signup:undo-check-in", activity, after=after, org=activity.union)
    signup.refresh_from_db(
        fields=["checked_in_at", "checked_in_by", "check_in_reason", "points", "check_in_round"]
    )
    return signup


def _source(signup: Signup) -> str:
    """What the points are for: the signup, and after a check-in was taken back its next round."""
    return f"{signup.pk}.{signup.check_in_round}" if signup.check_in_round else str(signup.pk)
