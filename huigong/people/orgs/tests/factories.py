"""Unions and posts for tests."""

import itertools
from datetime import timedelta

from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations, queries
from huigong.people.orgs.models import Post, Union

_numbers = itertools.count(1)


def root(name: str = "惠安县总工会") -> Union:
    """The top of the tree; `queries.root_id` forgets the one of the test before."""
    queries.root_id.cache_clear()
    return operations.create_union(
        name,
        level=Union.Level.COUNTY,
        kind=Union.Kind.FEDERATION,
        parent=None,
        actor=SYSTEM,
        region_code="350521",
    )


def township(parent: Union, name: str | None = None) -> Union:
    return operations.create_union(
        name or f"第{next(_numbers)}镇总工会",
        level=Union.Level.TOWNSHIP,
        kind=Union.Kind.TOWNSHIP,
        parent=parent,
        actor=SYSTEM,
    )


def grassroots(parent: Union, name: str | None = None) -> Union:
    return operations.create_union(
        name or f"第{next(_numbers)}石材公司工会",
        level=Union.Level.GRASSROOTS,
        kind=Union.Kind.INDEPENDENT,
        parent=parent,
        actor=SYSTEM,
    )


def post(account: Account, union: Union, role: str = Post.Role.CHAIR, *, ended: bool = False) -> Post:
    """A post that runs today, or one whose term ended yesterday."""
    today = timezone.localdate()
    return operations.appoint(
        account,
        union=union,
        role=role,
        starts_on=today - timedelta(days=400),
        ends_on=today - timedelta(days=1) if ended else today + timedelta(days=400),
        actor=SYSTEM,
    )
