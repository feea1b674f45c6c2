"""Reads of accounts of funds. Public door."""

from huigong.services.funds.queries import invariants as invariants
from huigong.services.funds.queries.desk import (
    STAGES,
    Desk,
    desk_of,
    desk_page,
    empty_sheet,
)
from huigong.services.funds.queries.reports import (
    Face,
    Row,
    Shelf,
    Year,
    face,
    latest,
    shelf,
)
from huigong.services.funds.queries.sheets import Reading, read_sheet

__all__ = [
    "STAGES",
    "Desk",
    "Face",
    "Reading",
    "Row",
    "Shelf",
    "Year",
    "desk_of",
    "desk_page",
    "empty_sheet",
    "face",
    "latest",
    "read_sheet",
    "shelf",
]
