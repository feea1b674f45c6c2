"""Campaigns as they are read and edited."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.drawings import drawing_url
from huigong.core.formats import day_zh
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity, Campaign
from huigong.services.activities.queries.search import Card, card, named_like, with_places

MOST_ACTIVITIES = 60
_CHOICES = 30


@dataclass(frozen=True)
class CampaignPage:
    """A campaign for one reader: of its activities those that they see anyway."""

    campaign: Campaign
    cover: str
    days: str
    cards: list[Card]


def campaign_page(campaign: Campaign, actor: Actor) -> CampaignPage:
    """What `actor` reads: the activities ahead first, then the past ones."""
    seen = permissions.visible_to(actor).exclude(state=Activity.State.CANCELLED)
    rows = with_places(seen.filter(campaigns=campaign)).order_by("starts_at", "id")[:MOST_ACTIVITIES]
    now = timezone.now()
    in_order = sorted(rows, key=lambda activity: (activity.ends_at < now, activity.starts_at))
    return CampaignPage(
        campaign, drawing_url(campaign.drawing), _days(campaign), [card(row) for row in in_order]
    )


def _days(campaign: Campaign) -> str:
    return f"{day_zh(campaign.starts_on)} 至 {day_zh(campaign.ends_on)}"


@dataclass(frozen=True)
class CampaignCard:
    """A campaign in the strip above the list of activities."""

    title: str
    href: str
    cover: str
    note: str


def running_campaigns(actor: Actor, *, limit: int = 5) -> list[CampaignCard]:
    """Campaigns of today that `actor` may read, the latest first."""
    today = timezone.localdate()
    running = permissions.campaigns_visible_to(actor).filter(starts_on__lte=today, ends_on__gte=today)
    return [
        CampaignCard(
            title=campaign.title,
            href=reverse("activities:campaign", args=[campaign.pk]),
            cover=drawing_url(campaign.drawing),
            note=campaign.summary or _days(campaign),
        )
        for campaign in running.order_by("-starts_on", "-id")[:limit]
    ]


def managed_campaigns(actor: Actor, *, before: int | None = None, limit: int = 20) -> list[dict[str, Any]]:
    """Campaigns that the actor may edit, newest first, from below id `before`, as list rows."""
    found = permissions.campaigns_managed_by(actor).select_related("union")
    if before:
        found = found.filter(pk__lt=before)
    return [
        {
            "pk": campaign.pk,
            "title": campaign.title,
            "href": reverse("activities:edit-campaign", args=[campaign.pk]),
            "image": drawing_url(campaign.drawing),
            "lines": [
                ("calendar-days", _days(campaign)),
                ("building-2", campaign.union.short_name or campaign.union.name),
            ],
            "tags": [
                ("已发布", "ok") if campaign.is_published else ("草稿", "grey"),
                (f"{campaign.chosen} 个活动", "grey"),
            ],
        }
        for campaign in found.annotate(chosen=Count("activities")).order_by("-id")[:limit]
    ]


def choosable_activities(actor: Actor, campaign: Campaign | None) -> QuerySet[Activity]:
    """What an editor may put into a campaign: published activities they look after, and those in it already."""
    own = Q(pk__in=permissions.managed_by(actor).values("pk")) & Q(state__in=permissions.ONCE_PUBLISHED)
    kept = Q(campaigns=campaign) if campaign else Q(pk__in=[])
    return Activity.objects.filter(own | kept, published_at__isnull=False).distinct()


@dataclass(frozen=True)
class ActivityChoice:
    """An activity that may go into a campaign."""

    pk: int
    title: str
    note: str
    is_chosen: bool


def activity_choices(
    actor: Actor, campaign: Campaign | None, *, chosen: Iterable[int], text: str = ""
) -> list[ActivityChoice]:
    """Those ticked, then the latest others that match what is typed."""
    chosen = set(chosen)
    choosable = choosable_activities(actor, campaign)
    others = choosable.exclude(pk__in=chosen).exclude(state=Activity.State.CANCELLED)
    if text:
        others = others.filter(named_like(text))
    ticked = choosable.filter(pk__in=chosen).order_by("starts_at")[:MOST_ACTIVITIES]
    return [
        ActivityChoice(
            activity.pk,
            activity.title,
            f"{day_zh(activity.starts_at)} · {activity.union.short_name or activity.union.name}",
            activity.pk in chosen,
        )
        for activity in [
            *ticked.select_related("union"),
            *others.select_related("union").order_by("-starts_at", "-id")[:_CHOICES],
        ]
    ]
