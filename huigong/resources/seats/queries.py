"""Reads of places."""

import hashlib
from collections.abc import Iterable, Sequence

from django.db.models import Count, Sum

from huigong.core import verify
from huigong.resources.seats.models import Entry, Pool


def counts(pool_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """For each pool the number of entries in each state."""
    found: dict[int, dict[str, int]] = {pool_id: {} for pool_id in pool_ids}
    rows = Entry.objects.filter(pool__in=list(found)).values_list("pool_id", "state").annotate(Count("id"))
    for pool_id, state, number in rows:
        found[pool_id][state] = number
    return found


def queue_position(entry: Entry) -> int:
    """How many wait before this entry, plus one."""
    ahead = Entry.objects.filter(pool=entry.pool_id, state=Entry.State.WAITING, pk__lt=entry.pk)
    return ahead.count() + 1


def seed_hash(seed: str) -> str:
    """SHA-256 of the seed's text: published before anybody enters."""
    return hashlib.sha256(seed.encode()).hexdigest()


def list_hash(entries: Iterable[Sequence[int]]) -> str:
    """SHA-256 over the lines ``<entry id>,<size>`` in the order of the ids."""
    lines = "".join(f"{entry_id},{size}\n" for entry_id, size in sorted(map(tuple, entries)))
    return hashlib.sha256(lines.encode()).hexdigest()


def ranks(entries: Iterable[Sequence[int]], seed: str) -> list[tuple[str, int, int]]:
    """(rank, entry id, size) in winning order: the whole of the draw, without a database.

    A rank is SHA-256 in hexadecimal of ``<seed>:<hash of the entry list>:<entry id>``.
    """
    entries = list(entries)
    head = f"{seed}:{list_hash(entries)}"
    return sorted(
        (hashlib.sha256(f"{head}:{entry_id}".encode()).hexdigest(), entry_id, size)
        for entry_id, size in entries
    )


def winners(entries: Iterable[Sequence[int]], seed: str, capacity: int) -> list[int]:
    """Entry ids that win, in order; one that does not fit is passed over for the next."""
    won, left = [], capacity
    for _, entry_id, size in ranks(entries, seed):
        if size <= left:
            won.append(entry_id)
            left -= size
    return won


def drawn_winners(pool: Pool) -> set[int]:
    """The entries that a draw really gave places, whether or not they gave them up since."""
    listed = pool.entries.filter(pk__in=dict(pool.frozen or []))
    return set(listed.exclude(state=Entry.State.LOST).values_list("pk", flat=True))


def people_asking(pools: Iterable[int]) -> int:
    """How many people hold a place in `pools` or wait for a draw or decision, companions included."""
    states = (*Entry.HOLDING, Entry.State.PENDING)
    asking = Entry.objects.filter(pool__in=list(pools), state__in=states)
    return asking.aggregate(people=Sum("size"))["people"] or 0


@verify.invariant("I7 seats: taken is the sum of the places held, and no pool is oversold")
def _taken() -> list[str]:
    return verify.rows(
        "SELECT p.id, p.taken, p.capacity FROM seats_pool p LEFT JOIN ("
        " SELECT pool_id, sum(size) AS held FROM seats_entry WHERE state IN ('confirmed', 'offered') GROUP BY 1"
        ") e ON e.pool_id = p.id WHERE p.taken <> coalesce(e.held, 0) OR p.taken > p.capacity"
    )


@verify.invariant("I7 seats: one live entry a person and pool")
def _one_entry() -> list[str]:
    return verify.rows(
        "SELECT pool_id, person_id FROM seats_entry"
        " WHERE state IN ('pending', 'confirmed', 'waiting', 'offered') GROUP BY 1, 2 HAVING count(*) > 1"
    )


@verify.invariant("I7 seats: a quota's taken is the sum of its entries")
def _quotas() -> list[str]:
    return verify.rows(
        "SELECT q.id FROM seats_quota q LEFT JOIN ("
        " SELECT quota_id, sum(size) AS held FROM seats_entry WHERE state IN ('confirmed', 'offered') GROUP BY 1"
        ") e ON e.quota_id = q.id WHERE q.taken <> coalesce(e.held, 0)"
    )


@verify.invariant("I29 seats: every finished draw comes out the same when recomputed")
def _draws() -> list[str]:
    broken = []
    for pool in Pool.objects.filter(drawn_at__isnull=False):
        frozen = pool.frozen or []
        won = set(winners(frozen, pool.seed, pool.drawn_places or 0))
        same_hashes = (seed_hash(pool.seed), list_hash(frozen)) == (pool.seed_hash, pool.entries_hash)
        if not same_hashes or won != drawn_winners(pool):
            broken.append(f"pool {pool.pk}")
    return broken
