"""From a draft through its reviews. Each is done by somebody with no hand in the text, and decided once."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.approvals import operations as approvals
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs
from huigong.services.news import permissions, queries
from huigong.services.news.models import Article
from huigong.services.news.operations.publishing import release

State = Article.State
Decision = approvals.Decision


@transaction.atomic
def submit(article: Article, *, actor: audit.Actor) -> Article:
    """Hand a draft in for review, as its union's level asks; where none is asked it is published at once.

    Refuses a text without words, and a moment of publication that has passed.
    """
    _check(article)
    steps = queries.steps_for(article.union)
    writers = article.versions.values_list("saved_by_id", flat=True).distinct().order_by()
    involved = sorted({actor.pk, article.author_id, *writers} - {None})
    if not steps:
        _note(article, "免审发布", Decision.SUBMITTED, actor)
        return release(article, Article.EDITABLE, actor=actor, steps=[], involved=involved)
    _move(
        article,
        Article.EDITABLE,
        State.REVIEWING,
        steps=steps,
        step=0,
        involved=involved,
        withdrawn_reason="",
    )
    _note(article, "送审", Decision.SUBMITTED, actor)
    audit.record(actor, "news:article:submit", article, after={"steps": steps}, org=article.union)
    _tell_reviewers(article)
    return article


def _check(article: Article) -> None:
    if not article.channel.is_open:
        raise Refused("这个栏目已经停用，请先换一个栏目。", "channel-closed", status=422)
    if Article.objects.filter(pk=article.pk, publish_at__lte=Now()).exists():
        raise Refused("定时发布的时间已经过了，请改时间，或清空后审核通过即发布。", "late", status=422)


@transaction.atomic
def call_back(article: Article, *, actor: audit.Actor) -> Article:
    """Take an article back to the desk before it is out: from review, or from waiting for its hour."""
    _move(article, (State.REVIEWING, State.SCHEDULED), State.DRAFT, step=None)
    _note(article, "撤回送审", Decision.WITHDRAWN, actor)
    audit.record(actor, "news:article:call-back", article, org=article.union)
    inbox.retract(_desk(article))
    return article


@transaction.atomic
def approve(article: Article, *, actor: audit.Actor, remark: str = "") -> Article:
    """Pass the review that comes next; the last one publishes, or waits for the hour that was set.

    Refuses whoever sits in another office, whoever wrote the text or passed an earlier review of it, and a
    review that a colleague has decided meanwhile.
    """
    remark, step, name = (
        approvals.remark_of(remark),
        _require_reviewer(article, actor),
        queries.step_name(article),
    )
    office = permissions.office(article).name
    is_last = step + 1 == len(article.steps)
    _claim(article, step, actor, State.DRAFT if is_last else State.REVIEWING)
    approvals.note(article, step=name, decision=Decision.APPROVED, actor=actor, office=office, remark=remark)
    audit.record(
        actor, "news:article:approve", article, after={"step": step + 1, "remark": remark}, org=article.union
    )
    inbox.retract(_desk(article))
    if is_last:
        return release(article, (State.DRAFT,), actor=actor)
    _tell_reviewers(article)
    return article


@transaction.atomic
def return_article(article: Article, *, actor: audit.Actor, reason: str) -> Article:
    """Send an article back to its author with a reason; the reviews begin again. Refuses as `approve` does."""
    reason = approvals.remark_of(reason)
    if not reason:
        raise Refused("请写明退回的原因，作者照着改。", "no-reason", status=422)
    step, name = _require_reviewer(article, actor), queries.step_name(article)
    office = permissions.office(article).name
    _claim(article, step, actor, State.RETURNED)
    approvals.note(article, step=name, decision=Decision.RETURNED, actor=actor, office=office, remark=reason)
    audit.record(actor, "news:article:return", article, after={"reason": reason}, org=article.union)
    inbox.retract(_desk(article))
    _tell(article, [article.author_id], f"“{article.title}”被退回，请修改", reason)
    return article


def _require_reviewer(article: Article, actor: audit.Actor) -> int:
    """The step that `actor` decides now."""
    if article.state != State.REVIEWING or article.step is None:
        raise Refused(f"文章当前是“{article.get_state_display()}”，不在审核中。", "wrong-state")
    if actor.pk is not None and actor.pk in article.involved:
        raise Refused("不能审核自己写的或已经审过的文章，请由其他同事审核。", "own-request", status=403)
    if not permissions.may_review(actor, article):
        office = permissions.office(article).name
        raise Refused(f"这一步由{office}审核，您不在这个岗位上。", "not-reviewer", status=403)
    return article.step


def _claim(article: Article, step: int, actor: audit.Actor, state: str) -> None:
    """Decide `step` by one conditional statement: of two reviewers at once one is too late.

    In `state` "reviewing" the next step follows. After the last one the article is a draft for a moment that
    nobody sees: the caller's next statement brings it out.
    """
    open_step = Article.objects.filter(pk=article.pk, state=State.REVIEWING, step=step)
    following = step + 1 if state == State.REVIEWING else None
    involved = [*article.involved, actor.pk]
    if not open_step.update(state=state, step=following, involved=involved):
        raise Refused("这一步已经有同事审过了，请刷新后再看。", "decided")
    article.state, article.step, article.involved = state, following, involved


def _move(article: Article, sources: tuple[str, ...], state: str, **values: Any) -> None:
    """Change the state by one conditional statement; of two colleagues one is too late."""
    if not Article.objects.filter(pk=article.pk, state__in=sources).update(state=state, **values):
        article.refresh_from_db(fields=["state"])
        raise Refused(f"文章当前是“{article.get_state_display()}”，不能这样操作。", "wrong-state")
    article.state = state
    for name, value in values.items():
        setattr(article, name, value)


def _note(article: Article, step: str, decision: str, actor: audit.Actor) -> None:
    approvals.note(
        article, step=step, decision=decision, actor=actor, office=orgs.office_of(actor, article.union)
    )


def _tell_reviewers(article: Article) -> None:
    office = permissions.office(article)
    reviewers = set(orgs.officer_accounts(office, *org_permissions.CADRES)) - set(article.involved)
    title = f"待{queries.step_name(article)}：“{article.title}”"
    _tell(article, sorted(reviewers), title, f"{article.union.name}送来的文章，请审核。")


def _tell(article: Article, accounts: list[int], title: str, body: str) -> None:
    inbox.send(accounts, kind=inbox.Kind.TASK, title=title, body=body, url=_desk(article))


def _desk(article: Article) -> str:
    return reverse("news:manage", args=[article.pk])
