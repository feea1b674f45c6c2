"""Asking for places, and letting go of them.

A place is claimed by ONE statement that takes the place and writes the entry; its answer tells whether there
was one. A unique index stops a second live entry of the same person, a CHECK an oversold pool: the claim of who
has one already writes no entry, and what it took goes back before anybody else can look, for the pool is locked.
Locks are taken in the order quota, pool, entry.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from huigong.core.errors import Refused
from huigong.resources.seats.models import Entry, Pool
from huigong.resources.seats.operations import offers

State = Entry.State

_TWICE = 0
"""The claim's answer when it found a place for somebody who has one."""

_RUSH = """
WITH place AS (
    UPDATE seats_pool SET taken = taken + %(size)s
    WHERE id = %(pool)s AND is_open AND opens_at <= now() AND closes_at > now()
      AND taken + %(size)s <= capacity
    RETURNING id
), entry AS (
    INSERT INTO seats_entry (created_at, pool_id, person_id, size, state, decided_at, is_override)
    SELECT now(), id, %(person)s, %(size)s, 'confirmed', now(), false FROM place
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT coalesce((SELECT id FROM entry), 0) FROM place
"""

_SHARE = """
    SELECT q.id FROM seats_quota q WHERE q.pool_id = %(pool)s AND q.union_id = ANY(%(unions)s)
    ORDER BY array_position(%(unions)s, q.union_id) DESC LIMIT 1
"""

_QUOTA = f"""
WITH share AS (
    UPDATE seats_quota SET taken = taken + %(size)s
    WHERE id = ({_SHARE}) AND taken + %(size)s <= capacity
    RETURNING id, pool_id
), place AS (
    UPDATE seats_pool p SET taken = p.taken + %(size)s FROM share
    WHERE p.id = share.pool_id AND p.is_open AND p.opens_at <= now() AND p.closes_at > now()
      AND p.taken + %(size)s <= p.capacity
    RETURNING p.id, share.id AS quota_id
), entry AS (
    INSERT INTO seats_entry (created_at, pool_id, person_id, quota_id, size, state, decided_at, is_override)
    SELECT now(), id, %(person)s, quota_id, %(size)s, 'confirmed', now(), false FROM place
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT coalesce((SELECT id FROM entry), 0) FROM place
"""  # noqa: S608 only our own words

_PUT_BACK = "UPDATE seats_pool SET taken = taken - %(size)s WHERE id = %(pool)s"
_PUT_SHARE_BACK = f"UPDATE seats_quota SET taken = taken - %(size)s WHERE id = ({_SHARE})"  # noqa: S608 our own

_LINE_UP = """
INSERT INTO seats_entry (created_at, pool_id, person_id, size, state, is_override)
SELECT now(), id, %(person)s, %(size)s, %(state)s, false FROM seats_pool
WHERE id = %(pool)s AND is_open AND opens_at <= now() AND closes_at > now()
FOR SHARE
ON CONFLICT DO NOTHING
RETURNING id
"""
# FOR SHARE: who comes while a drawn list is being frozen waits, and then finds the pool closed.


@dataclass(frozen=True)
class Entered:
    """What became of a request: the entry, and whether this call made it."""

    entry_id: int
    state: str
    created: bool


def _one(sql: str, values: dict[str, Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
        return row[0] if row else None


def _run(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def enter(
    pool: Pool, *, person_id: int, size: int = 1, union_ids: Sequence[int] = (), wait: bool = True
) -> Entered:
    """Ask for `size` places in `pool` for a person.

    Rush and quota pools confirm at once or, when full, put the person on the waiting list (where there is
    one and `wait` is set); draws and reviews note the request. A person who already has a live entry gets
    that one back. `union_ids` are the person's union and those above, root first; quota pools need them.
    Refuses outside the window ("early", "closed") and without a place ("full", "no-quota"), having written nothing:
    a caller's transaction needs no savepoint.
    """
    values = {"pool": pool.pk, "person": person_id, "size": size, "unions": list(union_ids)}
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        return _enter(pool, values, wait=wait)


def _enter(pool: Pool, values: dict[str, Any], *, wait: bool) -> Entered:
    if pool.mode in (Pool.Mode.RUSH, Pool.Mode.QUOTA):
        claimed = _one(_RUSH if pool.mode == Pool.Mode.RUSH else _QUOTA, values)
        if claimed == _TWICE:
            _put_back(pool, values)
        elif claimed is not None:
            return Entered(claimed, State.CONFIRMED, created=True)
        elif wait and pool.has_waitlist:
            return _wait(pool, values)
        return _already_or_refuse(pool, values)
    entry_id = _one(_LINE_UP, values | {"state": State.PENDING})
    if entry_id is None:
        return _already_or_refuse(pool, values)
    return Entered(entry_id, State.PENDING, created=True)


def _put_back(pool: Pool, values: dict[str, Any]) -> None:
    """What the claim of somebody who has a place took; quota and pool are locked by the claim itself."""
    if pool.mode == Pool.Mode.QUOTA:
        _run(_PUT_SHARE_BACK, values)
    _run(_PUT_BACK, values)


def _wait(pool: Pool, values: dict[str, Any]) -> Entered:
    """Join the queue. The pool is locked first, so that a place freed meanwhile cannot miss us."""
    Pool.objects.select_for_update().get(pk=pool.pk)
    entry_id = _one(_LINE_UP, values | {"state": State.WAITING})
    if entry_id is None:
        return _already_or_refuse(pool, values)
    offers.pass_on(pool.pk)
    return Entered(entry_id, Entry.objects.values_list("state", flat=True).get(pk=entry_id), created=True)


def _already_or_refuse(pool: Pool, values: dict[str, Any]) -> Entered:
    existing = Entry.objects.filter(pool=pool, person_id=values["person"], state__in=Entry.LIVE).first()
    if existing:
        return Entered(existing.pk, existing.state, created=False)
    early = Pool.objects.filter(pk=pool.pk, is_open=True, opens_at__gt=Now()).exists()
    if early:
        raise Refused("报名还没有开始，请到时再来。", "early")
    if not Pool.objects.filter(pk=pool.pk, is_open=True, closes_at__gt=Now()).exists():
        raise Refused("报名已经结束。", "closed")
    if pool.mode == Pool.Mode.QUOTA and not pool.quotas.filter(union_id__in=values["unions"]).exists():
        raise Refused("本次活动没有分配给您所在工会的名额。", "no-quota")
    raise Refused("名额已满。", "full")


@transaction.atomic
def cancel(entry: Entry) -> list[Entry]:
    """Give up a live entry; its places go to those who wait, who are returned.

    Refuses a dead entry, and any while a drawn list is frozen: the published list must stay the one drawn.
    """
    if entry.quota_id:
        entry.pool.quotas.select_for_update().get(pk=entry.quota_id)
    pool = Pool.objects.select_for_update().get(pk=entry.pool_id)
    if pool.awaits_draw:
        raise Refused("名单已锁定等待抽签，抽签结束后可以取消。", "frozen")
    current = Entry.objects.select_for_update().get(pk=entry.pk)
    if current.state not in Entry.LIVE:
        raise Refused("这次报名已经不在有效状态。", "not-live")
    end(current, State.CANCELLED)
    entry.state = State.CANCELLED
    return offers.pass_on(entry.pool_id)


def end(entry: Entry, state: str) -> None:
    """Move a locked entry to a dead `state` and free what it held. The pool is locked already."""
    if entry.state in Entry.HOLDING:
        offers.release(entry)
    entry.state = state
    entry.decided_at = Now()
    entry.save(update_fields=["state", "decided_at"])


@transaction.atomic
def decide(entry: Entry, *, accept: bool) -> Entry:
    """Accept or refuse a pending request (mode review).

    Refuses when decided already or without a place, and in a draw: there the lot decides, nobody else.
    """
    if Pool.objects.select_for_update().get(pk=entry.pool_id).mode == Pool.Mode.DRAW:
        raise Refused("抽签的名额由抽签决定，不能单独审核。", "draw-decides")
    current = Entry.objects.select_for_update().get(pk=entry.pk)
    if current.state != State.PENDING:
        raise Refused("这份报名已经处理过。", "decided")
    if not accept:
        end(current, State.REFUSED)
    elif not offers.take(current):
        raise Refused("名额已满，不能再通过。", "full")
    else:
        current.state = State.CONFIRMED
        current.decided_at = Now()
        current.save(update_fields=["state", "decided_at"])
    entry.state = current.state
    return current


@transaction.atomic
def add_by_hand(pool: Pool, *, person_id: int, size: int = 1) -> Entered:
    """Confirm a person outside window and order; the caller logs the override.

    A full pool grows by `size`, and so does one whose list is frozen: the places announced are all drawn for.
    """
    locked = Pool.objects.select_for_update().get(pk=pool.pk)
    if Entry.objects.filter(pool=pool, person_id=person_id, state__in=Entry.LIVE).exists():
        raise Refused("这位会员已经报名。", "already")
    promised = (locked.drawn_places or 0) if locked.awaits_draw else 0
    locked.capacity = max(locked.capacity, locked.taken + promised + size)
    locked.taken += size
    locked.save(update_fields=["capacity", "taken"])
    entry = Entry.objects.create(
        pool=pool, person_id=person_id, size=size, state=State.CONFIRMED, decided_at=Now(), is_override=True
    )
    return Entered(entry.pk, State.CONFIRMED, created=True)
