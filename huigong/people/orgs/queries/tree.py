"""Reads of the union tree: finding unions, and their places in it."""

from collections.abc import Iterable
from functools import cache, lru_cache

from django.db.models import Q, QuerySet
from django.db.models.functions import Collate

from huigong.core import identity, verify
from huigong.core.audit import Actor
from huigong.core.prepared import Prepared
from huigong.people.orgs import permissions
from huigong.people.orgs.models import Union

_FEDERATIONS = (Union.Kind.VILLAGE, Union.Kind.REGIONAL, Union.Kind.TRADE)
"""Grassroots unions that have grassroots unions below them."""


def root() -> Union:
    """The union at the top of this platform's tree."""
    return Union.objects.get(parent=None)


def find_root() -> Union | None:
    """The top of the tree, or None before there is one."""
    return Union.objects.filter(parent=None).first()


@cache
def root_id() -> int:
    """The root's id. It never changes while a process lives: a platform has one tree."""
    return root().pk


_root_names = Prepared(lambda: Union.objects.filter(parent=None).values_list("name", flat=True))


def root_name() -> str:
    """The root's name, as it is now."""
    [name] = _root_names()
    return name


def established() -> QuerySet[Union]:
    """Unions that exist, in the order of their names."""
    live = (Union.State.ESTABLISHED, Union.State.COMPLETED)
    return Union.objects.filter(state__in=live).order_by("sort_key")


def ancestors(union: Union) -> QuerySet[Union]:
    """The unions above `union`, from the root down, without itself."""
    return Union.objects.filter(pk__in=union.ancestor_ids[:-1]).order_by("path")


def below(union: Union) -> QuerySet[Union]:
    """`union` and all below it."""
    return Union.objects.filter(path__within=union.path)


def find(text: str) -> QuerySet[Union]:
    """Established unions that a worker may mean: by part of the name, initials, or credit code.

    Public: these are names, no inner affairs. Units covered by joint unions count too.
    """
    return established().filter(_match(text)).distinct()


def _match(text: str) -> Q:
    code = identity.normalise_number(text)
    if not code:
        return Q(pk__in=[])
    if code.isascii() and code.isalnum():
        key = code.lower()
        return (
            Q(initials__contains=key)
            | Q(uscc=code)
            | Q(unit_uscc=code)
            | Q(covered_units__initials__contains=key)
            | Q(covered_units__uscc=code)
        )
    text = identity.normalise_name(text)
    return (
        Q(name__icontains=text)
        | Q(short_name__icontains=text)
        | Q(unit_name__icontains=text)
        | Q(covered_units__name__icontains=text)
    )


def meant(text: str) -> QuerySet[Union]:
    """Unions, whatever their state, that `text` may mean; for narrowing what somebody may see anyway."""
    return Union.objects.filter(_match(text)).distinct()


def seat(actor: Actor, permission: str) -> Union | None:
    """The highest union over which `actor` holds `permission`: in its books stands what they do for the whole."""
    return permissions.reach(actor, permission).order_by("level", "id").first()


def trade_of(union_id: int) -> str:
    """The trade of a union, or of the nearest above it that names one; "" where none does."""
    path = Union.objects.filter(pk=union_id).values_list("path", flat=True).first() or ""
    ids = [int(step) for step in path.split(".") if step]
    named = Union.objects.filter(pk__in=ids).exclude(industry="").order_by("-level")
    return named.values_list("industry", flat=True).first() or ""


def trades() -> list[str]:
    """The trades that established unions name, in the order of the alphabet."""
    named = established().exclude(industry="").order_by("industry")
    return list(named.values_list("industry", flat=True).distinct())


def levels() -> list[tuple[int, str]]:
    """(level, its name) of the levels at which unions of this tree stand, from the top down."""
    used = Union.objects.order_by("level").values_list("level", flat=True).distinct()
    return [(level, Union.Level(level).label) for level in used]


def branches(actor: Actor, chosen: int | None, *, permission: str) -> list[tuple[int, str, str]]:
    """(id, label, path) to choose a place in the tree from: what lies above the chosen union, itself, its children.

    Without one: the tops of the actor's reach and their children. Nothing out of reach, and never the whole tree.
    """
    reach = permissions.reach(actor, permission)
    union = reach.filter(pk=chosen).first() if chosen else None
    if union:
        rows = list(_shown(reach.filter(Q(pk__in=union.ancestor_ids) | Q(parent=union))))
    else:
        rows = _first_branches(tuple(permissions.tops(actor, permission)))()
    top = min((row.depth for row in rows), default=0)
    return [(row.pk, "　" * (row.depth - top) + (row.short_name or row.name), row.path) for row in rows]


@lru_cache(maxsize=1024)
def _first_branches(paths: tuple[str, ...]) -> Prepared[Union]:
    """The tops of a reach and their children: above every list of the workbench, and the same for years."""
    reach = Union.objects.filter(permissions.subtree(paths))
    tops = reach.exclude(parent__in=reach).values("pk")
    return Prepared(lambda: _shown(reach.filter(Q(pk__in=tops) | Q(parent__in=tops))))


def _shown(unions: QuerySet[Union]) -> QuerySet[Union]:
    return unions.exclude(state=Union.State.REJECTED).order_by(Collate("path", "C"))


def founding_parents() -> QuerySet[Union]:
    """Unions under which a worker may ask to found one, in the order of the tree: townships, industries, villages."""
    townships = Q(level__lte=Union.Level.TOWNSHIP)
    return established().filter(townships | Q(kind__in=_FEDERATIONS)).order_by("level", "sort_key")


def places_for(union: Union) -> QuerySet[Union]:
    """Where `union` may sensibly be moved: established unions above it, a branch or group only near where it is."""
    above = Q(level__lt=union.level)
    if union.level == Union.Level.GRASSROOTS:
        above |= Q(level=union.level, kind__in=(*_FEDERATIONS, Union.Kind.JOINT))
    places = established().filter(above).exclude(path__within=union.path)
    small = union.level == Union.Level.GROUP or union.kind == Union.Kind.BRANCH
    if small and len(union.ancestor_ids) > 2:
        near = "".join(f"{step}." for step in union.ancestor_ids[:-2])
        places = places.filter(path__within=near)
    return places.order_by("level", "sort_key")


def paths(union_ids: Iterable[int]) -> list[str]:
    """Their paths, for a condition on subtrees."""
    return list(Union.objects.filter(pk__in=list(union_ids)).values_list("path", flat=True))


def names(union_ids: Iterable[int]) -> list[str]:
    """Their names, in the order of the tree."""
    return list(Union.objects.filter(pk__in=list(union_ids)).order_by("path").values_list("name", flat=True))


@verify.invariant("orgs: every path is the parent's path and the own id")
def _paths() -> list[str]:
    return verify.rows(
        "SELECT u.id, u.path FROM orgs_union u LEFT JOIN orgs_union p ON p.id = u.parent_id"
        " WHERE u.path <> coalesce(p.path, '') || u.id || '.'"
    )


@verify.invariant("orgs: one root")
def _one_root() -> list[str]:
    return verify.rows("SELECT count(*), 'roots' FROM orgs_union WHERE parent_id IS NULL HAVING count(*) > 1")


@verify.invariant("orgs: dissolved unions have no offices and nothing living below")
def _dissolved() -> list[str]:
    return verify.rows(
        "SELECT u.id FROM orgs_union u WHERE u.state = 'dissolved' AND ("
        " EXISTS (SELECT 1 FROM orgs_post p WHERE p.union_id = u.id AND p.ended_at IS NULL)"
        " OR EXISTS (SELECT 1 FROM orgs_union c WHERE c.parent_id = u.id AND c.state NOT IN ('dissolved', 'rejected')))"
    )
