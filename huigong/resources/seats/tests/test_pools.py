"""Pools: windows, capacity, quotas."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.people.orgs.tests import factories as orgs
from huigong.resources.seats import operations
from huigong.resources.seats.models import Entry, Pool
from huigong.resources.seats.tests import factories

pytestmark = pytest.mark.django_db


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def states(pool: Pool) -> list[str]:
    return list(pool.entries.order_by("id").values_list("state", flat=True))


def taken(pool: Pool) -> int:
    pool.refresh_from_db()
    return pool.taken


def test_a_new_pool_takes_nobody_until_it_is_opened_and_nobody_after_it_is_closed() -> None:
    pool = factories.pool(is_open=False)
    assert refusal(factories.enter, pool) == "closed"
    operations.open_pool(pool)
    assert factories.enter(pool).state == "confirmed"
    operations.close(pool)
    assert refusal(factories.enter, pool) == "closed"
    assert taken(pool) == 1


@pytest.mark.parametrize(
    ("opens_in", "closes_in", "code"),
    [
        (timedelta(seconds=2), timedelta(hours=1), "early"),
        (-timedelta(hours=1), -timedelta(seconds=1), "closed"),
    ],
)
@pytest.mark.parametrize("mode", ["rush", "draw", "review"])
def test_the_window_is_kept_by_the_databases_clock(
    opens_in: timedelta, closes_in: timedelta, code: str, mode: str
) -> None:
    now = timezone.now()
    pool = factories.pool(mode=mode, opens_at=now + opens_in, closes_at=now + closes_in)
    assert refusal(factories.enter, pool) == code
    assert Entry.objects.count() == 0


def test_a_window_that_ends_before_it_begins_is_refused_by_the_database() -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError, match="seats_pool_window"):
        factories.pool(opens_at=now, closes_at=now)


def test_more_places_go_to_those_who_wait_in_order() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True)
    for _ in range(4):
        factories.enter(pool)
    offered = operations.change_capacity(pool, capacity=3)
    assert states(pool) == ["confirmed", "offered", "offered", "waiting"]
    assert [entry.pk for entry in offered] == list(pool.entries.order_by("id").values_list("pk", flat=True))[
        1:3
    ]
    assert taken(pool) == 3


def test_a_group_that_does_not_fit_is_passed_over_and_keeps_its_place_in_the_queue() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True)
    factories.enter(pool)
    factories.enter(pool, size=2)
    factories.enter(pool)
    operations.change_capacity(pool, capacity=2)
    assert states(pool) == ["confirmed", "waiting", "offered"]
    operations.change_capacity(pool, capacity=4)
    assert states(pool) == ["confirmed", "offered", "offered"]
    assert taken(pool) == 4


def test_fewer_places_than_are_taken_are_refused() -> None:
    pool = factories.pool(capacity=2)
    factories.enter(pool, size=2)
    assert refusal(operations.change_capacity, pool, capacity=1) == "below-taken"
    pool.refresh_from_db()
    assert pool.capacity == 2


def test_quotas_hold_each_union_and_its_subtree_to_its_share() -> None:
    root = orgs.root()
    east, west = orgs.township(root), orgs.township(root)
    inner = orgs.grassroots(east)
    pool = factories.pool(mode="quota", capacity=3)
    operations.set_quotas(pool, {east.pk: 1, west.pk: 1})
    factories.enter(pool, union_ids=[root.pk, east.pk, inner.pk])
    assert refusal(factories.enter, pool, union_ids=[root.pk, east.pk]) == "full"
    assert refusal(factories.enter, pool, union_ids=[root.pk]) == "no-quota"
    assert factories.enter(pool, union_ids=[root.pk, west.pk]).quota.union == west
    assert taken(pool) == 2


def test_the_nearest_quota_counts_where_two_could() -> None:
    root = orgs.root()
    east = orgs.township(root)
    inner = orgs.grassroots(east)
    pool = factories.pool(mode="quota", capacity=3)
    operations.set_quotas(pool, {east.pk: 1, inner.pk: 2})
    assert factories.enter(pool, union_ids=[root.pk, east.pk, inner.pk]).quota.union == inner


def test_quotas_are_not_cut_below_what_is_taken_nor_summed_above_the_places() -> None:
    root = orgs.root()
    east, west = orgs.township(root), orgs.township(root)
    pool = factories.pool(mode="quota", capacity=4)
    operations.set_quotas(pool, {east.pk: 2, west.pk: 2})
    factories.enter(pool, union_ids=[root.pk, east.pk], size=2)
    assert refusal(operations.set_quotas, pool, {east.pk: 1, west.pk: 1}) == "below-taken"
    assert refusal(operations.set_quotas, pool, {east.pk: 3, west.pk: 2}) == "quota-sum"
    operations.set_quotas(pool, {west.pk: 2})
    assert dict(pool.quotas.values_list("union", "capacity")) == {east.pk: 2, west.pk: 2}
    operations.set_quotas(pool, {east.pk: 2})
    assert dict(pool.quotas.values_list("union", "capacity")) == {east.pk: 2}


def test_a_quota_that_is_given_back_can_be_taken_again() -> None:
    root = orgs.root()
    east = orgs.township(root)
    pool = factories.pool(mode="quota", capacity=1)
    operations.set_quotas(pool, {east.pk: 1})
    entry = factories.enter(pool, union_ids=[root.pk, east.pk])
    operations.cancel(entry)
    assert (taken(pool), pool.quotas.get().taken) == (0, 0)
    factories.enter(pool, union_ids=[root.pk, east.pk])
    assert [finding for finding in verify.run() if not finding.ok and "seats" in finding.name] == []
