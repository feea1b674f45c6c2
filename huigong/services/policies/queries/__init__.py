"""Reads of policies. Public door."""

from huigong.services.policies.queries.documents import (
    STAGES,
    VALIDITIES,
    Card,
    Desk,
    DeskPage,
    DeskRow,
    Face,
    Page,
    Wanted,
    desk_of,
    face,
    form_face,
    managed_page,
    page,
    replaceable,
    search,
)

__all__ = [
    "STAGES",
    "VALIDITIES",
    "Card",
    "Desk",
    "DeskPage",
    "DeskRow",
    "Face",
    "Page",
    "Wanted",
    "desk_of",
    "face",
    "form_face",
    "managed_page",
    "page",
    "replaceable",
    "search",
]
