"""The waiting list: a freed place is offered to the first who fits, for a limited time."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from huigong.core.errors import Refused
from huigong.resources.seats.models import Entry, Pool, Quota

State = Entry.State


def take(entry: Entry) -> bool:
    """Count the entry's places as taken if they are free. The pool is locked."""
    free = Pool.objects.filter(pk=entry.pool_id, taken__lte=F("capacity") - entry.size)
    return bool(free.update(taken=F("taken") + entry.size))


def release(entry: Entry) -> None:
    """Free the entry's places. Quota and pool are locked."""
    if entry.quota_id:
        Quota.objects.filter(pk=entry.quota_id).update(taken=F("taken") - entry.size)
    Pool.objects.filter(pk=entry.pool_id).update(taken=F("taken") - entry.size)


@transaction.atomic
def pass_on(pool_id: int) -> list[Entry]:
    """Offer free places to those who wait, in order, passing over a group that does not fit; return them.

    Nothing is offered once the pool is closed by hand.
    """
    pool = Pool.objects.select_for_update().get(pk=pool_id)
    if not pool.is_open or pool.mode == Pool.Mode.QUOTA:
        return []
    offered = []
    for entry in pool.entries.filter(state=State.WAITING).order_by("id").select_for_update():
        if pool.left <= 0:
            break
        if entry.size > pool.left:
            continue
        take(entry)
        pool.taken += entry.size
        entry.state = State.OFFERED
        entry.offered_until = Now() + timedelta(minutes=pool.offer_minutes)
        entry.save(update_fields=["state", "offered_until"])
        offered.append(entry)
    for entry in offered:
        entry.refresh_from_db(fields=["offered_until"])
    return offered


def accept_offer(entry: Entry) -> Entry:
    """Confirm an offered place. Refuses when the time is over or nothing is offered."""
    live = Entry.objects.filter(pk=entry.pk, state=State.OFFERED, offered_until__gt=Now())
    if not live.update(state=State.CONFIRMED, decided_at=Now()):
        raise Refused("候补名额已过确认时间，已让给下一位。", "offer-over")
    entry.state = State.CONFIRMED
    return entry


def expire_offers(pools: QuerySet[Any, Any]) -> tuple[list[Entry], list[Entry]]:
    """Let offers lapse whose time is over, in `pools`, and pass the places on: (lapsed, newly offered).

    Each pool is one transaction of its own; safe to run twice and at the same time.
    """
    due = Entry.objects.filter(state=State.OFFERED, offered_until__lte=Now(), pool__in=pools)
    lapsed: list[Entry] = []
    offered: list[Entry] = []
    for pool_id in due.values_list("pool_id", flat=True).distinct():
        with transaction.atomic():
            Pool.objects.select_for_update().get(pk=pool_id)
            for entry in due.filter(pool_id=pool_id).select_for_update():
                release(entry)
                entry.state = State.LAPSED
                entry.decided_at = Now()
                entry.save(update_fields=["state", "decided_at"])
                lapsed.append(entry)
            offered += pass_on(pool_id)
    return lapsed, offered
