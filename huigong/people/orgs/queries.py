"""Reads of the union tree that others need."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Collate
from django.utils import timezone

from huigong.core import identity, verify
from huigong.core.audit import Actor
from huigong.core.formats import date_zh
from huigong.core.prepared import Prepared, Slot
from huigong.people.approvals import queries as approvals
from huigong.people.orgs import permissions
from huigong.people.orgs.models import CoveredUnit, ObjectGrant, Partner, Post, Registration, Union

_FEDERATIONS = (Union.Kind.VILLAGE, Union.Kind.REGIONAL, Union.Kind.TRADE)
"""Grassroots unions that have grassroots unions below them."""

REMIND_BEFORE = timedelta(days=30)
"""So long before a term ends its holder and the union above are told."""


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


def registration_of(union: Union) -> Registration | None:
    """The request by which `union` was founded online, if it was."""
    return Registration.objects.filter(union=union).select_related("applicant").first()


@dataclass(frozen=True)
class Progress:
    """A request to found a union as its applicant sees it. `steps` as the timeline macro takes them."""

    registration: Registration
    tone: str
    facts: list[tuple[str, str]]
    steps: list[dict[str, Any]]
    next_hint: str


_HINTS = {
    Union.State.REPLIED: "上级工会已同意。请向职工宣传，动员大家入会。",
    Union.State.RECRUITING: "请收集职工的入会申请书，满 25 人应设立工会委员会。",
    Union.State.GROUPING: "请按班组或部门建立工会小组，选出小组长。",
    Union.State.CONVENING: "请筹备会员大会，选举工会委员会和主席，把结果报上级工会。",
}


def founding_progress(registration: Registration) -> Progress:
    """The steps done, the present one and those to come."""
    union = registration.union
    done = [_step(step) for step in approvals.trail(registration)]
    return Progress(
        registration=registration,
        tone="grey" if union.state == Union.State.REJECTED else "ok" if union.is_established else "gold",
        facts=[
            ("上级工会", union.parent.name if union.parent else ""),
            ("单位", union.unit_name),
            ("职工人数", f"{union.worker_count:,} 人"),
            ("拟任主席", registration.chair_name),
            ("答复期限", date_zh(registration.due_on) if union.state == Union.State.SUBMITTED else ""),
            ("审核意见", registration.decided_reason),
        ],
        steps=[*done, *_steps_ahead(union)],
        next_hint=_HINTS.get(Union.State(union.state), ""),
    )


def _step(step: Any) -> dict[str, Any]:
    bad = step.decision in ("rejected", "withdrawn")
    note = "：".join(part for part in (step.office, step.remark) if part)
    return {
        "title": step.step,
        "time": date_zh(step.created_at),
        "note": note,
        "state": "bad" if bad else "done",
    }


def _steps_ahead(union: Union) -> list[dict[str, Any]]:
    """What is still to come; its first entry is what everybody waits for now."""
    ahead = {
        Union.State.SUBMITTED: "上级批复",
        Union.State.REPLIED: "发展会员",
        Union.State.RECRUITING: "建立工会小组",
        Union.State.GROUPING: "筹备召开会员大会",
        Union.State.CONVENING: "召开会员大会，建会",
    }
    if union.state not in ahead:
        return []
    titles = list(ahead.values())[list(ahead).index(Union.State(union.state)) :]
    return [{"title": title, "state": "todo" if place else "now"} for place, title in enumerate(titles)]


def registrations_waiting(actor: Actor) -> QuerySet[Registration]:
    """Requests that the actor's office above has to answer or see through, the most urgent first; never their own."""
    above = permissions.reach(actor, permissions.UNION_APPROVE)
    waiting = Registration.objects.filter(is_open=True, union__parent__in=above)
    return waiting.exclude(applicant_id=actor.pk).order_by("due_on", "id")


def my_registrations(actor: Actor) -> list[Registration]:
    """The actor's requests to found a union, newest first."""
    return list(Registration.objects.filter(applicant_id=actor.pk).select_related("union").order_by("-id"))


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


class Unit(NamedTuple):
    """An employer that a union stands for, by name and credit code."""

    union_id: int
    name: str
    code: str


def units_near(paths: Iterable[str], union_ids: Iterable[int]) -> Iterator[Unit]:
    """The units, under each of their names, of the unions in the subtrees of `paths` and of those in `union_ids`."""
    near = Q(pk__in=list(union_ids))
    for path in paths:
        near |= Q(path__startswith=path)
    found = list(Union.objects.filter(near).values_list("pk", "name", "unit_name", "unit_uscc", "uscc"))
    for pk, name, unit_name, code, union_code in found:
        yield Unit(pk, unit_name, code)
        yield Unit(pk, name, union_code)
    covered = CoveredUnit.objects.filter(union__in=[row[0] for row in found])
    yield from (Unit(*row) for row in covered.values_list("union_id", "name", "uscc"))


def unit_of(union_id: int) -> Unit:
    """The employer of a union."""
    return Unit(*Union.objects.values_list("pk", "unit_name", "unit_uscc").get(pk=union_id))


def union_of_unit(*, name: str, code: str) -> Union | None:
    """The union of the employer with that credit code, or else of exactly that name; None when there is none."""
    for wanted in (Q(unit_uscc=code) if code else None, Q(unit_name=name)):
        if wanted is not None and (found := established().filter(wanted).order_by("path").first()):
            return found
    same = Q(uscc=code) if code else Q(name=name)
    covered = CoveredUnit.objects.filter(same).select_related("union").first()
    return covered.union if covered else None


def paths(union_ids: Iterable[int]) -> list[str]:
    """Their paths, for a condition on subtrees."""
    return list(Union.objects.filter(pk__in=list(union_ids)).values_list("path", flat=True))


def names(union_ids: Iterable[int]) -> list[str]:
    """Their names, in the order of the tree."""
    return list(Union.objects.filter(pk__in=list(union_ids)).order_by("path").values_list("name", flat=True))


def partners_for(union: Union) -> QuerySet[Partner]:
    """Partners that `union` may invite: its own, and those of the unions above it."""
    kept = Partner.objects.filter(union__in=union.ancestor_ids, ended_at=None)
    return kept.select_related("account", "union").order_by("-union__level", "name")


def partners_meant(partners: QuerySet[Partner], text: str) -> QuerySet[Partner]:
    """Of `partners` those whose name, or whose person's, `text` may mean."""
    word = identity.normalise_name(text)
    return partners.filter(Q(name__icontains=word) | Q(account__display_name__icontains=word))


_figures: list[Callable[[Union], str]] = []


def figure(count: Callable[[Union], str]) -> Callable[[Union], str]:
    """Let a higher module tell a figure about a union ("会员 48 人") on its page; used as a decorator."""
    _figures.append(count)
    return count


def figures_of(union: Union) -> str:
    """What the higher modules count of a union, in words."""
    return "，".join(count(union) for count in _figures)


def grants_on(kind: str, object_id: int) -> QuerySet[ObjectGrant]:
    """Guests on one object, live ones, and those invited who have not answered."""
    live = ObjectGrant.objects.filter(
        kind=kind, object_id=object_id, revoked_at=None, expires_at__gt=timezone.now()
    )
    return live.select_related("account", "partner").order_by("id")


def guests_on(kind: str, object_id: int) -> QuerySet[ObjectGrant]:
    """Guests on one object who have accepted and still work there."""
    return grants_on(kind, object_id).filter(state=ObjectGrant.State.ACCEPTED)


@verify.invariant("orgs: every path is the parent's path and the own id")
def _paths() -> list[str]:
    return verify.rows(
        "SELECT u.id, u.path FROM orgs_union u LEFT JOIN orgs_union p ON p.id = u.parent_id"
        " WHERE u.path <> coalesce(p.path, '') || u.id || '.'"
    )


@verify.invariant("orgs: one root")
def _one_root() -> list[str]:
    return verify.rows("SELECT count(*), 'roots' FROM orgs_union WHERE parent_id IS NULL HAVING count(*) > 1")


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
