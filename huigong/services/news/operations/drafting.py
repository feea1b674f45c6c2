"""Writing an article: drafts, every text that was saved, documents."""

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction

from huigong.core import audit, files, richtext
from huigong.core.errors import Refused
from huigong.people.membership.queries import Rule, addressed_by
from huigong.services.news.models import Article, Attachment, Version
from huigong.services.news.operations.indexing import reindex

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union
    from huigong.services.news.models import Channel

State = Article.State
MOST_ATTACHMENTS = 5
FIELDS = frozenset(
    {
        "summary",
        "cover",
        "drawing",
        "source",
        "source_url",
        "byline",
        "is_machine_made",
        "trade",
        "publish_at",
    }
)
_TOLD = ("title", "channel_id", "audience", "publish_at")


@transaction.atomic
def create_article(
    union: "Union",
    *,
    channel: "Channel",
    title: str,
    body: str,
    rule: Rule,
    actor: audit.Actor,
    **fields: Any,
) -> Article:
    """A draft in the name of `union`, with its first version. Refuses readers outside the union's own subtree."""
    article = Article(union=union, author_id=actor.pk)
    _fill(article, channel, title, body, rule, fields)
    article.save()
    _keep_version(article, actor)
    audit.record(actor, "news:article:create", article, after={"title": title}, org=union)
    return article


@transaction.atomic
def update_article(
    article: Article,
    *,
    channel: "Channel",
    title: str,
    body: str,
    rule: Rule,
    actor: audit.Actor,
    **fields: Any,
) -> Article:
    """Change a draft or what was returned; a text that differs becomes the next version.

    Refuses what is being reviewed or was published: nobody reads, or passes, other words than they were shown.
    """
    locked = locked_draft(article, "审核中和已发布的文章不能直接修改。请先撤回，改好再送审。")
    before = {name: getattr(locked, name) for name in _TOLD}
    _fill(article, channel, title, body, rule, fields)
    article.save()
    _keep_version(article, actor)
    changed = [name for name in _TOLD if before[name] != getattr(article, name)]
    audit.record(
        actor,
        "news:article:update",
        article,
        before={name: before[name] for name in changed},
        after={name: getattr(article, name) for name in changed},
        org=article.union,
    )
    return article


def _fill(
    article: Article, channel: "Channel", title: str, body: str, rule: Rule, fields: dict[str, Any]
) -> None:
    unknown = fields.keys() - FIELDS
    if unknown:
        raise TypeError(f"not fields of an article: {sorted(unknown)}")
    if not channel.is_open and channel.pk != article.channel_id:
        raise Refused("这个栏目已经停用，请换一个栏目。", "channel-closed", status=422)
    rule = addressed_by(article.union, rule)
    article.channel, article.title, article.body = channel, title, richtext.clean(body)
    article.audience, article.audience_unions = rule.to_json(), list(rule.union_ids)
    for name, value in fields.items():
        setattr(article, name, value)
    reindex(article)


def locked_draft(article: Article, sentence: str) -> Article:
    """The row as it is now, held until the transaction ends; refuses one that is no draft any more."""
    locked = Article.objects.select_for_update().get(pk=article.pk)
    if locked.state not in Article.EDITABLE:
        raise Refused(sentence, "wrong-state")
    return locked


def _keep_version(article: Article, actor: audit.Actor) -> None:
    """Keep the text as it was saved, unless it is the one before. The article's row is locked or new."""
    last = article.versions.order_by("-number").first()
    text = (article.title, article.summary, article.body)
    if last and text == (last.title, last.summary, last.body):
        return
    Version.objects.create(
        article=article,
        number=last.number + 1 if last else 1,
        title=article.title,
        summary=article.summary,
        body=article.body,
        saved_by_id=actor.pk,
    )


@transaction.atomic
def attach(
    article: Article, uploads: Sequence[tuple[IO[bytes], str]], *, actor: audit.Actor
) -> list[Attachment]:
    """Add documents, films or sound to a draft. Refuses more than five, and (422) by name what is not kept."""
    locked_draft(article, "审核中和已发布的文章不能再加附件。")
    if article.attachments.count() + len(uploads) > MOST_ATTACHMENTS:
        raise Refused(f"最多 {MOST_ATTACHMENTS} 个附件。", "too-many", status=422)
    kept = files.store_documents(uploads, owner=actor, with_media=True)
    added = [Attachment.objects.create(article=article, file=stored) for stored in kept]
    after = {"files": [stored.name for stored in kept]}
    audit.record(actor, "news:article:attach", article, after=after, org=article.union)
    return added


@transaction.atomic
def detach(attachment: Attachment, *, actor: audit.Actor) -> None:
    """Take a document off a draft, and forget it."""
    article, stored = attachment.article, attachment.file
    locked_draft(article, "审核中和已发布的文章不能再减附件。")
    before = {"file": stored.name}
    audit.record(actor, "news:article:detach", article, before=before, org=article.union)
    attachment.delete()
    files.remove(stored)


@transaction.atomic
def discard(article: Article, *, actor: audit.Actor) -> None:
    """Throw a draft away with its versions and documents. Refuses one that readers have seen before."""
    locked = locked_draft(article, "审核中和已发布的文章不能删除。")
    if locked.published_at:
        raise Refused("这篇文章发布过，要留作记录，不能删除。", "was-published")
    audit.record(actor, "news:article:discard", article, before={"title": article.title}, org=article.union)
    for attachment in article.attachments.select_related("file"):
        attachment.delete()
        files.remove(attachment.file)
    article.delete()


@transaction.atomic
def copy(article: Article, *, actor: audit.Actor) -> Article:
    """A new draft with the same words, cover and readers. Documents are not copied: they may have been the mistake."""
    fields = {name: getattr(article, name) for name in FIELDS - {"publish_at"}}
    return create_article(
        article.union,
        channel=article.channel,
        title=article.title,
        body=article.body,
        rule=Rule.parse(article.audience),
        actor=actor,
        **fields,
    )
