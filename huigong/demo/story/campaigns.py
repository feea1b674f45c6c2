"""Campaigns: activities under one theme, as the banner of the home page shows them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.services.activities import operations as activities
from huigong.services.activities.models import Activity


def campaigns(stage: Stage) -> Iterator[Story]:
    """Those that run now, over activities that are already announced."""
    return (_running(stage, plan) for plan in words("activities")["campaigns"])


def _running(stage: Stage, plan: dict[str, Any]) -> Story:
    yield stage.clock.at(0, "07:40")
    today, admin = stage.clock.today, stage.accounts["county.admin"]
    campaign = activities.create_campaign(
        stage.unions["county"],
        activities=Activity.objects.filter(title__in=plan["titles"]),
        actor=admin,
        title=plan["title"],
        summary=plan["summary"],
        body=plan["body"],
        drawing=plan["drawing"],
        starts_on=today + timedelta(days=plan["begins"]),
        ends_on=today + timedelta(days=plan["ends"]),
    )
    activities.publish_campaign(campaign, actor=admin)
