"""Reads of activities. Public door."""

from huigong.services.activities.queries import invariants as invariants
from huigong.services.activities.queries.details import (
    Detail,
    MinePage,
    MyDetail,
    detail,
    live_signup_count,
    my_detail,
    my_page,
    my_signups,
    sessions_of,
    signup_counts,
    signups_of_person,
    when,
)
from huigong.services.activities.queries.search import Card, Page, Search, cover_url, featured, search

__all__ = [
    "Card",
    "Detail",
    "MinePage",
    "MyDetail",
    "Page",
    "Search",
    "cover_url",
    "detail",
    "featured",
    "live_signup_count",
    "my_detail",
    "my_page",
    "my_signups",
    "search",
    "sessions_of",
    "signup_counts",
    "signups_of_person",
    "when",
]
