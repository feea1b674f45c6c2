"""Policies for tests, made as cadres make them."""

import io
from datetime import date
from typing import Any

from huigong.people.accounts.models import Account
from huigong.people.orgs.models import Union
from huigong.services.policies import operations
from huigong.services.policies.models import PaperForm, Policy

ISSUED = date(2025, 3, 1)


def fields(**changed: Any) -> dict[str, Any]:
    """A document that is in force."""
    return {
        "title": "惠安县困难职工帮扶办法",
        "number": "惠工〔2025〕8号",
        "issuer": "惠安县总工会",
        "level": "county",
        "topic": "aid",
        "issued_on": ISSUED,
        "in_force_on": changed.get("issued_on", ISSUED),
        "ends_on": None,
        "summary": "在籍会员家庭有困难的都能申请。\n每年最多帮扶两次。",
        "body": "<h2>第一条</h2><p>为做好困难职工帮扶工作，制定本办法。</p>",
        **changed,
    }


def draft(union: Union, *, actor: Account, **changed: Any) -> Policy:
    """One that nobody has seen."""
    return operations.create_policy(union, actor=actor, **fields(**changed))


def policy(union: Union, *, actor: Account, **changed: Any) -> Policy:
    """One that is published."""
    return operations.publish(draft(union, actor=actor, **changed), actor=actor)


def replace(old: Policy, *, by: Policy, actor: Account) -> Policy:
    """`by` takes over from `old`."""
    kept = {name: getattr(by, name) for name in fields()}
    return operations.update_policy(by, actor=actor, replaces=[old], **kept)


def paper(
    policy: Policy, *, actor: Account, name: str = "困难职工申请表", version: str = "2026年版"
) -> PaperForm:
    """A form to print."""
    return operations.add_form(
        policy, io.BytesIO(b"%PDF-1.7 form"), name=name, version=version, file_name="表.pdf", actor=actor
    )
