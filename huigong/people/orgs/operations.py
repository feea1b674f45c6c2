"""Every write to the union tree, its offices and grants."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Max

from huigong.core import audit, pinyin
from huigong.people.accounts import operations as accounts
from huigong.people.orgs.models import Post, Union

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account

State = Union.State


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_union', 'id'))")
        return cursor.fetchone()[0]


@transaction.atomic
def create_union(
    name: str, *, level: int, kind: str, parent: Union | None, actor: audit.Actor, **fields: Any
) -> Union:
    """Put a new union under `parent` (None only for the root). Its path never exists unfinished."""
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
def appoint(
    account: "Account",
    *,
    union: Union,
    role: str,
    starts_on: date,
    ends_on: date,
    actor: audit.Actor,
    title: str = "",
    is_full_time: bool = False,
) -> Post:
    """Give `account` an office at `union` for a term; the role reaches over the union's subtree."""
    post = Post.objects.create(
        account=account,
        union=union,
        role=role,
        title=title,
        is_full_time=is_full_time,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _refresh_staff(account)
    after = {"account": str(account), "role": role, "starts_on": starts_on, "ends_on": ends_on}
    audit.record(actor, "orgs:post:appoint", post, after=after, org=union)
    return post


def _refresh_staff(account: "Account") -> None:
    """Keep the account's door to the workbench in step with the last day of its posts."""
    last = Post.objects.filter(account=account, ended_at=None).aggregate(last=Max("ends_on"))["last"]
    accounts.set_staff_until(account, last)
