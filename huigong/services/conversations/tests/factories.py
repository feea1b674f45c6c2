"""Threads for tests, made as workers and cadres make them."""

import io
from typing import Any
from uuid import uuid4

from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.orgs.models import Union
from huigong.services.conversations import operations
from huigong.services.conversations.models import Adoption, Thread
from huigong.services.conversations.operations import Letter

PDF = b"%PDF-1.7"


def letter(text: str = "请问互助金怎么报？", *uploads: tuple[bytes, str], **fields: Any) -> Letter:
    """Words with a key of their own."""
    files = [(io.BytesIO(content), name) for content, name in uploads]
    return Letter(text, fields.get("key") or uuid4(), files)


def thread(
    by: Account, *, kind: str = "question", title: str = "互助金怎么报", text: str = "请问互助金怎么报？"
) -> Thread:
    """What a member writes to their own union."""
    member = membership.member_of(by)
    assert member is not None
    return operations.start(
        member, kind=kind, title=title, letter=letter(text), union=membership.union_of(member), actor=by
    )


def answered(by: Account, union: Union, cadre: Account, **fields: Any) -> Thread:
    """One that has its answer."""
    made = thread(by, **fields)
    operations.reply(made, union=union, letter=letter("带发票来就行。"), actor=cadre, is_answer=True)
    made.refresh_from_db()
    return made


def adopted(
    by: Account,
    union: Union,
    cadre: Account,
    *,
    title: str = "车间加装冷风机",
    wording: str = "有职工建议在打磨车间加装冷风机。",
    reason: str = "可行，列入计划",
    publisher: Account | None = None,
) -> Adoption:
    """A suggestion that `union` adopted, its words written by `cadre`; shown, when somebody publishes it."""
    made = answered(by, union, cadre, kind="suggestion", title="打磨车间太热", text="私下里说的话")
    adoption = operations.decide_suggestion(made, union=union, adopts=True, reason=reason, actor=cadre)
    operations.submit_wording(adoption, title=title, wording=wording, reply="六月底前装好。", actor=cadre)
    if publisher:
        operations.publish_adoption(adoption, version=1, actor=publisher)
    return adoption
