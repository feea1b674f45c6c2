"""A letter that is sent many times at once; and the same with the guard off, which must go wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.resources.points import queries as points
from huigong.services.conversations import operations, permissions
from huigong.services.conversations.models import Adoption, Message, Support, Thread
from huigong.services.conversations.tests.factories import adopted, answered, letter, thread
from tests import guards
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def started_at_once(cast: Cast) -> int:
    member = permissions.get_member(cast.member)
    same = letter("一次就够")

    def start() -> int:
        return operations.start(
            member, kind="help", title="同一封", letter=same, union=cast.union, actor=cast.member
        ).pk

    outcomes = at_once(*[start] * 6)
    assert "IntegrityError" not in str(outcomes)
    return Thread.objects.count()


def said_at_once(cast: Cast) -> int:
    made, same = thread(cast.member), letter("再说一句")
    at_once(*[lambda: operations.write(made, letter=same, actor=cast.member)] * 6)
    return Message.objects.filter(text="再说一句").count()


def test_a_letter_sent_many_times_at_once_is_one_thread(cast: Cast) -> None:
    assert started_at_once(cast) == 1


def test_a_message_sent_many_times_at_once_stands_once(cast: Cast) -> None:
    assert said_at_once(cast) == 1


def test_without_the_unique_index_it_would_stand_more_often(cast: Cast) -> None:
    with guards.without_constraint("conversations_message", "conversations_message_once"):
        assert started_at_once(cast) > 1
        assert said_at_once(cast) > 1


def test_of_many_ratings_at_once_one_counts(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer)
    rate = [
        lambda stars=stars: operations.rate(made, stars=stars, words="", actor=cast.member)
        for stars in (1, 5)
    ]
    assert at_once(*rate) == ["done", "not-ratable"]


def test_two_workers_bring_it_up_once(cast: Cast) -> None:
    made = thread(cast.member)
    Thread.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    at_once(*[lambda: operations.escalate_overdue() and "moved"] * 3)
    assert made.handlings.count() == 2
    assert Message.objects.filter(kind="event").count() == 1


def supported_at_once(cast: Cast) -> int:
    shown = adopted(cast.member, cast.union, cast.officer, publisher=cast.township_officer)
    colleague = people.member_account(cast.union)
    member = permissions.get_member(colleague)
    at_once(*[lambda: operations.support(shown, member=member, actor=colleague)] * 6)
    return Support.objects.filter(adoption=shown).count()


def test_me_too_tapped_many_times_at_once_counts_once(cast: Cast) -> None:
    assert supported_at_once(cast) == 1


def test_without_its_unique_index_me_too_would_count_more_often(cast: Cast) -> None:
    with guards.without_constraint("conversations_support", "conversations_support_once"):
        assert supported_at_once(cast) > 1


def test_of_two_decisions_at_once_one_stands_and_is_rewarded_once(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer, kind="suggestion")

    def adopt() -> None:
        operations.decide_suggestion(made, union=cast.union, adopts=True, reason="可行", actor=cast.officer)

    assert at_once(adopt, adopt, adopt) == ["decided", "decided", "done"]
    person = membership.person_of(cast.member)
    assert person is not None
    assert points.balance(person.pk) == 50


def test_words_that_two_publish_at_once_are_published_once(cast: Cast) -> None:
    waiting = adopted(cast.member, cast.union, cast.officer)
    publish = [
        lambda who=who: operations.publish_adoption(waiting, version=1, actor=who)
        for who in (cast.township_officer, cast.county_officer)
    ]
    assert at_once(*publish) == ["changed", "done"]
    assert Adoption.objects.filter(state="published").count() == 1
