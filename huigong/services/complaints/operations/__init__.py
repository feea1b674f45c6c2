"""Every write to complaints. Public door."""

from huigong.services.complaints.operations.deadlines import recompute_deadlines
from huigong.services.complaints.operations.following import (
    mark_seen,
    rate,
    reopen,
    supplement,
)
from huigong.services.complaints.operations.handling import (
    accept,
    ask_author,
    ask_extension,
    assign,
    check,
    decide_extension,
    decline,
    note,
    pause,
    reply,
    resume,
    transfer,
    visit,
)
from huigong.services.complaints.operations.lodging import (
    MOST_FILES,
    Draft,
    Lodged,
    Upload,
    lodge_anonymously,
    lodge_as,
)
from huigong.services.complaints.operations.reading import (
    open_case,
    open_evidence,
    open_identity,
)
from huigong.services.complaints.operations.receipts import KNOCKS_AN_HOUR, count_knock, open_by_receipt
from huigong.services.complaints.operations.resealing import renew_keys
from huigong.services.complaints.operations.telling import send_digests

__all__ = [
    "KNOCKS_AN_HOUR",
    "MOST_FILES",
    "Draft",
    "Lodged",
    "Upload",
    "accept",
    "ask_author",
    "ask_extension",
    "assign",
    "check",
    "count_knock",
    "decide_extension",
    "decline",
    "lodge_anonymously",
    "lodge_as",
    "mark_seen",
    "note",
    "open_by_receipt",
    "open_case",
    "open_evidence",
    "open_identity",
    "pause",
    "rate",
    "recompute_deadlines",
    "renew_keys",
    "reopen",
    "reply",
    "resume",
    "send_digests",
    "supplement",
    "transfer",
    "visit",
]
