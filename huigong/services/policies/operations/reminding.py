"""What waits for the applicant is told to them once more while there is time."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from huigong.core import calendar
from huigong.core.formats import day_zh, end_zh, midnight, minute_zh
from huigong.people.membership import queries as membership
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations.moving import State, in_window, in_working_days
from huigong.services.policies.operations.telling import tell_applicant

REMIND_DAYS = 3
"""So many working days before the last one."""
_AT_ONCE = 500


def remind_to_correct() -> int:
    """Tell whose application was returned by when it has to be corrected, once for each such day; returns how many."""
    soon = (calendar.today(), in_working_days(REMIND_DAYS))
    waiting = Application.objects.filter(
        state=State.RETURNED, correct_by__range=soon, person__account__isnull=False
    ).exclude(reminded_of=F("correct_by"))
    return _each(waiting, _tell_to_correct)


def _tell_to_correct(held: Application) -> date | None:
    if held.correct_by is not None:
        body = f"最晚 {day_zh(held.correct_by)} 重新提交，过了这一天会自动撤回。"
        tell_applicant(held, "您的申报还没有补正", body)
    return held.correct_by


def remind_of_drafts() -> int:
    """Tell who kept a draft that its scheme closes soon, once for each last day; returns how many.

    Only whom the scheme still is for, and only while it takes applications.
    """
    soon = midnight(in_working_days(REMIND_DAYS) + timedelta(days=1))
    closing = Scheme.objects.filter(**in_window(), closes_at__lte=soon).order_by("pk")
    return sum(_each(_kept_drafts(scheme), _tell_to_finish) for scheme in closing.defer("words", "questions"))


def _kept_drafts(scheme: Scheme) -> QuerySet[Application]:
    meant = membership.audience(scheme.audience).people()
    drafts = Application.objects.filter(
        **in_window("scheme__"),
        scheme=scheme,
        state=State.DRAFT,
        saved_at__isnull=False,
        person__account__isnull=False,
        person__in=meant.values("pk"),
    )
    return drafts.exclude(reminded_of=_last_day(scheme))


def _last_day(scheme: Scheme) -> date | None:
    """On which it can be handed in: midnight belongs to the day before."""
    return scheme.closes_at and timezone.localdate(scheme.closes_at - timedelta(microseconds=1))


def _tell_to_finish(held: Application) -> date | None:
    if held.scheme.closes_at is not None:
        body = f"{end_zh(held.scheme.closes_at, minute_zh)} 截止。草稿还在，打开就能接着填。"
        tell_applicant(held, "您有一份申报还没有提交", body)
    return _last_day(held.scheme)


def _each(waiting: QuerySet[Application], tell: Callable[[Application], date | None]) -> int:
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_remind(waiting.filter(pk=pk), tell) for pk in ids)


@transaction.atomic
def _remind(one: QuerySet[Application], tell: Callable[[Application], date | None]) -> bool:
    """Take the row if it still waits, and write down of which day was told: another worker then passes it over."""
    held = one.select_for_update(of=("self",)).select_related("scheme", "person").first()
    if held is None:
        return False
    held.reminded_of = tell(held)
    held.save(update_fields=["reminded_of"])
    return True
