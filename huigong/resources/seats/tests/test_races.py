"""Many at once, with real threads and connections; and the same with the guards off, which must go wrong."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from huigong.core import verify
from huigong.people.orgs.tests import factories as orgs
from huigong.resources.seats import operations
from huigong.resources.seats.models import Entry, Pool, Quota
from huigong.resources.seats.operations import claims, offers
from huigong.resources.seats.tests import factories
from tests import guards
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def entering(pool: Pool, people: Sequence[int], union_ids: Sequence[int] = ()) -> list[Callable[[], object]]:
    def call(person_id: int) -> Callable[[], object]:
        return lambda: operations.enter(pool, person_id=person_id, union_ids=union_ids).state

    return [call(person_id) for person_id in people]


def broken() -> list[str]:
    return [finding.name for finding in verify.run() if not finding.ok and "I7 seats" in finding.name]


def shared_out(places: int, *, pool_capacity: int = 50) -> tuple[Pool, list[int]]:
    """A quota pool with `places` for one union, and that union's way up."""
    root = orgs.root()
    union = orgs.township(root)
    pool = factories.pool(mode="quota", capacity=pool_capacity)
    operations.set_quotas(pool, {union.pk: places})
    return pool, [root.pk, union.pk]


def test_a_unions_share_is_never_oversold() -> None:
    pool, union_ids = shared_out(4)
    people = [factories.person().pk for _ in range(14)]
    assert at_once(*entering(pool, people, union_ids)) == ["confirmed"] * 4 + ["full"] * 10
    assert Quota.objects.get().taken == Entry.objects.filter(state="confirmed").count() == 4
    assert broken() == []


def test_a_unions_share_is_oversold_when_the_claim_looks_first_and_the_check_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, union_ids = shared_out(4)
    people = [factories.person().pk for _ in range(14)]
    everybody_has_looked = threading.Barrier(len(people), timeout=20)
    claim = claims._one

    def look_then_take(sql: str, values: dict) -> int | None:
        share = Quota.objects.get()
        free = share.taken + values["size"] <= share.capacity
        everybody_has_looked.wait()
        unguarded = sql.replace(") AND taken + %(size)s <= capacity", ")", 1)
        assert unguarded != sql
        return claim(unguarded, values) if free else None

    monkeypatch.setattr(claims, "_one", look_then_take)
    with guards.without_constraint("seats_quota", "seats_quota_not_oversold"):
        assert at_once(*entering(pool, people, union_ids)).count("confirmed") > 4


def test_the_last_place_freed_is_offered_to_one_who_waits() -> None:
    """Two give up while two more come: never more offered than given up, nobody forgotten."""
    pool = factories.pool(capacity=2, has_waitlist=True)
    holders = [factories.enter(pool), factories.enter(pool)]
    waiting = [factories.enter(pool) for _ in range(3)]
    late = [factories.person().pk for _ in range(2)]
    gives_up = [lambda entry=entry: operations.cancel(entry) and "cancelled" for entry in holders]
    at_once(*gives_up, *entering(pool, late))
    states = [Entry.objects.get(pk=entry.pk).state for entry in waiting]
    assert states == ["offered", "offered", "waiting"]
    assert Entry.objects.filter(person__in=late, state="waiting").count() == 2
    assert broken() == []


def test_the_last_place_freed_is_offered_twice_when_the_pool_is_not_locked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guards off: passing on reads the queue without lock, and no CHECK stands behind."""
    pool = factories.pool(capacity=1, has_waitlist=True)
    holder = factories.enter(pool)
    for _ in range(2):
        factories.enter(pool)
    operations.close(pool)
    operations.cancel(holder)
    Pool.objects.filter(pk=pool.pk).update(is_open=True)
    everybody_has_looked = threading.Barrier(2, timeout=20)

    def careless(pool_id: int) -> list[Entry]:
        found = Pool.objects.get(pk=pool_id)
        first = found.entries.filter(state="waiting").order_by("id").first()
        left = found.left
        everybody_has_looked.wait()
        second = found.entries.filter(state="waiting").order_by("-id").first()
        entry = first if threading.current_thread().name.endswith("one") else second
        if left > 0:
            Pool.objects.filter(pk=pool_id).update(taken=found.taken + 1)
            until = timezone.now() + timedelta(hours=1)
            Entry.objects.filter(pk=entry.pk).update(state="offered", offered_until=until)
        return []

    monkeypatch.setattr(offers, "pass_on", careless)
    threads = [
        threading.Thread(target=lambda: (offers.pass_on(pool.pk), connection.close()), name=name)
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Entry.objects.filter(state="offered").count() == 2
    assert broken() != []


def test_an_offer_is_taken_or_lapses_but_never_both() -> None:
    pool = factories.pool(capacity=1, has_waitlist=True)
    first, second, third = (factories.enter(pool) for _ in range(3))
    operations.cancel(first)
    Entry.objects.filter(pk=second.pk).update(offered_until=timezone.now() + timedelta(milliseconds=60))
    mine = Pool.objects.filter(pk=pool.pk)
    deadline = threading.Event()
    deadline.wait(0.05)
    at_once(
        lambda: operations.accept_offer(second).state,
        *[lambda: operations.expire_offers(mine) and "expired" for _ in range(3)],
    )
    operations.expire_offers(mine)
    states = {entry.pk: entry.state for entry in Entry.objects.all()}
    assert (states[second.pk], states[third.pk]) in (
        ("confirmed", "waiting"),
        ("lapsed", "offered"),
        ("offered", "waiting"),
    )
    assert broken() == []


def test_two_cadres_accept_the_last_review_place_once() -> None:
    pool = factories.pool(mode="review", capacity=1)
    entries = [factories.enter(pool) for _ in range(4)]
    outcomes = at_once(
        *[lambda entry=entry: operations.decide(entry, accept=True).state for entry in entries]
    )
    assert outcomes == ["confirmed", "full", "full", "full"]
    assert broken() == []


def test_giving_a_place_up_twice_at_once_frees_it_once() -> None:
    pool = factories.pool(capacity=3)
    entry = factories.enter(pool, size=2)
    factories.enter(pool)
    outcomes = at_once(*[lambda: operations.cancel(entry) and "x"] * 4)
    assert outcomes == ["done", "not-live", "not-live", "not-live"]
    assert Pool.objects.get().taken == 1
    assert broken() == []


def test_who_comes_while_the_list_is_being_frozen_is_on_it_or_refused() -> None:
    pool = factories.pool(mode="draw", capacity=2)
    people = [factories.person().pk for _ in range(8)]
    Pool.objects.filter(pk=pool.pk).update(closes_at=timezone.now() + timedelta(milliseconds=120))
    pool.refresh_from_db()

    def freeze() -> str:
        threading.Event().wait(0.13)
        operations.freeze(pool)
        return "frozen"

    at_once(freeze, *entering(pool, people))
    pool.refresh_from_db()
    listed = {number for number, _ in pool.frozen or []}
    assert listed == set(Entry.objects.filter(state="pending").values_list("pk", flat=True))


def straggle(pool: Pool) -> list[str]:
    """Somebody's request began just before the window closed and reaches the pool while the list is frozen."""
    began, is_freezing = threading.Event(), threading.Event()
    person_id = factories.person().pk

    def enter_late() -> str:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT now()")  # this transaction's clock stands still from here on
                moment = cursor.fetchone()[0]
            clock.append(moment)
            began.set()
            is_freezing.wait(timeout=20)
            return operations.enter(pool, person_id=person_id).state

    def freeze() -> str:
        began.wait(timeout=20)
        Pool.objects.filter(pk=pool.pk).update(closes_at=clock[0] + timedelta(microseconds=1))
        with transaction.atomic():
            operations.freeze(pool)
            is_freezing.set()
            threading.Event().wait(0.3)
        return "frozen"

    clock: list[datetime] = []
    return at_once(enter_late, freeze)


def forgotten(pool: Pool) -> int:
    """How many wait for a draw without being on its list."""
    pool.refresh_from_db()
    listed = [number for number, _ in pool.frozen or []]
    return pool.entries.filter(state="pending").exclude(pk__in=listed).count()


def test_a_straggler_is_refused_when_the_list_is_frozen_without_them() -> None:
    pool = factories.pool(mode="draw")
    assert straggle(pool) == ["closed", "frozen"]
    assert forgotten(pool) == 0


def test_a_straggler_is_forgotten_when_entering_does_not_lock_the_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard off. This must go wrong."""
    monkeypatch.setattr(claims, "_LINE_UP", claims._LINE_UP.replace("FOR SHARE\n", ""))
    pool = factories.pool(mode="draw")
    assert straggle(pool) == ["frozen", "pending"]
    assert forgotten(pool) == 1
