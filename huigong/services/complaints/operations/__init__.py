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
from huigong.services.complaints.operations.letters import (
    LetterWords,
    draft_letter,
    draw_letter,
    drop_letter,
    open_letter,
    open_paper,
    recompute_answers,
    record_answer,
    return_letter,
    rewrite_letter,
    sign_letter,
    submit_letter,
)
from huigong.services.complaints.operations.lodging import (
    MOST_FILES,
    Draft,
    Lodged,
    Upload,
    lodge_anonymously,
    lodge_as,
)
from huigong.services.complaints.operations.merging import merge, unmerge
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
    "LetterWords",
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
    "draft_letter",
    "draw_letter",
    "drop_letter",
    "lodge_anonymously",
    "lodge_as",
    "mark_seen",
    "merge",
    "note",
    "open_by_receipt",
    "open_case",
    "open_evidence",
    "open_identity",
    "open_letter",
    "open_paper",
    "pause",
    "rate",
    "recompute_answers",
    "recompute_deadlines",
    "record_answer",
    "renew_keys",
    "reopen",
    "reply",
    "resume",
    "return_letter",
    "rewrite_letter",
    "send_digests",
    "sign_letter",
    "submit_letter",
    "supplement",
    "transfer",
    "unmerge",
    "visit",
]
