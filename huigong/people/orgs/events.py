"""Facts about the tree that higher modules listen to. Public door.

Sent with ``.send()`` inside the deciding transaction: a listener that raises rolls the decision back.
"""

from django.dispatch import Signal

org_moved = Signal()
"""A union came under another parent, with all below it. `union_id`, `old_path`, `path`."""

org_dissolved = Signal()
"""A union is about to end. `union_id`. A listener that still has something there raises `Refused`."""
