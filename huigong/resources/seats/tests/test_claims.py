"""Asking for places, giving them up, deciding, adding by hand."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.resources.seats import operations, queries
from huigong.resources.seats.models import Entry, Pool
from huigong.resources.seats.tests import factories

pytestmark = pytest.mark.django_db


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def reread(entry: Entry) -> Entry:
    return Entry.objects.select_related("pool").get(pk=entry.pk)


def test_a_rush_confirms_until_it_is_full() -> None:
    pool = factories.pool(capacity=3)
    assert factories.enter(pool, size=2).state == "confirmed"
    assert refusal(factories.enter, pool, size=2) == "full"
    assert factories.enter(pool).state == "confirmed"
    assert refusal(factories.enter, pool) == "full"
    pool.refresh_from_db()
    assert (pool.taken, pool.left) == (3, 0)


@pytest.mark.parametrize("mode", ["rush", "draw", "review"])
def test_the_same_person_gets_their_entry_back(mode: str) -> None:
    pool, person = factories.pool(mode=mode, capacity=1), factories.person()
    first = operations.enter(pool, person_id=person.pk)
    second = operations.enter(pool, person_id=person.pk)
    assert (second.entry_id, second.state, second.created) == (first.entry_id, first.state, False)
    operations.close(pool)
    assert operations.enter(pool, person_id=person.pk).entry_id == first.entry_id
    assert Entry.objects.count() == 1


def test_the_database_holds_a_person_to_one_live_entry_and_a_pool_to_its_places() -> None:
    entry = factories.enter(factories.pool(capacity=1))
    with pytest.raises(IntegrityError, match="seats_entry_one_live"):
        Entry.objects.create(pool=entry.pool, person=entry.person, state="waiting")


def test_the_database_holds_a_pool_to_its_places() -> None:
    entry = factories.enter(factories.pool(capacity=1))
    with pytest.raises(IntegrityError, match="seats_pool_not_oversold"):
        Pool.objects.filter(pk=entry.pool_id).update(taken=2)


def test_who_does_not_want_to_wait_is_told_that_it_is_full() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True)
    factories.enter(pool)
    assert refusal(factories.enter, pool, wait=False) == "full"
    assert factories.enter(pool).state == "waiting"


def test_a_cancelled_place_is_offered_to_the_first_who_waits() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True, offer_minutes=30)
    first, second, third = (factories.enter(pool) for _ in range(3))
    assert [queries.queue_position(entry) for entry in (second, third)] == [1, 2]
    [offered] = operations.cancel(first)
    assert offered.pk == second.pk
    until = reread(second).offered_until - timezone.now()
    assert timedelta(minutes=29) < until <= timedelta(minutes=30)
    operations.accept_offer(second)
    assert [reread(entry).state for entry in (first, second, third)] == ["cancelled", "confirmed", "waiting"]
    assert queries.queue_position(third) == 1


def test_a_place_is_given_up_once() -> None:
    pool = factories.pool(capacity=1)
    entry = factories.enter(pool)
    operations.cancel(entry)
    assert refusal(operations.cancel, entry) == "not-live"
    pool.refresh_from_db()
    assert pool.taken == 0


def test_an_offer_lapses_and_passes_on_also_over_somebody_who_left() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True)
    first, second, third, fourth = (factories.enter(pool) for _ in range(4))
    operations.cancel(first)
    operations.cancel(third)
    Entry.objects.filter(pk=second.pk).update(offered_until=timezone.now() - timedelta(seconds=1))
    assert refusal(operations.accept_offer, second) == "offer-over"
    lapsed, offered = operations.expire_offers(Pool.objects.all())
    assert ([entry.pk for entry in lapsed], [entry.pk for entry in offered]) == ([second.pk], [fourth.pk])
    assert operations.expire_offers(Pool.objects.all()) == ([], [])
    pool.refresh_from_db()
    assert pool.taken == 1


def test_places_of_a_closed_pool_are_not_offered() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True)
    first, second = factories.enter(pool), factories.enter(pool)
    operations.close(pool)
    assert operations.cancel(first) == []
    assert reread(second).state == "waiting"


def test_a_review_decides_each_request_once_within_the_places() -> None:
    pool = factories.pool(mode="review", capacity=1)
    first, second, third = (factories.enter(pool) for _ in range(3))
    assert first.state == "pending"
    operations.decide(first, accept=True)
    assert refusal(operations.decide, second, accept=True) == "full"
    operations.decide(second, accept=False)
    assert refusal(operations.decide, second, accept=True) == "decided"
    assert [reread(entry).state for entry in (first, second, third)] == ["confirmed", "refused", "pending"]


def test_by_hand_a_full_and_closed_pool_grows() -> None:
    pool = factories.pool(capacity=1)
    factories.enter(pool)
    operations.close(pool)
    person = factories.person()
    entered = operations.add_by_hand(pool, person_id=person.pk, size=2)
    entry = Entry.objects.get(pk=entered.entry_id)
    assert (entry.state, entry.is_override) == ("confirmed", True)
    assert refusal(operations.add_by_hand, pool, person_id=person.pk) == "already"
    pool.refresh_from_db()
    assert (pool.taken, pool.capacity) == (3, 3)
