"""What cadres do to the list: decide many, take somebody off, look at numbers, take it away as Excel."""

import io
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.core.tables import write_table
from huigong.people.inbox import operations as inbox
from huigong.resources.seats import operations as seats
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Signup
from huigong.services.activities.operations.signup import decide_signup
from huigong.services.activities.operations.telling import announce_offers, signup_url

MOST_ROWS = 20_000


def decide_signups(
    signups: Iterable[Signup], *, accept: bool, actor: audit.Actor, reason: str = ""
) -> tuple[int, list[str]]:
    """Accept or refuse each of many requests: how many were, and a sentence for each that could not be.

    Each is a transaction of its own: a request that comes too late for a place does not undo the others.
    """
    done, failed = 0, []
    for signup in signups:
        try:
            decide_signup(signup, accept=accept, actor=actor, reason=reason)
            done += 1
        except Refused as refused:
            failed.append(f"{signup.person.name}：{refused.sentence}")
    return done, failed


@transaction.atomic
def remove_signup(signup: Signup, *, actor: audit.Actor, reason: str) -> Signup:
    """Take a member off the list, also past the cancelling deadline; they are told why, and the place passes on.

    Refuses after check-in, and while a draw's list is frozen.
    """
    offered = seats.cancel(signup.entry)
    if Signup.objects.filter(pk=signup.pk, checked_in_at__isnull=False).exists():
        raise Refused("已经签到，不能移出。请先撤销签到。", "checked-in")
    signup.decided_reason = reason
    signup.save(update_fields=["decided_reason"])
    activity = signup.session.activity
    before = {"signup": signup.pk, "person": signup.person_id}
    audit.record(
        actor,
        "activities:signup:remove",
        activity,
        before=before,
        after={"reason": reason},
        org=activity.union,
    )
    inbox.send(
        [signup.person.account_id],
        kind=inbox.Kind.ACTIVITY,
        title=f"主办工会取消了您在“{activity.title}”的报名",
        body=reason,
        url=signup_url(signup),
    )
    announce_offers(offered)
    return signup


@transaction.atomic
def show_numbers(signup: Signup, *, actor: audit.Actor) -> queries.RosterEntry:
    """The signup with its phone and ID numbers in full. Looking is noted."""
    activity = signup.session.activity
    after = {"signup": signup.pk, "person": signup.person_id}
    audit.record(actor, "activities:signup:show-numbers", activity, after=after, org=activity.union)
    return queries.roster_entry(signup, shown=True)


@transaction.atomic
def export_signups(
    activity: Activity, *, actor: audit.Actor, session_id: int | None = None, state: str = ""
) -> bytes:
    """The list as an Excel file: numbers masked, marked with who took it away and when; the count is noted.

    Refuses a list that is too long for one file.
    """
    found = queries.chosen_signups(activity, session_id=session_id, state=state).order_by("entry_id")
    count = found.count()
    if count > MOST_ROWS:
        raise Refused(f"共 {count:,} 行，一次最多导出 {MOST_ROWS:,} 行，请先筛选。", "too-many", status=422)
    audit.record(
        actor,
        "activities:signup:export",
        activity,
        after={"rows": count, "session": session_id, "state": state},
        org=activity.union,
    )
    file = io.BytesIO()
    write_table(
        file,
        queries.roster_columns(activity),
        (queries.roster_values(signup) for signup in found.iterator(chunk_size=500)),
        title=f"{activity.title} 报名名单",
        watermark=watermark(actor),
    )
    return file.getvalue()


@transaction.atomic
def export_report(activity: Activity, *, actor: audit.Actor) -> bytes:
    """Figures and what was said as an Excel file, without names; taking it away is noted."""
    audit.record(actor, "activities:activity:export-report", activity, org=activity.union)
    file = io.BytesIO()
    write_table(
        file,
        ["项目", "数值", "说明"],
        queries.report_rows(activity),
        title=f"{activity.title} 活动总结",
        watermark=watermark(actor),
    )
    return file.getvalue()


def watermark(actor: audit.Actor) -> str:
    """Who took a list away and when."""
    now = timezone.localtime()
    return f"{actor.display_name} 于 {now:%Y-%m-%d %H:%M} 从惠工导出，仅供工作使用，请勿外传"
