"""Making pools and changing what they hold."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from huigong.core import crypto, resealing
from huigong.core.errors import Refused
from huigong.resources.seats.models import Entry, Pool, Quota
from huigong.resources.seats.operations import offers
from huigong.resources.seats.queries import seed_hash


def seed_context(seed_hash: str) -> str:
    """What the sealed seed of a draw is bound to."""
    return f"seats_pool.seed.{seed_hash}"


@transaction.atomic
def create_pool(
    *,
    mode: str,
    capacity: int,
    opens_at: datetime,
    closes_at: datetime,
    has_waitlist: bool = True,
    offer_minutes: int = 120,
) -> Pool:
    """A pool that takes no entries yet. A drawn one commits to its seed here, before anybody enters."""
    pool = Pool(
        mode=mode,
        capacity=capacity,
        opens_at=opens_at,
        closes_at=closes_at,
        has_waitlist=has_waitlist,
        offer_minutes=offer_minutes,
    )
    if mode == Pool.Mode.DRAW:
        seed = secrets.token_hex(32)
        pool.seed_hash = seed_hash(seed)
        pool.seed_sealed = crypto.seal(seed, context=seed_context(pool.seed_hash))
    pool.save()
    return pool


def open_pool(pool: Pool) -> None:
    """Let entries in while the window is open."""
    Pool.objects.filter(pk=pool.pk).update(is_open=True)
    pool.is_open = True


def close(pool: Pool) -> None:
    """Take no more entries, whatever the window says. Places already held stay held."""
    Pool.objects.filter(pk=pool.pk).update(is_open=False)
    pool.is_open = False


@transaction.atomic
def change_capacity(pool: Pool, *, capacity: int) -> list[Entry]:
    """Set how many places there are; new ones go to those who wait, who are returned.

    Refuses fewer than are taken, and any other number between the freezing of a drawn list and its draw.
    """
    locked = Pool.objects.select_for_update().get(pk=pool.pk)
    if locked.awaits_draw and capacity != locked.capacity:
        raise Refused("名单已锁定等待抽签，抽签结束后才能改名额。", "frozen")
    if not Pool.objects.filter(pk=pool.pk, taken__lte=capacity).update(capacity=capacity):
        raise Refused("名额不能少于已占用的数量。", "below-taken")
    return offers.pass_on(pool.pk)


def change_window(pool: Pool, *, opens_at: datetime, closes_at: datetime, has_waitlist: bool) -> None:
    """Set when entries are taken and whether there is a waiting list."""
    Pool.objects.filter(pk=pool.pk).update(opens_at=opens_at, closes_at=closes_at, has_waitlist=has_waitlist)


@transaction.atomic
def set_quotas(pool: Pool, quotas: Mapping[int, int]) -> None:
    """Set places apart by union id. Refuses a sum above the capacity, or fewer than a union has taken."""
    locked = Pool.objects.select_for_update().get(pk=pool.pk)
    if sum(quotas.values()) > locked.capacity:
        raise Refused("各工会名额之和超过总名额，请调整。", "quota-sum", status=422)
    pool.quotas.exclude(union_id__in=quotas).filter(taken=0).delete()
    for union_id, capacity in quotas.items():
        quota, made = Quota.objects.get_or_create(
            pool=pool, union_id=union_id, defaults={"capacity": capacity}
        )
        if not made and not Quota.objects.filter(pk=quota.pk, taken__lte=capacity).update(capacity=capacity):
            raise Refused("有工会的名额少于已报人数，请调整。", "below-taken", status=422)


@resealing.holder("seats_pool.seed_sealed")
def reseal_seeds() -> int:
    """Seal the seeds of draws anew; returns how many."""
    count = 0
    old = Pool.objects.exclude(seed_sealed="").exclude(seed_sealed__startswith=crypto.current_prefix())
    for pool in old.iterator():
        context = seed_context(pool.seed_hash)
        sealed = crypto.seal(crypto.unseal(pool.seed_sealed, context=context), context=context)
        count += Pool.objects.filter(pk=pool.pk).update(seed_sealed=sealed)
    return count
