"""Reads of policies. Public door."""

from huigong.services.policies.queries import invariants as invariants
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
from huigong.services.policies.queries.filling import Asked, Filling, asked_for, filling
from huigong.services.policies.queries.following import Progress, progress
from huigong.services.policies.queries.noticing import Notice, NoticePage, notice, notice_page
from huigong.services.policies.queries.schemes import (
    Choice,
    Row,
    SchemeFace,
    choice,
    resting_on,
    scheme_face,
    search_schemes,
)

__all__ = [
    "STAGES",
    "VALIDITIES",
    "Asked",
    "Card",
    "Choice",
    "Desk",
    "DeskPage",
    "DeskRow",
    "Face",
    "Filling",
    "Notice",
    "NoticePage",
    "Page",
    "Progress",
    "Row",
    "SchemeFace",
    "Wanted",
    "asked_for",
    "choice",
    "desk_of",
    "face",
    "filling",
    "form_face",
    "managed_page",
    "notice",
    "notice_page",
    "page",
    "progress",
    "replaceable",
    "resting_on",
    "scheme_face",
    "search",
    "search_schemes",
]
