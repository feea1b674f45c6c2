"""A member's activities as a calendar file, and as a feed that calendar programs read by a secret address."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from icalendar import Alarm, Calendar, Event

from huigong.core.audit import Actor
from huigong.services.activities.models import Activity, CalendarFeed, Signup
from huigong.services.activities.queries.words import where

KEPT = timedelta(days=90)
"""How long past activities stay in a feed."""
MOST = 200


def calendar_of(signups: Iterable[Signup], *, root: str) -> bytes:
    """The signups as an iCalendar file (RFC 5545). `root` is the address of this site, for links and ids.

    The same signup always has the same id, so a program that reads the file again moves its entry.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//huigong//activities//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "工会活动")
    for signup in signups:
        calendar.add_component(_event(signup, root))
    return calendar.to_ical()


def _event(signup: Signup, root: str) -> Event:
    session = signup.session
    activity = session.activity
    cancelled = activity.state == Activity.State.CANCELLED
    event = Event()
    event.add("uid", f"signup-{signup.pk}@{root.partition('://')[2].partition(':')[0]}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    event.add("summary", " ".join(part for part in (activity.title, session.name) if part))
    event.add("location", where(session))
    event.add("url", f"{root}/activities/mine/{signup.pk}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("description", activity.cancelled_reason if cancelled else "到场请出示会员码签到。")
    if not cancelled:
        event.add_component(_alarm())
    return event


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "工会活动快开始了")
    alarm.add("trigger", timedelta(hours=-2))
    return alarm


def token_hash(token: str) -> str:
    """What is kept of a feed's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_signups(token: str) -> list[Signup] | None:
    """The confirmed signups behind a feed's token, or None when nobody has that token (any more)."""
    feed = CalendarFeed.objects.filter(token_hash=token_hash(token), account__state="active").first()
    if feed is None:
        return None
    confirmed = Signup.objects.filter(
        person__account_id=feed.account_id,
        entry__state="confirmed",
        session__ends_at__gte=timezone.now() - KEPT,
    )
    return list(confirmed.select_related("session__activity").order_by("session__starts_at", "id")[:MOST])


def has_feed(actor: Actor) -> bool:
    """Did the actor open a feed?"""
    return CalendarFeed.objects.filter(account_id=actor.pk).exists()
