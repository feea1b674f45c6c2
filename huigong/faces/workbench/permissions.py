"""Who may look after the platform's own switches and calendar."""

from django.db.models import QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.core.models import Flag, Holiday
from huigong.people.orgs import permissions as orgs

FLAG_MANAGE = orgs.FLAG_MANAGE
HOLIDAY_MANAGE = orgs.HOLIDAY_MANAGE


def flags_visible_to(actor: Actor) -> QuerySet[Flag]:
    """The thrown switches, for administrators."""
    return Flag.objects.all() if orgs.may_anywhere(actor, FLAG_MANAGE) else Flag.objects.none()


def get_flag(actor: Actor, flag_id: int, permission: str = FLAG_MANAGE) -> Flag:
    """One thrown switch, or 404."""
    flag = flags_visible_to(actor).filter(pk=flag_id).first()
    if flag is None:
        raise Http404
    return flag


def holidays_visible_to(actor: Actor) -> QuerySet[Holiday]:
    """The corrections of the calendar, for administrators."""
    return Holiday.objects.all() if orgs.may_anywhere(actor, HOLIDAY_MANAGE) else Holiday.objects.none()


def get_holiday(actor: Actor, holiday_id: int, permission: str = HOLIDAY_MANAGE) -> Holiday:
    """One correction of the calendar, or 404."""
    holiday = holidays_visible_to(actor).filter(pk=holiday_id).first()
    if holiday is None:
        raise Http404
    return holiday
