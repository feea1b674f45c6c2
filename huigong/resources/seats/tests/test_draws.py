"""The draw: anybody comes to the same winners, and no step can be bent afterwards."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.resources.seats import operations, queries
from huigong.resources.seats.models import Entry, Pool
from huigong.resources.seats.tests import factories

SEED = "5eed" * 16


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def broken() -> list[str]:
    return [finding.name for finding in verify.run() if not finding.ok and "seats" in finding.name]


def filled(capacity: int = 2, sizes: tuple[int, ...] = (1, 1, 2, 1, 1)) -> Pool:
    pool = factories.pool(mode="draw", capacity=capacity)
    for size in sizes:
        factories.enter(pool, size=size)
    operations.close(pool)
    return pool


def frozen(**values) -> Pool:
    return operations.freeze(filled(**values))


def states(pool: Pool) -> dict[int, str]:
    return dict(pool.entries.values_list("pk", "state"))


# --- The arithmetic, which others repeat


def test_the_rule_is_what_the_published_sentence_says() -> None:
    entries = [(7, 1), (3, 2), (11, 1)]
    listed = hashlib.sha256(b"3,2\n7,1\n11,1\n").hexdigest()
    assert queries.list_hash(entries) == listed
    ranks = sorted(
        (hashlib.sha256(f"{SEED}:{listed}:{number}".encode()).hexdigest(), number, size)
        for number, size in entries
    )
    assert queries.ranks(entries, SEED) == ranks


def test_a_known_draw_keeps_its_winners() -> None:
    """Fixed for good: whoever recomputes an old draw with a newer version must find the same."""
    entries = [[number, 1 + number % 3] for number in range(1, 21)]
    assert queries.winners(entries, SEED, 9) == queries.winners(list(reversed(entries)), SEED, 9)
    assert queries.list_hash(entries) == "368d4bc6f29be6336c59261fff4cb536885511dbcf9e52d3ed26096ce5701130"
    assert queries.winners(entries, SEED, 9) == [7, 20, 9, 6, 18, 15]


@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.integers(1, 20)), max_size=60, unique_by=lambda pair: pair[0]
    ),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.integers(0, 200),
)
@settings(max_examples=60, deadline=None)
def test_winners_fit_never_twice_and_leave_nobody_who_still_fits(entries, seed: str, places: int) -> None:
    won = queries.winners(entries, seed, places)
    sizes = dict(entries)
    left = places - sum(sizes[number] for number in won)
    assert len(set(won)) == len(won)
    assert left >= 0
    assert all(size > left for number, size in entries if number not in won)
    assert queries.winners(sorted(entries, reverse=True), seed, places) == won


# --- The steps


@pytest.mark.django_db
def test_the_seed_is_promised_before_anybody_enters_and_shown_after_the_draw() -> None:
    pool = factories.pool(mode="draw")
    assert len(pool.seed_hash) == 64
    assert pool.seed == ""
    factories.enter(pool)
    operations.close(pool)
    operations.draw(operations.freeze(pool))
    pool.refresh_from_db()
    assert hashlib.sha256(pool.seed.encode()).hexdigest() == pool.seed_hash
    assert pool.seed not in pool.seed_sealed


@pytest.mark.django_db
def test_the_draw_gives_the_places_to_whom_the_published_figures_say() -> None:
    pool = frozen(capacity=3)
    assert pool.drawn_places == 3
    operations.draw(pool)
    pool.refresh_from_db()
    won = queries.winners(pool.frozen, pool.seed, 3)
    found = states(pool)
    assert {pk for pk, state in found.items() if state == "confirmed"} == set(won)
    assert {found[pk] for pk in found.keys() - set(won)} == {"lost"}
    assert pool.taken == sum(Entry.objects.get(pk=pk).size for pk in won)
    assert broken() == []


@pytest.mark.django_db
def test_each_step_has_its_turn_and_comes_once() -> None:
    pool = factories.pool(mode="draw")
    entry = factories.enter(pool)
    assert refusal(operations.draw, pool) == "not-frozen"
    assert refusal(operations.freeze, pool) == "open"
    assert refusal(operations.decide, entry, accept=True) == "draw-decides"
    operations.close(pool)
    first = operations.freeze(pool).entries_hash
    assert operations.freeze(pool).entries_hash == first
    assert refusal(factories.enter, pool) == "closed"
    assert refusal(operations.cancel, entry) == "frozen"
    assert refusal(operations.change_capacity, pool, capacity=9) == "frozen"
    operations.draw(pool)
    assert refusal(operations.draw, pool) == "drawn"
    assert refusal(operations.freeze, factories.pool(mode="rush")) == "not-draw"


@pytest.mark.django_db
def test_somebody_added_by_hand_takes_no_place_that_is_drawn_for() -> None:
    pool = frozen(capacity=2, sizes=(1, 1, 1))
    operations.add_by_hand(pool, person_id=factories.person().pk)
    operations.draw(pool)
    pool.refresh_from_db()
    assert (pool.drawn_places, pool.taken, pool.capacity) == (2, 3, 3)
    assert broken() == []


@pytest.mark.django_db
def test_an_empty_list_is_drawn_without_winners() -> None:
    pool = frozen(sizes=())
    assert operations.draw(pool) == []
    assert broken() == []


@pytest.mark.django_db
def test_a_list_changed_after_it_was_published_stops_the_draw() -> None:
    pool = frozen()
    Pool.objects.filter(pk=pool.pk).update(frozen=pool.frozen[:-1])
    assert refusal(operations.draw, pool) == "list-changed"
    assert set(states(pool).values()) == {"pending"}


@pytest.mark.django_db
@pytest.mark.parametrize("bend", ["seed", "frozen", "entries_hash", "drawn_places", "winner"])
def test_verify_finds_a_draw_that_was_bent_afterwards(bend: str) -> None:
    pool = frozen(capacity=2, sizes=(1, 1, 1, 1, 1, 1))
    operations.draw(pool)
    pool.refresh_from_db()
    assert broken() == []
    if bend == "winner":
        lost = pool.entries.filter(state="lost").first()
        won = pool.entries.filter(state="confirmed").first()
        Entry.objects.filter(pk=lost.pk).update(state="confirmed")
        Entry.objects.filter(pk=won.pk).update(state="lost")
    else:
        change = {
            "seed": "0" * 64,
            "frozen": pool.frozen[:-1],
            "entries_hash": "0" * 64,
            "drawn_places": 1,
        }
        Pool.objects.filter(pk=pool.pk).update(**{bend: change[bend]})
    assert any("recomputed" in name for name in broken())
