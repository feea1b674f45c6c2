"""Every write to places. Public door.

Modules that give out places compose these; what a place is for, and who is told, they know themselves.
"""

from huigong.resources.seats.operations.claims import add_by_hand, cancel, decide, enter
from huigong.resources.seats.operations.draws import draw, freeze
from huigong.resources.seats.operations.offers import accept_offer, expire_offers
from huigong.resources.seats.operations.pools import (
    change_capacity,
    change_window,
    close,
    create_pool,
    open_pool,
    set_quotas,
)

__all__ = [
    "accept_offer",
    "add_by_hand",
    "cancel",
    "change_capacity",
    "change_window",
    "close",
    "create_pool",
    "decide",
    "draw",
    "enter",
    "expire_offers",
    "freeze",
    "open_pool",
    "set_quotas",
]
