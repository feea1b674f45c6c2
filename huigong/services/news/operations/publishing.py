"""An article comes out, at once or at its hour, and may be taken back."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from huigong.core import audit, jobs
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.services.news import queries
from huigong.services.news.models import Article

State = Article.State


def release(article: Article, sources: tuple[str, ...], *, actor: audit.Actor, **values: Any) -> Article:
    """What passed its reviews comes out: now, or at its hour when that lies ahead by the database's clock."""
    waiting = Article.objects.filter(pk=article.pk, state__in=sources)
    if waiting.filter(publish_at__gt=Now()).update(state=State.SCHEDULED, **values):
        article.refresh_from_db()
        after = {"publish_at": article.publish_at}
        audit.record(actor, "news:article:schedule", article, after=after, org=article.union)
        return article
    return _come_out(article, sources, actor=actor, **values)


def _come_out(article: Article, sources: tuple[str, ...], *, actor: audit.Actor, **values: Any) -> Article:
    """By one conditional statement, so that it happens once."""
    published = {"state": State.PUBLISHED, "published_at": Now(), "withdrawn_reason": ""}
    if not Article.objects.filter(pk=article.pk, state__in=sources).update(**published, **values):
        article.refresh_from_db(fields=["state"])
        raise Refused(f"文章当前是“{article.get_state_display()}”，不能发布。", "wrong-state")
    article.refresh_from_db()
    audit.record(actor, "news:article:publish", article, org=article.union)
    inbox.send(
        [article.author_id],
        kind=inbox.Kind.TASK,
        title=f"“{article.title}”已发布",
        url=reverse("news:manage", args=[article.pk]),
    )
    jobs.enqueue("news.tell_followers", article_id=article.pk)
    return article


def publish_due() -> int:
    """Publish what waits for an hour that has come, each once; returns how many."""
    due = Article.objects.filter(state=State.SCHEDULED, publish_at__lte=Now()).select_related("union")
    return sum(_publish_one(article) for article in due.order_by("publish_at", "id"))


@transaction.atomic
def _publish_one(article: Article) -> bool:
    try:
        _come_out(article, (State.SCHEDULED,), actor=audit.SYSTEM)
    except Refused:  # called back, or another worker was quicker
        return False
    return True


@transaction.atomic
def tell_followers(article_id: int) -> int:
    """One message to each follower of the channel who may read it; returns how many. Again sends nothing."""
    untold = Article.objects.filter(pk=article_id, state=State.PUBLISHED, told_at=None)
    if not untold.update(told_at=Now()):
        return 0
    article = Article.objects.select_related("channel").get(pk=article_id)
    return inbox.send(
        queries.following_accounts(article),
        kind=inbox.Kind.NOTICE,
        title=f"{article.channel.name}：{article.title}",
        body=article.summary or "您关注的栏目有新文章。",
        url=reverse("news:detail", args=[article.pk]),
    )


@transaction.atomic
def withdraw(article: Article, *, actor: audit.Actor, reason: str) -> Article:
    """Take a published article back: out of lists, search and inboxes. Its address answers as if it never was.

    It can be written anew as a copy; what was published, and why it went, stays on record.
    """
    taken = Article.objects.filter(pk=article.pk, state=State.PUBLISHED)
    if not taken.update(state=State.WITHDRAWN, withdrawn_reason=reason):
        article.refresh_from_db(fields=["state"])
        raise Refused(f"文章当前是“{article.get_state_display()}”，不能撤回。", "wrong-state")
    article.refresh_from_db()
    audit.record(actor, "news:article:withdraw", article, after={"reason": reason}, org=article.union)
    inbox.retract(reverse("news:detail", args=[article.pk]))
    return article
