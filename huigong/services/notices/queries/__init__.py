"""Reads of notices. Public door."""

from huigong.services.notices.queries import invariants as invariants
from huigong.services.notices.queries.audiences import SavedRow, saved_for, saved_rows
from huigong.services.notices.queries.desk import (
    Desk,
    UnionReach,
    desk_of,
    head_count,
    managed_page,
    outstanding,
    reach_by_union,
)
from huigong.services.notices.queries.names import Unread, UnreadPage, unread_all, unread_page
from huigong.services.notices.queries.reading import (
    STAGES,
    Face,
    Page,
    Row,
    face,
    latest,
    page,
    search,
    unread_count,
)

__all__ = [
    "STAGES",
    "Desk",
    "Face",
    "Page",
    "Row",
    "SavedRow",
    "UnionReach",
    "Unread",
    "UnreadPage",
    "desk_of",
    "face",
    "head_count",
    "latest",
    "managed_page",
    "outstanding",
    "page",
    "reach_by_union",
    "saved_for",
    "saved_rows",
    "search",
    "unread_all",
    "unread_count",
    "unread_page",
]
