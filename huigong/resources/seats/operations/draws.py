"""The draw, which anybody can recompute with `seats.queries.winners`.

Before anyone enters, the hash of a secret seed is published. At closing, the entry list, its hash and the
number of places are. At the draw, the seed is.
"""

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import crypto
from huigong.core.errors import Refused
from huigong.resources.seats.models import Entry, Pool
from huigong.resources.seats.operations.pools import seed_context
from huigong.resources.seats.queries import list_hash, winners

State = Entry.State


@transaction.atomic
def freeze(pool: Pool) -> Pool:
    """Close the list, publish its hash and settle how many places are drawn for.

    Refuses what is no draw, and while the window is open; twice changes nothing.
    """
    locked = Pool.objects.select_for_update().get(pk=pool.pk)
    if locked.mode != Pool.Mode.DRAW:
        raise Refused("这里不是抽签。", "not-draw")
    if locked.entries_hash:
        return locked
    if Pool.objects.filter(pk=pool.pk, closes_at__gt=Now(), is_open=True).exists():
        raise Refused("报名还没有结束，不能锁定名单。", "open")
    pending = locked.entries.filter(state=State.PENDING).order_by("id").values_list("id", "size")
    locked.frozen = [list(pair) for pair in pending]
    locked.entries_hash = list_hash(locked.frozen)
    locked.drawn_places = locked.capacity - locked.taken
    locked.is_open = False
    locked.save(update_fields=["frozen", "entries_hash", "drawn_places", "is_open"])
    return locked


@transaction.atomic
def draw(pool: Pool) -> list[Entry]:
    """Draw a frozen pool and reveal its seed; returns the entries that won. Refuses a second draw."""
    locked = Pool.objects.select_for_update().get(pk=pool.pk)
    if locked.drawn_at:
        raise Refused("已经抽过签。", "drawn")
    if not locked.entries_hash:
        raise Refused("请先锁定报名名单，再抽签。", "not-frozen")
    entries = {entry.pk: entry for entry in locked.entries.filter(state=State.PENDING).select_for_update()}
    if locked.drawn_places is None or list_hash(locked.frozen or []) != locked.entries_hash:
        raise Refused("报名名单与锁定时不一致，已停止抽签，请联系系统管理员。", "list-changed")
    seed = crypto.unseal(locked.seed_sealed, context=seed_context(locked.seed_hash))
    won = winners(locked.frozen or [], seed, locked.drawn_places)
    locked.entries.filter(pk__in=won).update(state=State.CONFIRMED, decided_at=Now())
    locked.entries.filter(pk__in=entries.keys() - set(won)).update(state=State.LOST, decided_at=Now())
    locked.taken += sum(entries[entry_id].size for entry_id in won)
    locked.seed = seed
    locked.drawn_at = Now()
    locked.save(update_fields=["taken", "seed", "drawn_at"])
    return [entries[entry_id] for entry_id in won]
