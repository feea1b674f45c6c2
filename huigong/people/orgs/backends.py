"""Django's question "may this account?" (`user.has_perm`), answered by posts."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from huigong.people.orgs import permissions


class PostBackend(BaseBackend):
    """`account.has_perm("module:thing:verb", union)`: over that union, or without one over any."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if ":" not in perm:  # one of Django's own, such as auth.view_group: nobody has those
            return False
        if obj is None:
            return permissions.may_anywhere(user_obj, perm)
        return permissions.may(user_obj, perm, obj)
