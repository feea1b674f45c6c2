"""Reads of the union tree that others need."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from huigong.core import identity, verify
from huigong.core.audit import Actor
from huigong.people.orgs.models import ObjectGrant, Post, Registration, Union


def root() -> Union:
    """The union at the top of this platform's tree."""
    return Union.objects.get(parent=None)


@cache
def root_id() -> int:
    """The root's id. It never changes while a process lives: a platform has one tree."""
    return root().pk


def root_name() -> str:
    """The root's name, as it is now."""
    return Union.objects.values_list("name", flat=True).get(parent=None)


def established() -> QuerySet[Union]:
    """Unions that exist, in the order of their names."""
    live = (Union.State.ESTABLISHED, Union.State.COMPLETED)
    return Union.objects.filter(state__in=live).order_by("sort_key")


def ancestors(union: Union) -> QuerySet[Union]:
    """The unions above `union`, from the root down, without itself."""
    return Union.objects.filter(pk__in=union.ancestor_ids[:-1]).order_by("path")


def below(union: Union) -> QuerySet[Union]:
    """`union` and all below it."""
    return Union.objects.filter(path__startswith=union.path)


def find(text: str) -> QuerySet[Union]:
    """Established unions that a worker may mean: by part of the name, initials, or credit code.

    Public: these are names, no inner affairs. Units covered by joint unions count too.
    """
    code = identity.normalise_number(text)
    if not code:
        return established().none()
    if code.isascii() and code.isalnum():
        key = code.lower()
        match = (
            Q(initials__contains=key)
            | Q(uscc=code)
            | Q(unit_uscc=code)
            | Q(covered_units__initials__contains=key)
            | Q(covered_units__uscc=code)
        )
    else:
        text = identity.normalise_name(text)
        match = (
            Q(name__icontains=text)
            | Q(short_name__icontains=text)
            | Q(unit_name__icontains=text)
            | Q(covered_units__name__icontains=text)
        )
    return established().filter(match).distinct()


def founding_parents() -> QuerySet[Union]:
    """Unions under which a worker may ask to found one, in the order of the tree: townships, industries, villages."""
    kinds = (Union.Kind.VILLAGE, Union.Kind.REGIONAL, Union.Kind.TRADE)
    return established().filter(Q(level__lte=Union.Level.TOWNSHIP) | Q(kind__in=kinds)).order_by("level", "sort_key")


def places_for(union: Union) -> QuerySet[Union]:
    """Where `union` may be moved as far as levels go: established unions above its level, outside its subtree."""
    above = Q(level__lt=union.level)
    if union.level == Union.Level.GRASSROOTS:
        above |= Q(level=union.level)
    return established().filter(above).exclude(path__startswith=union.path)


def registration_of(union: Union) -> Registration | None:
    """The request by which `union` was founded online, if it was."""
    return Registration.objects.filter(union=union).select_related("applicant").first()


def my_registrations(actor: Actor) -> list[Registration]:
    """The actor's requests to found a union, newest first."""
    return list(Registration.objects.filter(applicant_id=actor.pk).select_related("union").order_by("-id"))


def officers(union: Union, *roles: str) -> QuerySet[Post]:
    """Posts held at `union` itself today, of the given roles or all."""
    held = Post.objects.filter(union=union).filter(_running()).select_related("account")
    return held.filter(role__in=roles) if roles else held


def officer_accounts(union: Union, *roles: str) -> list[int]:
    """Account ids of those who act for `union`; when nobody does, of the nearest union above.

    This is whom a new request is announced to, so that none falls into an empty office.
    """
    chain = [*ancestors(union), union]
    for office in reversed(chain):
        ids = list(officers(office, *roles).values_list("account_id", flat=True).distinct())
        if ids:
            return ids
    return []


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


def paths(union_ids: Iterable[int]) -> list[str]:
    """Their paths, for a condition on subtrees."""
    return list(Union.objects.filter(pk__in=list(union_ids)).values_list("path", flat=True))


def names(union_ids: Iterable[int]) -> list[str]:
    """Their names, in the order of the tree."""
    return list(Union.objects.filter(pk__in=list(union_ids)).order_by("path").values_list("name", flat=True))


def grants_on(kind: str, object_id: int) -> QuerySet[ObjectGrant]:
    """Guests on one object, live ones."""
    return ObjectGrant.objects.filter(kind=kind, object_id=object_id, revoked_at=None).select_related("account")


@verify.invariant("orgs: every path is the parent's path and the own id")
def _paths() -> list[str]:
    return verify.rows(
        "SELECT u.id, u.path FROM orgs_union u LEFT JOIN orgs_union p ON p.id = u.parent_id"
        " WHERE u.path <> coalesce(p.path, '') || u.id || '.'"
    )


@verify.invariant("orgs: one root")
def _one_root() -> list[str]:
    return verify.rows(
        "SELECT count(*), 'roots' FROM orgs_union WHERE parent_id IS NULL HAVING count(*) > 1"
    )


@verify.invariant("orgs: a union is founded exactly while its registration is open")
def _registrations() -> list[str]:
    return verify.rows(
        "SELECT r.id, u.state FROM orgs_registration r JOIN orgs_union u ON u.id = r.union_id WHERE r.is_open"
        " <> (u.state IN ('submitted', 'replied', 'recruiting', 'grouping', 'convening'))"
    )


@verify.invariant("orgs: dissolved unions have no offices and nothing living below")
def _dissolved() -> list[str]:
    return verify.rows(
        "SELECT u.id FROM orgs_union u WHERE u.state = 'dissolved' AND ("
        " EXISTS (SELECT 1 FROM orgs_post p WHERE p.union_id = u.id AND p.ended_at IS NULL)"
        " OR EXISTS (SELECT 1 FROM orgs_union c WHERE c.parent_id = u.id AND c.state NOT IN ('dissolved', 'rejected')))"
    )
