"""The tree itself: putting unions into it, changing, moving and ending them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Length, Now
from django.urls import reverse

from huigong.core import audit, identity, pinyin
from huigong.core.errors import Refused
from huigong.people.accounts import operations as accounts
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import events, permissions, queries
from huigong.people.orgs.models import CoveredUnit, Post, Union

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

State = Union.State
_TREE_LOCK = 5201314
"""Any number that no other advisory lock has."""
_LOCK_ALONE = "SELECT pg_advisory_xact_lock(%s)"
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(%s)"

_EDITABLE = (
    "name",
    "short_name",
    "kind",
    "unit_name",
    "unit_uscc",
    "uscc",
    "ownership",
    "economy",
    "industry",
    "region_code",
    "address",
    "postcode",
    "contact_phone",
    "email",
    "worker_count",
    "founded_on",
    "elected_on",
    "term_number",
)
_COMPLETE = ("unit_name", "address", "contact_phone", "worker_count", "founded_on", "elected_on")
"""What an established union must tell before it counts as 信息已完善."""


def lock_tree(*, alone: bool) -> None:
    """Hold the shape of the tree until the transaction ends.

    Unions may be added side by side; a move must be alone. Without this a child added while its parent moves
    would keep the path of yesterday.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_ALONE if alone else _LOCK_SHARED, [_TREE_LOCK])


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_union', 'id'))")
        return cursor.fetchone()[0]


def plant_root(name: str, *, actor: audit.Actor) -> Union:
    """The county federation at the top of an empty platform's tree."""
    return create_union(name, level=Union.Level.COUNTY, kind=Union.Kind.FEDERATION, parent=None, actor=actor)


@transaction.atomic
def create_union(
    name: str, *, level: int, kind: str, parent: Union | None, actor: audit.Actor, **fields: Any
) -> Union:
    """Put a new union under `parent` (None only for the root). Its path never exists unfinished.

    Refuses a parent that is not above it.
    """
    lock_tree(alone=False)
    if parent:
        parent.refresh_from_db(fields=["path"])
        _require_above(parent, level)
    union_id = _next_id()
    union = Union(
        pk=union_id,
        name=name,
        level=level,
        kind=kind,
        parent=parent,
        path=f"{parent.path if parent else ''}{union_id}.",
        sort_key=pinyin.sort_key(name),
        initials=pinyin.initials(name),
        **fields,
    )
    union.save(force_insert=True)
    after = {"name": name, "kind": kind, "parent": parent.name if parent else None}
    audit.record(actor, "orgs:union:create", union, after=after, org=union)
    return union


@transaction.atomic
def edit_union(union: Union, *, actor: audit.Actor, **fields: Any) -> Union:
    """Change what is known about a union; an established one with nothing missing becomes 信息已完善.

    Refuses wrong credit codes (422) and a union that was dissolved.
    """
    unknown = fields.keys() - set(_EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a union to edit: {sorted(unknown)}")
    if union.state == State.DISSOLVED:
        raise Refused("这个工会已撤销，不能再修改。", "dissolved")
    fields |= check_codes(**{name: fields[name] for name in ("unit_uscc", "uscc") if name in fields})
    stored = Union.objects.select_for_update(no_key=True).get(pk=union.pk)
    before = {name: getattr(stored, name) for name, value in fields.items() if getattr(stored, name) != value}
    for name in before:
        setattr(stored, name, fields[name])
    if "name" in before:
        stored.sort_key, stored.initials = pinyin.sort_key(stored.name), pinyin.initials(stored.name)
    if stored.state == State.ESTABLISHED and all(getattr(stored, name) for name in _COMPLETE):
        before["state"], stored.state = stored.state, State.COMPLETED
    if before:
        stored.save(update_fields=[*before, "sort_key", "initials"])
        after = {name: getattr(stored, name) for name in before}
        audit.record(actor, "orgs:union:edit", stored, before=before, after=after, org=stored)
    union.refresh_from_db()
    return union


def check_codes(**codes: str) -> dict[str, str]:
    """The credit codes as they are stored; empty ones stay empty. Refuses one that cannot be right."""
    checked = {}
    for name, code in codes.items():
        try:
            checked[name] = identity.normalise_credit_code(code) if code.strip() else ""
        except ValueError as error:
            raise Refused(str(error), "bad-code", status=422) from None
    return checked


@transaction.atomic
def set_covered_units(union: Union, units: Sequence[tuple[str, str]], *, actor: audit.Actor) -> None:
    """Say which units (name, credit code or "") a joint union covers; the list replaces the former one."""
    wanted = {
        name: check_codes(uscc=code)["uscc"]
        for name, code in ((identity.normalise_name(n), c) for n, c in units)
    }
    before = dict(union.covered_units.values_list("name", "uscc"))
    if wanted == before:
        return
    union.covered_units.all().delete()
    CoveredUnit.objects.bulk_create(
        CoveredUnit(union=union, name=name, uscc=code, initials=pinyin.initials(name))
        for name, code in wanted.items()
    )
    audit.record(
        actor,
        "orgs:union:cover",
        union,
        before={"units": sorted(before)},
        after={"units": sorted(wanted)},
        org=union,
    )


@transaction.atomic
def set_second_parent(union: Union, second_parent: Union | None, *, actor: audit.Actor) -> Union:
    """Name the union that helps to look after this one (协管), or nobody.

    Refuses the leading parent itself, and a union of the own subtree.
    """
    lock_tree(alone=False)
    union.refresh_from_db(fields=["path", "parent", "second_parent"])
    if second_parent and second_parent.pk == union.parent_id:
        raise Refused("协管工会不能与上级工会相同。", "same-parent", status=422)
    if second_parent and union.covers(second_parent):
        raise Refused("协管工会不能是本工会或它的下级。", "cycle")
    before = {"second_parent": union.second_parent.name if union.second_parent else None}
    union.second_parent = second_parent
    union.save(update_fields=["second_parent"])
    after = {"second_parent": second_parent.name if second_parent else None}
    audit.record(actor, "orgs:union:second-parent", union, before=before, after=after, org=union)
    return union


_MOVE = """
UPDATE orgs_union SET path = %(new)s || substr(path, length(%(old)s) + 1)
WHERE path LIKE %(old)s || '%%'
"""


@transaction.atomic
def move_union(union: Union, *, parent: Union, actor: audit.Actor, reason: str) -> Union:
    """Bring a union and all below it under another parent, in one step that no reader sees half done.

    Refuses a parent inside its own subtree ("cycle"), one of a lower level or not established, the root
    itself, and, with 403, whoever is not in charge of both places.
    """
    lock_tree(alone=True)
    union.refresh_from_db()
    parent.refresh_from_db()
    _require_movable(union, parent, actor)
    old_parent, old_path = union.parent, union.path
    new_path = f"{parent.path}{union.pk}."
    _require_shallow(old_path, new_path)
    Union.objects.filter(pk=union.pk).update(parent=parent)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"old": old_path, "new": new_path})
    union.refresh_from_db()
    audit.record(
        actor,
        "orgs:union:move",
        union,
        before={"parent": old_parent.name if old_parent else None},
        after={"parent": parent.name, "reason": reason},
        org=union,
    )
    approvals.note(
        union,
        step="调整上级工会",
        decision=approvals.Decision.APPROVED,
        actor=actor,
        office=parent.name,
        remark=reason,
    )
    events.org_moved.send(Union, union_id=union.pk, old_path=old_path, path=new_path)
    _tell_of_move(union, old_parent, parent)
    return union


def _require_movable(union: Union, parent: Union, actor: audit.Actor) -> None:
    if union.parent is None:
        raise Refused("最上级工会不能移动。", "root")
    if union.covers(parent):
        raise Refused("不能移到它自己或它的下级工会。", "cycle")
    for place in (union.parent, parent):
        if not permissions.may(actor, permissions.UNION_MOVE, place):
            raise Refused("只能在您管理的范围内调整工会。", "not-in-charge", status=403)
    if not parent.is_established:
        raise Refused("新的上级工会还没有建立。", "not-established")
    _require_above(parent, union.level)


def _require_above(parent: Union, level: int) -> None:
    """Levels fall from top to bottom; only grassroots unions stand below each other (federations, branches)."""
    both_grassroots = parent.level == level == Union.Level.GRASSROOTS
    if parent.level >= level and not both_grassroots:
        raise Refused("上级工会的级别要高于它。", "wrong-level")


def _require_shallow(old_path: str, new_path: str) -> None:
    """The longest path below must still fit its column."""
    longest = Union.objects.filter(path__within=old_path).aggregate(most=Max(Length("path")))["most"]
    if longest - len(old_path) + len(new_path) > Union._meta.get_field("path").max_length:
        raise Refused("层级太深，不能移到这里。", "too-deep")


def _tell_of_move(union: Union, old_parent: Union | None, parent: Union) -> None:
    inbox.send(
        {
            account
            for office in (union, old_parent, parent)
            if office is not None
            for account in queries.officer_accounts(office, *permissions.LEADERS)
        },
        kind=inbox.Kind.SYSTEM,
        title=f"{union}的上级工会已调整为{parent}",
        body=f"原上级工会：{old_parent}",
        url=reverse("admin:orgs_union_change", args=[union.pk]),
    )


@transaction.atomic
def dissolve_union(union: Union, *, actor: audit.Actor, reason: str) -> Union:
    """End a union: its offices end, its name stays on record.

    Refuses while unions are left below it or anything of a higher module is (members, first of all), and,
    with 403, whoever holds no leading office above it.
    """
    lock_tree(alone=True)
    union.refresh_from_db()
    if union.parent is None:
        raise Refused("最上级工会不能撤销。", "root")
    if not permissions.may(actor, permissions.UNION_APPROVE, union.parent):
        raise Refused("须由上级工会撤销。", "not-above", status=403)
    if not union.is_established:
        raise Refused("只能撤销已建立的工会。", "wrong-state")
    gone = (State.DISSOLVED, State.REJECTED)
    if queries.below(union).exclude(pk=union.pk).exclude(state__in=gone).exists():
        raise Refused("还有下级工会，请先移走或撤销它们。", "has-children")
    events.org_dissolved.send(Union, union_id=union.pk)
    before = {"state": union.state}
    Union.objects.filter(pk=union.pk).update(state=State.DISSOLVED)
    union.state = State.DISSOLVED
    _end_offices(union)
    audit.record(actor, "orgs:union:dissolve", union, before=before, after={"reason": reason}, org=union)
    approvals.note(
        union,
        step="撤销工会",
        decision=approvals.Decision.APPROVED,
        actor=actor,
        office=union.parent.name,
        remark=reason,
    )
    return union


def _end_offices(union: Union) -> None:
    held = Post.objects.filter(union=union, ended_at=None).select_related("account")
    holders = [post.account for post in held]
    inbox.send(
        [account.pk for account in holders],
        kind=inbox.Kind.SYSTEM,
        title=f"{union}已撤销，您在该会的职务同时结束",
        url=reverse("portal:me"),
    )
    held.update(ended_at=Now())
    for account in holders:
        refresh_staff(account)


def refresh_staff(account: "Account") -> None:
    """Keep the account's door to the workbench in step with the last day of its posts."""
    last = Post.objects.filter(account=account, ended_at=None).aggregate(last=Max("ends_on"))["last"]
    accounts.set_staff_until(account, last)
