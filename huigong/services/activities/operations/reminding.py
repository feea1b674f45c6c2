"""The day before."""

from django.db import transaction
from django.db.models.functions import Now

from huigong.people.inbox import operations as inbox
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.operations.telling import signup_url


@transaction.atomic
def remind(session: Session) -> int:
    """Tell everybody with a place that it is soon; once for each session and time. Returns how many."""
    due = Session.objects.filter(
        pk=session.pk, reminded_at=None, activity__state__in=Activity.HELD, starts_at__gt=Now()
    )
    if not due.update(reminded_at=Now()):
        return 0
    placed = Signup.objects.filter(session=session, entry__state="confirmed").select_related("person")
    sent = 0
    for signup in placed.order_by("id"):
        sent += inbox.send(
            [signup.person.account_id],
            kind=inbox.Kind.ACTIVITY,
            title=f"明天有活动：{session.activity.title}",
            body=f"{queries.when(session)}，{queries.where(session)}。到场请出示会员码签到。",
            url=signup_url(signup),
        )
    return sent
