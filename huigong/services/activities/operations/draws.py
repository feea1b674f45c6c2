"""The draw of an activity's places: first the list is locked and published, then the lots are drawn."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs
from huigong.resources.seats import operations as seats
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Session, Signup

_GRACE = timedelta(seconds=2)
"""A request that came in the last second of the window may still be on its way into the list."""


@transaction.atomic
def freeze_list(session: Session, *, actor: audit.Actor) -> Session:
    """Lock the list of who takes part in a draw, publish its hash, and ask the organiser to draw.

    Refuses what is no draw, an activity that is not published, and before signing up has closed. A list that
    is locked already stays as it is.
    """
    activity = _claimed(session)
    if session.pool.entries_hash:
        return session
    pool = session.pool = seats.freeze(session.pool)
    audit.record(
        actor,
        "activities:session:freeze-list",
        activity,
        after={"session": session.pk, "entries": len(pool.frozen or []), "hash": pool.entries_hash},
        org=activity.union,
    )
    inbox.send(
        orgs.officer_accounts(activity.union, *org_permissions.CADRES),
        kind=inbox.Kind.TASK,
        title=f"“{activity.title}”报名名单已锁定，请抽签",
        url=queries.draw_url(session),
    )
    return session


@transaction.atomic
def draw_lots(session: Session, *, actor: audit.Actor) -> Session:
    """Draw the lots over a locked list, reveal the seed, and tell winners and losers.

    Refuses an activity that was called off, before the list is locked, and a second draw.
    """
    activity = _claimed(session)
    won = {entry.pk for entry in seats.draw(session.pool)}
    session.pool.refresh_from_db()
    audit.record(
        actor,
        "activities:session:draw-lots",
        activity,
        after={"session": session.pk, "seed": session.pool.seed, "won": len(won)},
        org=activity.union,
    )
    _tell(session, won)
    return session


def _claimed(session: Session) -> Activity:
    """The session's activity; the session is locked and its pool read anew, so that one decision comes first."""
    locked = Session.objects.select_for_update(of=("self",)).select_related("pool", "activity__union")
    current = locked.get(pk=session.pk)
    session.pool, session.activity = current.pool, current.activity
    if session.activity.state not in Activity.HELD:
        state = session.activity.get_state_display()
        raise Refused(f"活动当前是“{state}”，不能抽签。", "wrong-state")
    return session.activity


def _tell(session: Session, won: set[int]) -> None:
    listed = [number for number, _ in session.pool.frozen or []]
    asked = Signup.objects.filter(session=session, entry__in=listed)
    accounts = list(asked.order_by("id").values_list("entry_id", "person__account_id"))
    title, url = session.activity.title, queries.draw_url(session)
    inbox.send(
        [account for entry, account in accounts if entry in won],
        kind=inbox.Kind.ACTIVITY,
        title=f"恭喜，您中签了：“{title}”",
        body="名额已为您留好。不能参加请尽早取消。",
        url=url,
    )
    inbox.send(
        [account for entry, account in accounts if entry not in won],
        kind=inbox.Kind.ACTIVITY,
        title=f"“{title}”未中签",
        body="抽签过程全部公开，可以在您的手机上重新计算。欢迎参加下一次活动。",
        url=url,
    )


def freeze_due_lists() -> int:
    """Lock every list whose window is over, so that its hash is published without anybody's hand; how many."""
    due = Session.objects.filter(
        activity__state__in=Activity.HELD,
        pool__mode="draw",
        pool__entries_hash="",
        pool__closes_at__lte=Now() - _GRACE,
    )
    done = 0
    for session in due.select_related("pool").order_by("id"):
        freeze_list(session, actor=audit.SYSTEM)
        done += 1
    return done
