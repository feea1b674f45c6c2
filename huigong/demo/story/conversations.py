"""Letters of the year in every state: answered, talked over, waiting, late and gone up, opened again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as orgs
from huigong.people.orgs.models import Union
from huigong.services.conversations import operations as conversations
from huigong.services.conversations.models import Thread
from huigong.services.conversations.operations import Letter


def letters(stage: Stage) -> Iterator[Story]:
    """Each thread by its own story."""
    told = words("conversations")
    yield from (_thread(stage, row) for row in told["threads"])
    yield from (_union_letter(stage, row) for row in told["letters"])
    yield _canned(stage, told["canned"])


def _canned(stage: Stage, rows: list[dict[str, str]]) -> Story:
    yield stage.clock.at(-60, "09:00")
    for row in rows:
        union = stage.unions[row["union"]]
        chair = stage.chair(row["union"])
        conversations.save_canned(union, title=row["title"], text=row["text"], actor=chair)


def _thread(stage: Stage, row: dict[str, Any]) -> Story:
    first, *others = row["messages"]
    yield stage.clock.at(first["days"], "12:10")
    account = stage.accounts[row["member"]] if row["member"] == "member" else stage.active[row["member"]][-1]
    member = stage.member(account)
    union = membership.union_of(member)
    [cadre, *_] = [post.account for post in orgs.officers(union, "chair")]
    thread = conversations.start(
        member, kind=row["kind"], title=row["title"], letter=_letter(first), union=union, actor=account
    )
    for message in others:
        yield stage.clock.at(message["days"], "16:20")
        conversations.mark_read_by_union(thread, actor=cadre)
        _say(thread, message, union, account, cadre)
    if row.get("adopted") or row.get("declined"):
        yield from _decided(stage, row, thread, union, account, cadre)
    if row.get("late"):
        Thread.objects.filter(pk=thread.pk).update(due_on=stage.clock.today - timedelta(days=3))
        conversations.escalate_overdue()
    if row.get("forward"):
        conversations.ask_to_forward(
            thread, union=union, to=union.parent_id, reason=row["forward"], actor=cadre
        )
    if row.get("rating"):
        conversations.rate(thread, stars=row["rating"], words=row["words"], actor=account)
    if row.get("closed") or row.get("reopened"):
        conversations.close(thread, actor=account)
    if row.get("reopened"):
        conversations.reopen(thread, actor=account)


def _decided(
    stage: Stage, row: dict[str, Any], thread: Thread, union: Union, account: Account, cadre: Account
) -> Story:
    """What the union made of a suggestion, and how far its words for all members have come."""
    told = row.get("adopted") or row["declined"]
    yield stage.clock.at(told["days"], "10:20")
    adoption = conversations.decide_suggestion(
        thread, union=union, adopts="adopted" in row, reason=told["reason"], actor=cadre
    )
    if "adopted" not in row:
        return
    yield stage.clock.at(told["days"], "15:40")
    conversations.put_name(adoption, shown=told.get("named", False), actor=account)
    conversations.submit_wording(
        adoption, title=told["title"], wording=told["wording"], reply=told["reply"], actor=cadre
    )
    if not told.get("published"):
        return
    yield stage.clock.at(told["days"] + 1, "09:10")
    above = Union.objects.get(pk=union.parent_id)
    [reviewer, *_] = [post.account for post in orgs.officers(above, "chair", "admin", "cadre")]
    conversations.publish_adoption(adoption, version=1, actor=reviewer)
    for reader in stage.active[row["member"] if row["member"] != "member" else "carving"][: told["too"]]:
        if reader != account:
            conversations.support(adoption, member=stage.member(reader), actor=reader)


def _say(thread: Thread, message: dict[str, Any], union: Union, account: Account, cadre: Account) -> None:
    letter, kind = _letter(message), message["as"]
    if kind == "words":
        conversations.write(thread, letter=letter, actor=account)
    elif kind == "note":
        conversations.note(thread, union=union, letter=letter, actor=cadre)
    else:
        conversations.reply(thread, union=union, letter=letter, actor=cadre, is_answer=kind == "answer")


def _letter(message: dict[str, Any]) -> Letter:
    return Letter(message["text"], uuid4())


def _union_letter(stage: Stage, row: dict[str, Any]) -> Story:
    first, answer = row["messages"]
    yield stage.clock.at(first["days"], "09:30")
    home, chair = stage.unions[row["home"]], stage.chair(row["home"])
    above = Union.objects.get(pk=home.parent_id)
    thread = conversations.write_to_union(
        home, to=above.pk, title=row["title"], letter=_letter(first), actor=chair
    )
    yield stage.clock.at(answer["days"], "15:00")
    [cadre, *_] = [post.account for post in orgs.officers(above, "chair", "admin", "cadre")]
    conversations.reply(thread, union=above, letter=_letter(answer), actor=cadre, is_answer=True)
