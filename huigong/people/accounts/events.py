"""Facts about accounts that higher modules listen to. Public door.

Sent with ``.send()`` inside the deciding transaction: a listener that raises rolls the decision back.
"""

from django.dispatch import Signal

account_closed = Signal()
"""An account is about to end, for good. `account`, as it still is. A listener with open business raises `Refused`."""

consent_withdrawn = Signal()
"""Somebody takes back what they agreed to. `account`, `purpose`. A listener that may not stop raises `Refused`."""
