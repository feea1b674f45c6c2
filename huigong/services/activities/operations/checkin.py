"""Who came: by the member's code, or by hand with a reason."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Least, Now
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.core.prepared import Prepared, Slot
from huigong.people.accounts import queries as accounts
from huigong.resources.points import operations as points
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.operations.signup import require_other

RULE = "activity.attended"
AROUND = timedelta(hours=12)
"""A member code counts from so long before a session to so long after it."""
LATEST_UPLOAD = timedelta(days=3)
"""What was scanned without network must arrive within this time."""
_CLOCKS = timedelta(seconds=30)
"""How far a phone's clock may run ahead of ours."""


class Arrival(NamedTuple):
    """A signup that is checked in, and whether this call did it."""

    signup: Signup
    is_new: bool


@transaction.atomic
def check_in_by_code(
    session: Session, code: str, *, actor: audit.Actor, at: datetime | None = None
) -> Arrival:
    """Check in whoever showed this member code, now or, for an offline scanner, at the moment `at`.

    Refuses what is no code, forged or not of that half minute ("bad-code"), a moment in the future, long ago
    or away from the session ("bad-time"), who is not signed up ("not-signed-up"), and as `check_in` does.
    """
    moment = timezone.now() if at is None else at
    _require_plausible(session, moment)
    try:
        uuid = accounts.read_member_code(code, at=moment.timestamp())
    except ValueError as error:
        raise Refused(str(error), "bad-code", status=422) from None
    asked = Signup.objects.filter(session__activity=session.activity_id, person__account__uuid=uuid)
    signups = list(asked.select_related("session__activity__union", "entry", "person").order_by("id"))
    here = [signup for signup in signups if signup.session_id == session.pk]
    if not here:
        raise Refused(_where_else(signups), "not-signed-up")
    # Who cancelled and signed up again has two; the confirmed one counts.
    signup = max(here, key=lambda signup: (signup.entry.state == "confirmed", signup.pk))
    return check_in(signup, actor=actor, at=at)


def _require_plausible(session: Session, moment: datetime) -> None:
    now = timezone.now()
    if moment > now + _CLOCKS:
        raise Refused("扫码时间比现在还晚，请校准手机时间。", "bad-time", status=422)
    if moment < now - LATEST_UPLOAD:
        raise Refused("扫码超过 3 天才上传，请改用手工签到。", "bad-time", status=422)
    if not session.starts_at - AROUND <= moment <= session.ends_at + AROUND:
        raise Refused("不在这一场的签到时间内，可以手工签到并写明原因。", "bad-time")


def _where_else(signups: list[Signup]) -> str:
    """What to say about somebody who has no signup here: often they come to the wrong session."""
    other = next((signup for signup in signups if signup.entry.state == "confirmed"), None)
    if other is None:
        return "请让会员打开“我的报名”核对，或手工签到。"
    starts_at = timezone.localtime(other.session.starts_at)
    name = other.session.name or f"{starts_at:%-m月%-d日 %H:%M}"
    return f"报的是另一场：{name}。请到那一场签到。"


@transaction.atomic
def check_in(signup: Signup, *, actor: audit.Actor, reason: str = "", at: datetime | None = None) -> Arrival:
    """Note that the member came, and award the activity's points once.

    `at` is when an offline scanner saw the code; later than now is taken as now. By hand, without a code,
    a `reason` is due. Refuses without a confirmed place, for a cancelled activity, and oneself ("own-signup").
    Twice changes nothing.
    """
    require_other(signup.person, actor)
    activity = signup.session.activity
    when = Now() if at is None else Least(Value(at), Now())
    done = _mark(
        signup,
        checked_in_at=when,
        checked_in_by=actor.pk,
        check_in_reason=reason,
        points=activity.points,
    )
    _refresh(signup)
    if not done:
        if signup.checked_in_at is None:
            raise Refused(_why_not(signup), "no-place")
        return Arrival(signup, is_new=False)
    after = {"signup": signup.pk, "reason": reason, "at": at.isoformat() if at else ""}
    audit.record(actor, "activities:signup:check-in", activity, after=after, org=activity.union)
    if activity.points:
        points.award(
            signup.person_id,
            points=activity.points,
            rule=RULE,
            source=_source(signup.pk, signup.check_in_round),
            memo=f"参加“{activity.title}”",
        )
    return Arrival(signup, is_new=True)


_held = Prepared(
    lambda: (
        Signup.objects.filter(pk=Slot("signup"), entry__state="confirmed")
        .exclude(session__activity__state=Activity.State.CANCELLED)
        .select_for_update(of=("entry",), no_key=True)
        .select_related("entry")
    )
)


def _mark(signup: Signup, **marks: object) -> bool:
    """Claim the check-in: False when it is taken already or there is no place.

    Of many scans at once the one statement lets one through. The place is locked before, so that giving it
    up comes earlier or later, never in between. Both conditions in one UPDATE would not do: Django writes a
    condition on another table as a subquery, and PostgreSQL does not look at that again after waiting.
    """
    if _held.first(signup=signup.pk) is None:
        return False
    return Signup.objects.filter(pk=signup.pk, checked_in_at=None).update(**marks) == 1


def _why_not(signup: Signup) -> str:
    if signup.session.activity.state == Activity.State.CANCELLED:
        return "活动已取消，不能签到。"
    signup.entry.refresh_from_db(fields=["state"])
    return f"报名状态是“{signup.entry.get_state_display()}”，没有确认的名额，不能签到。"


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
    _refresh(signup)
    points.take_back(RULE, _source(signup.pk, signup.check_in_round - 1), memo=f"撤销签到：{reason}")
    activity = signup.session.activity
    after = {"signup": signup.pk, "reason": reason}
    audit.record(actor, "activities:signup:undo-check-in", activity, after=after, org=activity.union)
    return signup


def _refresh(signup: Signup) -> None:
    """What this or another desk wrote meanwhile."""
    signup.refresh_from_db(
        fields=["checked_in_at", "checked_in_by", "check_in_reason", "points", "check_in_round"]
    )


def _source(signup_id: int, check_in_round: int) -> str:
    """What the points are for: the signup, and after a check-in was taken back its next round."""
    return f"{signup_id}.{check_in_round}" if check_in_round else str(signup_id)
