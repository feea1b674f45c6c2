"""Reads of activities. Public door."""

from huigong.services.activities.queries import invariants as invariants
from huigong.services.activities.queries.answers import answers_context, answers_of, party_zh
from huigong.services.activities.queries.details import Detail, detail, sessions_of, signups_of_person
from huigong.services.activities.queries.managing import (
    STAGES,
    Desk,
    ManagedPage,
    desk_of,
    managed_page,
    quota_shares,
    union_choices,
    unions_below,
)
from huigong.services.activities.queries.mine import (
    MinePage,
    MyDetail,
    live_signup_count,
    may_answer_survey,
    my_detail,
    my_page,
    my_signups,
)
from huigong.services.activities.queries.search import Card, Page, Search, featured, search
from huigong.services.activities.queries.words import (
    COVERS,
    chance_zh,
    cover_url,
    drawing_url,
    session_name,
    state_of,
    when,
    where,
)

__all__ = [
    "COVERS",
    "STAGES",
    "Card",
    "Desk",
    "Detail",
    "ManagedPage",
    "MinePage",
    "MyDetail",
    "Page",
    "Search",
    "answers_context",
    "answers_of",
    "chance_zh",
    "cover_url",
    "desk_of",
    "detail",
    "drawing_url",
    "featured",
    "live_signup_count",
    "managed_page",
    "may_answer_survey",
    "my_detail",
    "my_page",
    "my_signups",
    "party_zh",
    "quota_shares",
    "search",
    "session_name",
    "sessions_of",
    "signups_of_person",
    "state_of",
    "union_choices",
    "unions_below",
    "when",
    "where",
]
