"""Notices for tests, made as cadres make them."""

from typing import Any

from huigong.people.accounts.models import Account
from huigong.people.membership.queries import Rule
from huigong.people.orgs.models import Union
from huigong.services.notices import operations
from huigong.services.notices.models import Notice


def draft(union: Union, *, actor: Account, rule: Rule | None = None, **fields: Any) -> Notice:
    """A draft to all members of `union` and below, unless `rule` says otherwise."""
    values = {"title": "关于高温补贴发放的通知", "body": "<p>请各位会员核对银行卡号。</p>"}
    return operations.create_notice(union, rule=rule or Rule(), actor=actor, **{**values, **fields})


def notice(union: Union, *, actor: Account, **fields: Any) -> Notice:
    """One that is published."""
    return operations.publish(draft(union, actor=actor, **fields), actor=actor)
