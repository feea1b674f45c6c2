"""Activities in a member's own calendar, and the reminder of the day before."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.services.activities import operations, queries, tasks
from huigong.services.activities.models import CalendarFeed, Session, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast


def sign_up(session: Session, account: Account) -> Signup:
    return operations.sign_up(session, member=membership.member_of(account), actor=account).signup


@pytest.fixture
def member(client: Client, cast: Cast) -> Client:
    client.force_login(cast.member)
    return client


def open_feed(client: Client) -> str:
    """The path of a newly opened feed, as the page shows it."""
    page = client.post(reverse("activities:open-calendar")).content.decode()
    return "/activities/calendar/" + page.split("/activities/calendar/")[1].split(".ics")[0] + ".ics"


def events(content: bytes) -> list:
    return Calendar.from_ical(content).walk("VEVENT")


def test_one_signup_is_a_file_that_calendars_read(member: Client, cast: Cast) -> None:
    session = factories.session(cast.union, name="上午场")
    signup = sign_up(session, cast.member)
    response = member.get(reverse("activities:signup-calendar", args=[signup.pk]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    [event] = events(response.content)
    assert str(event["summary"]) == "职工羽毛球赛 上午场"
    assert str(event["location"]) == "工人文化宫"
    assert event.decoded("dtstart") == session.starts_at.replace(microsecond=0)
    assert event.decoded("dtend") == session.ends_at.replace(microsecond=0)
    assert str(event["url"]).endswith(reverse("activities:my-signup", args=[signup.pk]))
    assert b"\r\n" in response.content


def test_somebody_elses_signup_is_no_file(client: Client, cast: Cast) -> None:
    signup = sign_up(factories.session(cast.union), cast.member)
    client.force_login(cast.neighbour_member)
    assert client.get(reverse("activities:signup-calendar", args=[signup.pk])).status_code == 404


def test_a_feed_tells_confirmed_activities_to_whoever_has_the_address(member: Client, cast: Cast) -> None:
    sign_up(factories.session(cast.union), cast.member)
    cancelled = factories.session(cast.union)
    sign_up(cancelled, cast.member)
    operations.cancel_activity(cancelled.activity, actor=SYSTEM, reason="台风")
    waiting = factories.session(cast.union, mode="review")
    sign_up(waiting, cast.member)
    sign_up(factories.session(cast.union), people.member_account(cast.union))
    response = Client().get(open_feed(member))
    found = sorted(str(event["status"]) for event in events(response.content))
    assert found == ["CANCELLED", "CONFIRMED"]
    assert cast.member.display_name not in response.content.decode()


def test_only_the_hash_of_a_feeds_token_is_kept_and_nothing_is_logged(
    member: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        path = open_feed(member)
        Client().get(path)
    token = path.split("/")[-1].removesuffix(".ics")
    assert len(token) >= 32
    assert token not in CalendarFeed.objects.get().token_hash
    assert token not in caplog.text
    assert token not in str(list(AuditRow.objects.values()))


def test_a_new_address_voids_the_old_one_and_closing_voids_it_for_good(member: Client, cast: Cast) -> None:
    first, second = open_feed(member), open_feed(member)
    assert first != second
    assert [Client().get(path).status_code for path in (first, second)] == [404, 200]
    assert second not in member.get(reverse("activities:calendar")).content.decode()
    member.post(reverse("activities:close-calendar"))
    assert Client().get(second).status_code == 404
    assert CalendarFeed.objects.count() == 0
    operations.close_feed(actor=cast.member)


def test_a_feed_of_a_closed_account_is_void(member: Client, cast: Cast) -> None:
    path = open_feed(member)
    Account.objects.filter(pk=cast.member.pk).update(state="frozen")
    assert Client().get(path).status_code == 404


# --- The day before


def tomorrow(hour: int) -> datetime:
    day = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def session_at(cast: Cast, starts_at: datetime) -> Session:
    closes_at = min(starts_at, timezone.now() + timedelta(hours=1))
    return factories.session(
        cast.union, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), closes_at=closes_at
    )


def reminders(account: Account) -> int:
    return Message.objects.filter(account=account, title__startswith="明天有活动").count()


def test_who_has_a_place_tomorrow_is_reminded_once(cast: Cast) -> None:
    session = session_at(cast, tomorrow(9))
    sign_up(session, cast.member)
    gone = people.member_account(cast.union)
    signup = Signup.objects.select_related("session__activity__union", "entry", "person").get(
        pk=sign_up(session, gone).pk
    )
    operations.remove_signup(signup, actor=SYSTEM, reason="请假")
    tasks.remind_tomorrow(timestamp=0)
    tasks.remind_tomorrow(timestamp=0)
    assert (reminders(cast.member), reminders(gone)) == (1, 0)
    message = Message.objects.get(account=cast.member)
    assert "09:00" in message.body
    mine = Signup.objects.get(person__account=cast.member)
    assert message.url == reverse("activities:my-signup", args=[mine.pk])


def test_today_and_the_day_after_tomorrow_are_not_reminded_of(cast: Cast) -> None:
    for starts_at in (
        tomorrow(9) - timedelta(days=1),
        tomorrow(9) + timedelta(days=1),
        tomorrow(0) - timedelta(hours=1),
    ):
        if starts_at > timezone.now() + timedelta(minutes=5):
            sign_up(session_at(cast, starts_at), cast.member)
    assert not queries.sessions_tomorrow().exists()
    tasks.remind_tomorrow(timestamp=0)
    assert reminders(cast.member) == 0


def test_a_cancelled_activity_and_a_waiting_member_are_not_reminded(cast: Cast) -> None:
    session = session_at(cast, tomorrow(10))
    sign_up(session, cast.member)
    operations.cancel_activity(session.activity, actor=SYSTEM, reason="台风")
    tasks.remind_tomorrow(timestamp=0)
    assert reminders(cast.member) == 0
    full = session_at(cast, tomorrow(11))
    waiting = sign_up(full, people.member_account(cast.union))
    waiting.entry.state = "waiting"
    waiting.entry.save()
    full.pool.taken = 0
    full.pool.save()
    assert operations.remind(full) == 0
