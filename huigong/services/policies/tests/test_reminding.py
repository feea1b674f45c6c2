"""Who has a few working days left to hand in or to correct is told, once."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from huigong.core import calendar
from huigong.core.formats import midnight
from huigong.people.inbox.models import Message
from huigong.people.membership import operations as roll
from huigong.people.membership.models import Membership, Person
from huigong.people.membership.queries import Rule
from huigong.services.policies import operations, tasks
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations import reminding
from huigong.services.policies.operations.moving import in_working_days
from huigong.services.policies.operations.reminding import REMIND_DAYS
from huigong.services.policies.tests import factories
from tests.cast import Cast, make_cast
from tests.threads import at_once

DAY = timedelta(days=1)
CANARY = "尿毒症金丝雀"


def told() -> int:
    """The job of one day; how many messages there are in all."""
    tasks.remind(0)
    return Message.objects.count()


def returned(cast: Cast, correct_by: date | None = None, **changed: Any) -> Application:
    scheme = factories.scheme(cast.county, title="大病困难帮扶")
    last = correct_by or in_working_days(REMIND_DAYS)
    return factories.application(scheme, cast.member, state="returned", correct_by=last, **changed)


def kept(cast: Cast, last: date | None = None, rule: Rule | None = None, **changed: Any) -> Application:
    """A draft of the member's for a scheme that closes at the end of `last`."""
    closes_at = midnight((last or in_working_days(REMIND_DAYS)) + DAY)
    scheme = factories.scheme(cast.county, title="大病困难帮扶", rule=rule, closes_at=closes_at)
    changed = {"saved_at": timezone.now(), **changed}
    return factories.application(scheme, cast.member, state="draft", **changed)


# --- To correct


def test_who_has_to_correct_is_told_once_and_led_there(cast: Cast) -> None:
    application = returned(cast)
    assert operations.remind_to_correct() == 1
    assert operations.remind_to_correct() == 0
    [message] = Message.objects.all()
    assert (message.account, message.url) == (cast.member, f"/policies/applications/{application.pk}/")
    client = Client()
    client.force_login(cast.member)
    assert "去补正" in client.get(message.url).content.decode()


@pytest.mark.parametrize(("days", "count"), [(REMIND_DAYS, 1), (REMIND_DAYS + 1, 0), (0, 1)])
def test_a_correction_is_told_of_in_the_last_working_days(cast: Cast, days: int, count: int) -> None:
    returned(cast, in_working_days(days) if days else calendar.today())
    assert told() == count


def test_what_is_too_late_to_correct_is_not_told_of(cast: Cast) -> None:
    returned(cast, calendar.today() - DAY)
    assert told() == 0


def test_another_day_to_correct_by_is_told_of_again(cast: Cast) -> None:
    application = returned(cast, calendar.today())
    assert told() == 1
    Application.objects.filter(pk=application.pk).update(correct_by=in_working_days(REMIND_DAYS))
    assert told() == 2


# --- To hand in


def test_who_kept_a_draft_is_told_once_before_the_scheme_closes(cast: Cast) -> None:
    draft = kept(cast)
    assert operations.remind_of_drafts() == 1
    assert operations.remind_of_drafts() == 0
    [message] = Message.objects.all()
    assert (message.account, message.url) == (cast.member, f"/policies/applications/{draft.pk}/")
    assert "24:00 截止" in message.body
    client = Client()
    client.force_login(cast.member)
    assert "接着填" in client.get(message.url).content.decode()


def test_a_draft_is_not_told_of_too_early(cast: Cast) -> None:
    kept(cast, in_working_days(REMIND_DAYS) + DAY)
    assert told() == 0
    Scheme.objects.update(closes_at=midnight(in_working_days(REMIND_DAYS) + DAY))
    assert told() == 1


def test_a_draft_is_told_of_again_when_the_scheme_was_prolonged(cast: Cast) -> None:
    draft = kept(cast, calendar.today())
    assert told() == 1
    later = midnight(in_working_days(REMIND_DAYS))
    operations.extend(draft.scheme, closes_at=later, actor=cast.county_officer)
    assert told() == 2


def test_a_draft_in_which_nothing_was_kept_is_not_told_of(cast: Cast) -> None:
    kept(cast, saved_at=None)
    assert told() == 0


@pytest.mark.parametrize(
    "closed",
    [
        {"state": Scheme.State.CLOSED},
        {"closes_at": timezone.now() - timedelta(minutes=1)},
        {"opens_at": timezone.now() + DAY},
    ],
)
def test_a_draft_is_not_told_of_while_its_scheme_takes_nothing(cast: Cast, closed: dict[str, Any]) -> None:
    kept(cast)
    Scheme.objects.update(**closed)
    assert told() == 0


def test_whom_the_scheme_is_not_for_any_more_is_not_told(cast: Cast) -> None:
    kept(cast, rule=Rule(work_forms=("courier",)))
    assert told() == 0
    Person.objects.filter(account=cast.member).update(work_form="courier")
    assert told() == 1


def test_who_left_the_union_is_not_told(cast: Cast) -> None:
    kept(cast)
    held = Membership.objects.get(person__account=cast.member)
    roll.leave_union(held, actor=cast.member)
    Message.objects.all().delete()
    assert told() == 0


# --- To nobody


def test_nobody_is_told_after_handing_in_or_taking_back(cast: Cast) -> None:
    draft, application = kept(cast), returned(cast)
    operations.submit(draft, factories.ANSWERS, actor=cast.member, consents=True, pledge="本会会员")
    operations.withdraw_application(application, actor=cast.member)
    Message.objects.all().delete()
    assert told() == 0


@pytest.mark.parametrize("state", ["submitted", "verified", "noticed", "awarded", "refused", "withdrawn"])
def test_nobody_is_told_of_what_does_not_wait_for_them(cast: Cast, state: str) -> None:
    closing = kept(cast).scheme
    Application.objects.all().delete()
    soon = in_working_days(1)
    factories.application(closing, cast.member, state=state, correct_by=soon, saved_at=timezone.now())
    assert told() == 0


def test_who_ended_their_account_is_passed_over(cast: Cast) -> None:
    draft, application = kept(cast), returned(cast)
    Person.objects.filter(account=cast.member).update(account=None)
    assert told() == 0
    for row in (draft, application):
        row.refresh_from_db()
        assert row.reminded_of is None


def test_nothing_private_stands_in_a_reminder(cast: Cast) -> None:
    answers = {"family": 4, "ill": True, "disease": CANARY}
    kept(cast, answers=answers)
    returned(cast, answers=answers, reason=CANARY, marks={"disease": CANARY})
    assert told() == 2
    words = str(list(Message.objects.values("title", "body")))
    assert CANARY not in words
    assert "大病" not in words
    assert "帮扶" not in words


def test_what_was_handed_in_is_no_longer_called_unfinished(cast: Cast) -> None:
    draft = kept(cast)
    tasks.remind(0)
    operations.submit(draft, factories.ANSWERS, actor=cast.member, consents=True, pledge="本会会员")
    assert not Message.objects.filter(account=cast.member, read_at=None).exists()


def test_a_draft_that_is_gone_takes_its_reminder_along(cast: Cast) -> None:
    draft = kept(cast)
    assert told() == 1
    operations.discard_draft(draft, actor=cast.member)
    assert not Message.objects.exists()


# --- Two workers at once


def _told_at_once() -> list[str]:
    cast = make_cast()
    returned(cast)
    return at_once(*[lambda: str(operations.remind_to_correct())] * 3)


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_tell_once() -> None:
    assert _told_at_once() == ["0", "0", "1"]
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_each_of_them_would_tell() -> None:
    """The guard off: everybody looks first, and writes when all have looked. This must go wrong."""
    looked = threading.Barrier(3, timeout=30)

    def look_then_write(one: Any, tell: Callable[[Application], Any]) -> bool:
        held = one.select_related("scheme", "person").first()
        looked.wait()
        held.reminded_of = tell(held)
        held.save(update_fields=["reminded_of"])
        return True

    with patch.object(reminding, "_remind", look_then_write):
        assert _told_at_once() == ["1", "1", "1"]
    assert Message.objects.count() == 3
