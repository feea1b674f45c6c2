"""Places under any sequence of what people and cadres do: after each step everything still adds up."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from huigong.core.errors import Refused
from huigong.resources.seats import operations, queries
from huigong.resources.seats.models import Entry, Pool
from huigong.resources.seats.tests import factories

PEOPLE = 7
SIZES = [1, 1, 1, 2, 3]
HOLDING = ("confirmed", "offered")
LIVE = ("pending", "confirmed", "waiting", "offered")
EXPECTED = {
    "full",
    "closed",
    "decided",
    "not-live",
    "offer-over",
    "below-taken",
    "already",
}
"""What may be refused in the course of things. Anything else is a fault."""


class Places(RuleBasedStateMachine):
    """One pool, a few people, and everything that can be done to it."""

    person_ids: list[int] = []

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    @initialize(
        mode=st.sampled_from(["rush", "rush", "rush", "review"]),
        capacity=st.integers(1, 3),
        sizes=st.lists(st.sampled_from(SIZES), min_size=3, max_size=5),
        has_waitlist=st.sampled_from([True, True, False]),
    )
    def begin(self, mode: str, capacity: int, sizes: list[int], has_waitlist: bool) -> None:
        """A pool that is nearly or more than full, where things begin to happen."""
        self.pool = factories.pool(mode=mode, capacity=capacity, has_waitlist=has_waitlist and mode == "rush")
        for who, size in enumerate(sizes):
            self.enter(who, size)

    def attempt(self, call, *args, **kwargs):
        try:
            with transaction.atomic():
                return call(*args, **kwargs)
        except Refused as refused:
            if refused.code not in EXPECTED:
                raise
            return None

    def entry(self, place: int, *states: str) -> Entry | None:
        found = list(Entry.objects.filter(pool=self.pool, state__in=states).order_by("id"))
        return found[place % len(found)] if found else None

    @rule(who=st.integers(0, PEOPLE - 1), size=st.sampled_from(SIZES))
    def enter(self, who: int, size: int) -> None:
        person_id = self.person_ids[who]
        before = Entry.objects.filter(pool=self.pool, person=person_id, state__in=LIVE).first()
        entered = self.attempt(operations.enter, self.pool, person_id=person_id, size=size)
        if before is not None:
            assert entered is not None
            assert (entered.entry_id, entered.created) == (before.pk, False)

    @rule(place=st.integers(0, 20), what=st.sampled_from(["give up", "answer", "let it pass"]))
    def turn(self, place: int, what: str) -> None:
        """Something happens to one of the entries: what is offered or asked is answered, or it is given up."""
        offered, pending = self.entry(place, "offered"), self.entry(place, "pending")
        if what == "answer" and offered:
            self.attempt(operations.accept_offer, offered)
        elif what == "let it pass" and offered:
            self.lapse(offered)
        elif what != "give up" and pending:
            self.attempt(operations.decide, pending, accept=what == "answer")
        elif live := self.entry(place, *LIVE):
            self.attempt(operations.cancel, live)

    def lapse(self, entry: Entry) -> None:
        Entry.objects.filter(pk=entry.pk).update(offered_until=timezone.now() - timedelta(seconds=1))
        self.attempt(operations.accept_offer, entry)
        operations.expire_offers(Pool.objects.filter(pk=self.pool.pk))
        assert Entry.objects.get(pk=entry.pk).state == "lapsed"

    @rule(what=st.sampled_from(["places", "places", "by hand", "close", "open"]), number=st.integers(0, 6))
    def cadre(self, what: str, number: int) -> None:
        """The organiser changes the places, adds somebody, or stops and goes on."""
        if what == "places":
            self.attempt(operations.change_capacity, self.pool, capacity=number)
        elif what == "by hand":
            self.attempt(operations.add_by_hand, self.pool, person_id=self.person_ids[number], size=1)
        elif what == "close":
            operations.close(self.pool)
        else:
            operations.open_pool(self.pool)
            self.pool.refresh_from_db()
            # what was freed meanwhile is passed on
            operations.change_capacity(self.pool, capacity=self.pool.capacity)

    @invariant()
    def everything_adds_up(self) -> None:
        pool = Pool.objects.get(pk=self.pool.pk)
        entries = list(Entry.objects.filter(pool=pool).order_by("id"))
        live = [entry for entry in entries if entry.state in LIVE]
        assert pool.taken == sum(entry.size for entry in entries if entry.state in HOLDING) <= pool.capacity
        assert len({entry.person_id for entry in live}) == len(live)
        assert all(entry.offered_until for entry in live if entry.state == "offered")
        waiting = [entry for entry in live if entry.state == "waiting"]
        if pool.is_open:
            assert all(entry.size > pool.left for entry in waiting), "a place is free that somebody waits for"
        assert [queries.queue_position(entry) for entry in waiting] == list(range(1, len(waiting) + 1))


@pytest.mark.django_db
def test_places_add_up_whatever_happens_in_whatever_order() -> None:
    Places.person_ids = [factories.person().pk for _ in range(PEOPLE)]
    few = settings(
        max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Places, settings=few)
