"""Campaigns: a page that groups activities under one theme."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction

from huigong.core import audit, richtext
from huigong.core.errors import Refused
from huigong.services.activities.models import Activity, Campaign

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

FIELDS = frozenset({"title", "summary", "body", "drawing", "starts_on", "ends_on"})


@transaction.atomic
def create_campaign(
    union: "Union", *, activities: Iterable[Activity], actor: audit.Actor, **fields: Any
) -> Campaign:
    """A campaign of `union` that nobody but its editors sees yet. Refuses activities that were never published."""
    campaign = Campaign(union=union)
    _fill(campaign, activities, fields)
    audit.record(actor, "activities:campaign:create", campaign, after=_audited(campaign), org=union)
    return campaign


@transaction.atomic
def update_campaign(
    campaign: Campaign, *, activities: Iterable[Activity], actor: audit.Actor, **fields: Any
) -> Campaign:
    """Change words, days and activities, also of a published campaign. Refuses as `create_campaign` does."""
    before = _audited(campaign)
    _fill(campaign, activities, fields)
    after = _audited(campaign)
    audit.record(
        actor, "activities:campaign:update", campaign, before=before, after=after, org=campaign.union
    )
    return campaign


def _fill(campaign: Campaign, activities: Iterable[Activity], fields: dict[str, Any]) -> None:
    unknown = fields.keys() - FIELDS
    if unknown:
        raise TypeError(f"not fields of a campaign: {sorted(unknown)}")
    chosen = list(activities)
    if any(activity.published_at is None for activity in chosen):
        raise Refused("只能选择已经发布的活动。", "not-published", status=422)
    for name, value in fields.items():
        setattr(campaign, name, value)
    campaign.body = richtext.clean(campaign.body)
    if campaign.ends_on < campaign.starts_on:
        raise Refused("结束日期不能早于开始日期。", "days", status=422)
    campaign.save()
    campaign.activities.set(chosen)


def _audited(campaign: Campaign) -> dict[str, Any]:
    days = {"starts_on": campaign.starts_on, "ends_on": campaign.ends_on}
    chosen = sorted(campaign.activities.values_list("pk", flat=True)) if campaign.pk else []
    return {"title": campaign.title, **days, "activities": chosen}


@transaction.atomic
def publish_campaign(campaign: Campaign, *, actor: audit.Actor) -> Campaign:
    """Show it to the union's members. Refuses one without activities; twice changes nothing."""
    if not campaign.activities.exists():
        raise Refused("请至少选一个活动，再发布专题。", "no-activities", status=422)
    return _turn(campaign, True, "publish", actor)


@transaction.atomic
def take_down_campaign(campaign: Campaign, *, actor: audit.Actor) -> Campaign:
    """Show it no longer. Its activities are not touched; twice changes nothing."""
    return _turn(campaign, False, "take-down", actor)


def _turn(campaign: Campaign, is_published: bool, verb: str, actor: audit.Actor) -> Campaign:
    turned = Campaign.objects.filter(pk=campaign.pk, is_published=not is_published)
    if turned.update(is_published=is_published):
        audit.record(actor, f"activities:campaign:{verb}", campaign, org=campaign.union)
    campaign.is_published = is_published
    return campaign
