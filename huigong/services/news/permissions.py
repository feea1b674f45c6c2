"""Who reads, who writes, who reviews."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from huigong.core.audit import Actor
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as org_queries
from huigong.services.news.models import MOST_STEPS, Article, Attachment, Channel, ReviewPlan, Version

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member
    from huigong.people.orgs.models import Union

VIEW = orgs.declare("news:article:view", *orgs.READERS, orgs.Role.EDITOR)
EDIT = orgs.declare("news:article:edit", *orgs.CADRES, orgs.Role.EDITOR)
REVIEW = orgs.declare("news:article:review", *orgs.CADRES)
WITHDRAW = orgs.declare("news:article:withdraw", *orgs.CADRES)
CONFIGURE = orgs.declare("news:channel:manage", orgs.Role.ADMIN, orgs.Role.CHAIR)
"""Channels and reviews of the whole platform, so that it counts at the top of the tree only."""

Office = ReviewPlan.Office


def visible_to(actor: Actor) -> QuerySet[Article]:
    """Published articles that mean the member behind `actor`; for everybody else those that mean all members."""
    return readable(membership.member_of(actor), actor)


def readable(member: "Member | None", actor: Actor) -> QuerySet[Article]:
    """The same for somebody who is known already: `member` is who stands behind `actor`."""
    published = Article.objects.filter(state=Article.State.PUBLISHED)
    if member is None:
        root = org_queries.root_id()
        return published.filter(audience={"union_ids": [root]}, audience_unions__contains=[root])
    roles = orgs.office_roles(actor) if getattr(actor, "is_staff", False) else []
    return published.filter(
        membership.means(member, roles=roles), audience_unions__overlap=member.ancestor_ids
    )


def managed_by(actor: Actor) -> QuerySet[Article]:
    """Articles, drafts and withdrawn ones included, of the unions within reach."""
    return Article.objects.filter(union__in=orgs.reach(actor, VIEW))


def awaiting(actor: Actor) -> QuerySet[Article]:
    """Articles whose next review `actor` may do: of an office within reach, with no hand of theirs in it."""
    within = orgs.reach(actor, REVIEW)
    condition = _next_is(Office.OWN) & Q(union__in=within)
    above = Q(union__parent__in=within) | Q(union__parent=None, union__in=within)
    condition |= _next_is(Office.ABOVE) & above
    condition |= _next_is(Office.TOP) & Q(
        pk__in=[] if not _at_top(actor, REVIEW) else Article.objects.values("pk")
    )
    return Article.objects.filter(condition, state=Article.State.REVIEWING).exclude(
        involved__contains=[actor.pk]
    )


def _next_is(office: str) -> Q:
    condition = Q(pk__in=[])
    for step in range(MOST_STEPS):
        condition |= Q(("step", step), (f"steps__{step}", office))
    return condition


def _at_top(actor: Actor, permission: str) -> bool:
    root = org_queries.find_root()
    return root is not None and orgs.may(actor, permission, root)


def get_article(actor: Actor, article_id: int) -> Article:
    """A published article that the actor may read, or looks after; 404 otherwise."""
    looked_after = managed_by(actor).filter(state=Article.State.PUBLISHED)
    for found in (visible_to(actor), looked_after):
        article = found.select_related("union", "channel", "cover").filter(pk=article_id).first()
        if article is not None:
            return article
    raise Http404


def get_managed(actor: Actor, article_id: int, permission: str = VIEW) -> Article:
    """An article to work on: 404 when outside the actor's reach, 403 when `permission` is lacking."""
    found = managed_by(actor).select_related("union__parent", "channel", "cover", "author")
    article = found.filter(pk=article_id).first()
    if article is None:
        raise Http404
    if not orgs.may(actor, permission, article.union):
        raise PermissionDenied
    return article


def get_version(article: Article, number: int) -> Version:
    """A text of an article that the caller has fetched for the actor; 404 for a number it never had."""
    version = article.versions.select_related("saved_by").filter(number=number).first()
    if version is None:
        raise Http404
    return version


def get_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """A document of an article that the actor may read, or works on; 404 otherwise."""
    attachment = Attachment.objects.select_related("file", "article").filter(pk=attachment_id).first()
    if attachment is None:
        raise Http404
    for seen in (visible_to(actor), managed_by(actor)):
        if seen.filter(pk=attachment.article_id).exists():
            return attachment
    raise Http404


def get_open_channel(key: int) -> Channel:
    """A channel that is in use; everybody may know of it. 404 otherwise."""
    channel = Channel.objects.filter(pk=key, is_open=True).first()
    if channel is None:
        raise Http404
    return channel


def get_channel(actor: Actor, channel_id: int) -> Channel:
    """A channel to change, open or not; 404 when there is none."""
    require_configure(actor)
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise Http404
    return channel


def may_configure(actor: Actor) -> bool:
    """May `actor` change channels and reviews of the whole platform?"""
    return _at_top(actor, CONFIGURE)


def require_configure(actor: Actor) -> None:
    """403 for everybody but who keeps the whole platform."""
    if not may_configure(actor):
        raise PermissionDenied


def writers(actor: Actor) -> QuerySet["Union"]:
    """The unions in whose name `actor` may write: the tops of where they hold EDIT."""
    reach = orgs.reach(actor, EDIT)
    return reach.exclude(parent__in=reach).order_by("path")


def get_writer(actor: Actor, union_id: int) -> "Union":
    """A union in whose name `actor` may write; 404 otherwise."""
    union = orgs.reach(actor, EDIT).filter(pk=union_id).first()
    if union is None:
        raise Http404
    return union


def may(actor: Actor, permission: str, article: Article) -> bool:
    """Does `actor` hold `permission` over the union of `article`?"""
    return orgs.may(actor, permission, article.union)


def office(article: Article) -> "Union":
    """The union in which the next review of an article under review takes place."""
    seat = article.steps[article.step or 0]
    if seat == Office.TOP:
        return org_queries.root()
    return article.union.parent or article.union if seat == Office.ABOVE else article.union


def may_review(actor: Actor, article: Article) -> bool:
    """May `actor` do the next review of `article`?"""
    if article.state != Article.State.REVIEWING or actor.pk in article.involved:
        return False
    return orgs.may(actor, REVIEW, office(article))


def manages(actor: Actor) -> bool:
    """Is there anything here for `actor` to look after?"""
    return orgs.may_anywhere(actor, VIEW)
