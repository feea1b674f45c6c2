"""Reads of news. Public door."""

from huigong.services.news.queries import invariants as invariants
from huigong.services.news.queries.changes import Change, changes, is_only_layout
from huigong.services.news.queries.finding import search
from huigong.services.news.queries.managing import (
    STAGES,
    Desk,
    desk_of,
    levels,
    managed_page,
    plan_zh,
    step_name,
    steps_for,
    steps_of,
    trades,
    versions_of,
)
from huigong.services.news.queries.reading import (
    Card,
    Face,
    Front,
    Page,
    all_channels,
    channels,
    face,
    following_accounts,
    follows,
    front,
    more_like,
    page,
)
from huigong.services.news.queries.words import cover_url

__all__ = [
    "STAGES",
    "Card",
    "Change",
    "Desk",
    "Face",
    "Front",
    "Page",
    "all_channels",
    "changes",
    "channels",
    "cover_url",
    "desk_of",
    "face",
    "following_accounts",
    "follows",
    "front",
    "is_only_layout",
    "levels",
    "managed_page",
    "more_like",
    "page",
    "plan_zh",
    "search",
    "step_name",
    "steps_for",
    "steps_of",
    "trades",
    "versions_of",
]
