"""Articles for tests, made as editors and reviewers make them."""

from typing import Any

from huigong.core.audit import SYSTEM
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.queries import Rule
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as orgs
from huigong.services.news import operations
from huigong.services.news.models import Article, Channel

BODY = "<p>今天上午，工匠技能比武在石雕厂开赛。</p><p>比武设三个项目，前三名授予技术能手。</p>"


def channel(key: str = "local") -> Channel:
    """One of the usual channels."""
    operations.usual_channels(actor=SYSTEM)
    return Channel.objects.get(key=key)


def editor(union: Union, name: str = "编辑") -> Account:
    """Somebody who writes for `union` and below, and decides nothing."""
    account = accounts.account(name=name)
    orgs.post(account, union, Post.Role.EDITOR)
    return account


def colleague(union: Union, name: str = "同事") -> Account:
    """One more cadre of `union`, who may review what others write."""
    account = accounts.account(name=name)
    orgs.post(account, union, Post.Role.CADRE)
    return account


def draft(
    union: Union, *, actor: Account, key: str = "local", rule: Rule | None = None, **fields: Any
) -> Article:
    """A draft for all members of `union` and below, unless `rule` says otherwise."""
    values = {"title": "石雕技能比武开赛", "summary": "三个项目，四十名工匠。", "body": BODY}
    return operations.create_article(
        union, channel=channel(key), rule=rule or Rule(), actor=actor, **{**values, **fields}
    )


def submitted(union: Union, *, actor: Account, steps: list[str] | None = None, **fields: Any) -> Article:
    """One that waits for its first review, by the plan `steps` or by the usual one."""
    if steps is not None:
        operations.set_plan(union.level, steps=steps, actor=SYSTEM)
    return operations.submit(draft(union, actor=actor, **fields), actor=actor)


def article(union: Union, *, actor: Account, **fields: Any) -> Article:
    """One that is published, reviewed by nobody."""
    operations.set_plan(union.level, steps=[], actor=SYSTEM)
    return operations.submit(draft(union, actor=actor, **fields), actor=actor)
