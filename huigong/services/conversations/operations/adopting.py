"""What becomes of a suggestion: adopted or not, and shown to all members in words that a second person has read."""

from typing import TYPE_CHECKING

from django import urls
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import queries as orgs
from huigong.resources.points import operations as points
from huigong.services.conversations import queries
from huigong.services.conversations.models import Adoption, Support, Thread
from huigong.services.conversations.operations.telling import (
    accounts_at,
    note_event,
    pulse,
    tell_author,
)
from huigong.services.conversations.operations.writing import locked

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

State, Step = Adoption.State, approvals.Decision
RULE = "suggestion.adopted"
_STEP = "公示审核"


@transaction.atomic
def decide_suggestion(
    thread: Thread, *, union: "Union", adopts: bool, reason: str, actor: audit.Actor
) -> Adoption:
    """The union that owes the answer says whether it adopts a suggestion, and why; the author reads both.

    An author whose suggestion is adopted gets the points for it, once. Refuses another kind of thread, one without an
    official answer, and to go back on an adoption; what was declined may be adopted later.
    """
    now = locked(thread)
    if now.kind != Thread.Kind.SUGGESTION or union.pk != now.union_id:
        raise Refused("只有承办工会能对建言作出是否采纳的决定。", "not-decidable")
    if now.answered_at is None:
        raise Refused("请先正式答复，再决定是否采纳。", "not-answered")
    state = State.ADOPTED if adopts else State.DECLINED
    values = {"union": union, "state": state, "reason": reason}
    adoption, made = Adoption.objects.get_or_create(thread=now, defaults=values)
    if not made and (not adopts or adoption.state != State.DECLINED):
        raise Refused("这条建议已经作过决定。未采纳的可以改为采纳，采纳的不能改回。", "decided")
    if not made:
        Adoption.objects.filter(pk=adoption.pk).update(**values)
        adoption.refresh_from_db()
    deed = "已采纳" if adopts else "未采纳"
    note_event(now, f"{union.short_name or union.name}{deed}这条建议：{reason}")
    audit.record(
        actor, f"conversations:adoption:{'adopt' if adopts else 'decline'}", adoption,
        after={"reason": reason}, org=union,
    )  # fmt: skip
    tell_author(now, f"{deed}您的建议：{now.title}", reason, always=True)
    if adopts:
        _reward(now)
    return adoption


def _reward(thread: Thread) -> None:
    amount = queries.points_for_a_suggestion()
    if amount and thread.person_id:
        memo = f"建议“{thread.title}”被采纳"[:120]
        points.award(thread.person_id, points=amount, rule=RULE, source=str(thread.pk), memo=memo)


@transaction.atomic
def put_name(adoption: Adoption, *, shown: bool, actor: audit.Actor) -> None:
    """The author says whether their name stands under their suggestion where it is shown; at any time, and anew."""
    changed = Adoption.objects.filter(pk=adoption.pk, shows_name=not shown).update(shows_name=shown)
    if changed:
        audit.record(
            actor, "conversations:adoption:sign", adoption, after={"shown": shown}, org=adoption.union
        )
        pulse(adoption.thread)


@transaction.atomic
def submit_wording(adoption: Adoption, *, title: str, wording: str, reply: str, actor: audit.Actor) -> None:
    """Propose the words in which all members shall read it; somebody else publishes them. Replaces a former proposal.

    Refuses what was not adopted, and what is shown now: that is taken down first.
    """
    free = Adoption.objects.filter(
        pk=adoption.pk, state__in=[State.ADOPTED, State.REVIEWING, State.WITHDRAWN]
    )
    values = {"title": title, "wording": wording, "reply": reply, "writer_id": actor.pk}
    if not free.update(state=State.REVIEWING, version=F("version") + 1, withdrawn_reason="", **values):
        raise Refused("采纳的建议才能公示；已经公示的，先撤下再改。", "not-adopted")
    adoption.refresh_from_db()
    approvals.note(adoption, step=_STEP, decision=Step.SUBMITTED, actor=actor, office=adoption.union.name)
    audit.record(actor, "conversations:adoption:submit", adoption, org=adoption.union)
    inbox.send(
        _reviewers(adoption, actor), kind=inbox.Kind.TASK, title=f"建议公示待审：{title}",
        body=f"{adoption.union.name}采纳的建议，请核对后公示。", url=_desk(adoption),
    )  # fmt: skip


def _reviewers(adoption: Adoption, writer: audit.Actor) -> list[int]:
    """Colleagues at the union; where the writer is alone, the nearest office above."""
    for place in [adoption.union, *orgs.ancestors(adoption.union).reverse()]:
        found = [pk for pk in accounts_at(place, adoption.thread) if pk != writer.pk]
        if found:
            return found
    return []


def _desk(adoption: Adoption) -> str:
    return urls.reverse("conversations:adoption", args=[adoption.pk])


@transaction.atomic
def publish_adoption(adoption: Adoption, *, version: int, actor: audit.Actor) -> None:
    """Somebody other than the writer, having read draft `version`, shows it to the union's members.

    Refuses the writer, and a draft that was changed or decided in the meantime. Tells the author.
    """
    if adoption.writer_id == actor.pk:
        raise Refused("自己写的公示内容，请另一位干部核对后公示。", "own-words", status=403)
    _claim(adoption, version, state=State.PUBLISHED, published_at=Now())
    approvals.note(adoption, step=_STEP, decision=Step.APPROVED, actor=actor, office=_office(actor, adoption))
    audit.record(
        actor, "conversations:adoption:publish", adoption, after={"title": adoption.title}, org=adoption.union
    )
    named = "写了您的名字；不想署名，可以在留言里改。"
    unnamed = "没有写您的名字；想署名，可以在留言里选。"
    body = named if adoption.shows_name else unnamed
    tell_author(adoption.thread, f"您的建议已公示：{adoption.title}", body, always=True)


def _claim(adoption: Adoption, version: int, **values: object) -> None:
    waiting = Adoption.objects.filter(pk=adoption.pk, state=State.REVIEWING, version=version)
    if not waiting.update(**values):
        raise Refused("内容刚刚改过，或已经有人处理，请刷新后再看一遍。", "changed")
    adoption.refresh_from_db()


def _office(actor: audit.Actor, adoption: Adoption) -> str:
    return orgs.office_of(actor, adoption.union)


@transaction.atomic
def return_wording(adoption: Adoption, *, version: int, reason: str, actor: audit.Actor) -> None:
    """Send a draft back to its writer with a reason. Refuses one changed or decided in the meantime."""
    _claim(adoption, version, state=State.ADOPTED)
    approvals.note(
        adoption,
        step=_STEP,
        decision=Step.RETURNED,
        actor=actor,
        office=_office(actor, adoption),
        remark=reason,
    )
    audit.record(
        actor, "conversations:adoption:return", adoption, after={"reason": reason}, org=adoption.union
    )
    inbox.send(
        [adoption.writer_id], kind=inbox.Kind.TASK, title=f"公示内容退回修改：{adoption.title}",
        body=reason, url=_desk(adoption),
    )  # fmt: skip


@transaction.atomic
def withdraw_adoption(adoption: Adoption, *, reason: str, actor: audit.Actor) -> None:
    """Take it down from where members read it, with a reason for the books. Refuses what is not shown."""
    shown = Adoption.objects.filter(pk=adoption.pk, state=State.PUBLISHED)
    if not shown.update(state=State.WITHDRAWN, published_at=None, withdrawn_reason=reason):
        raise Refused("这条建议现在没有公示。", "not-published")
    audit.record(
        actor, "conversations:adoption:withdraw", adoption, after={"reason": reason}, org=adoption.union
    )
    pulse(adoption.thread)


@transaction.atomic
def support(adoption: Adoption, *, member: "Member", actor: audit.Actor) -> None:
    """The member says once that this is theirs as well; again changes nothing. Refuses the author. A mark: no audit."""
    if adoption.thread.person_id == member.person_id:
        raise Refused("这是您自己提的建议。", "own-suggestion")
    Support.objects.bulk_create(
        [Support(adoption=adoption, person_id=member.person_id)], ignore_conflicts=True
    )
