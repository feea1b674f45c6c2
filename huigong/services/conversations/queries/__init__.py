"""Reads of conversations. Public door."""

from huigong.services.conversations.queries import invariants as invariants
from huigong.services.conversations.queries.lists import (
    SHOWS,
    DeskPage,
    OwnPage,
    OwnRow,
    awaiting,
    desk_page,
    own_page,
)
from huigong.services.conversations.queries.threads import (
    Bubble,
    Desk,
    Face,
    answer_within,
    canned_of,
    colleagues,
    desk_of,
    face,
    places_to_forward,
    places_to_write,
    said,
    sounds_like_complaint,
)

__all__ = [
    "SHOWS",
    "Bubble",
    "Desk",
    "DeskPage",
    "Face",
    "OwnPage",
    "OwnRow",
    "answer_within",
    "awaiting",
    "canned_of",
    "colleagues",
    "desk_of",
    "desk_page",
    "face",
    "own_page",
    "places_to_forward",
    "places_to_write",
    "said",
    "sounds_like_complaint",
]
