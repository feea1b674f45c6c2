"""Facts about members that higher modules listen to. Public door.

Each is sent inside the deciding transaction: a listener that raises rolls the decision back. The payload is
keyword-only; ids of unions rather than objects, because a listener rarely needs more.
"""

from django.dispatch import Signal

member_joined = Signal()
"""Somebody became a member. `person`, `union_id`."""

member_transferred = Signal()
"""A member moved to another union. `person`, `from_union_id`, `union_id`."""

member_left = Signal()
"""A membership ended for good. `person`, `union_id`, `state`: left, expelled or deceased."""
