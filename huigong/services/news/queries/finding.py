"""Search over the articles that the reader may see."""

from typing import Any

from django.urls import reverse

from huigong.core import richtext
from huigong.core import search as fulltext
from huigong.core.audit import Actor
from huigong.core.formats import ago_zh
from huigong.services.news import permissions


def search(actor: Actor, q: str, limit: int) -> list[fulltext.Hit]:
    """The articles open to the actor that fit `q` best."""
    readable = permissions.visible_to(actor)
    related = ["union", "channel"]
    found = fulltext.best(readable, q, latest="-published_at", limit=limit, related=related)
    return [_hit(article, q) for article in found]


def _hit(article: Any, asked: str) -> fulltext.Hit:
    return fulltext.Hit(
        heading=fulltext.marked(article.title, asked),
        text=fulltext.excerpt(article.summary or richtext.to_text(article.body), asked),
        href=reverse("news:detail", args=[article.pk]),
        meta=(article.union.short_name or article.union.name, ago_zh(article.published_at)),
        tags=((article.channel.name, "grey"),),
        rank=article.rank,
    )
