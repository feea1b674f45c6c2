"""Who holds which office, and since when until when."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from huigong.core import identity
from huigong.core.audit import Actor
from huigong.core.prepared import Prepared, Slot
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.queries.tree import ancestors, meant

REMIND_BEFORE = timedelta(days=30)
"""So long before a term ends its holder and the union above are told."""


def officers(union: Union, *roles: str) -> QuerySet[Post]:
    """Posts held at `union` itself today, of the given roles or all."""
    held = Post.objects.filter(union=union).filter(_running()).select_related("account")
    return held.filter(role__in=roles) if roles else held


def posts_by_term(posts: QuerySet[Post], term: str) -> QuerySet[Post]:
    """Of `posts` those in office ("running"), soon over ("ending") or over ("ended"); all for ""."""
    today = timezone.localdate()
    over = Q(ended_at__isnull=False) | Q(ends_on__lt=today)
    if term == "ended":
        return posts.filter(over)
    if term == "running":
        return posts.exclude(over)
    return posts.exclude(over).filter(ends_on__lte=today + REMIND_BEFORE) if term == "ending" else posts


def posts_meant(posts: QuerySet[Post], text: str) -> QuerySet[Post]:
    """Of `posts` those whose holder, title or union `text` may mean."""
    name = identity.normalise_name(text)
    return posts.filter(
        Q(account__display_name__icontains=name)
        | Q(title__icontains=name)
        | Q(union__in=meant(text).values("pk"))
    )


def _nearest_first(union: Union) -> Iterator[Union]:
    """The union itself, then those above it, which are looked up when they are asked for."""
    yield union
    yield from ancestors(union).reverse()


def officer_accounts(union: Union, *roles: str) -> list[int]:
    """Account ids of those who act for `union`; when nobody does, of the nearest union above.

    This is whom a new request is announced to, so that none falls into an empty office.
    """
    for office in _nearest_first(union):
        ids = list(officers(office, *roles).values_list("account_id", flat=True).distinct())
        if ids:
            return ids
    return []


def offices(actor: Actor) -> list[str]:
    """The offices that `actor` holds today, in words."""
    return [str(post) for post in _offices(account=actor.pk, today=timezone.localdate())]


_offices = Prepared(
    lambda: (
        Post.objects.filter(
            account_id=Slot("account"),
            ended_at=None,
            starts_on__lte=Slot("today"),
            ends_on__gte=Slot("today"),
        )
        .select_related("union")
        .order_by("union__level", "id")
    )
)


def office_of(actor: Actor, union: Union) -> str:
    """The office in which `actor` decides about `union`: the nearest at or above it where they hold a post."""
    held = Post.objects.filter(_running(), account_id=actor.pk, union__in=union.ancestor_ids)
    return held.order_by("-union__path").values_list("union__name", flat=True).first() or ""


def _running() -> Q:
    today = timezone.localdate()
    return Q(ended_at=None, starts_on__lte=today, ends_on__gte=today)


def accounts_in_office(roles: Iterable[str]) -> QuerySet[Any]:
    """Ids of accounts that hold one of `roles` anywhere today; use it as a subquery."""
    return Post.objects.filter(_running(), role__in=list(roles)).values_list("account_id", flat=True)


def office_paths(account_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(account, path of the union) of every office that those accounts hold today."""
    held = Post.objects.filter(_running(), account_id__in=list(account_ids))
    return list(held.values_list("account_id", "union__path"))
