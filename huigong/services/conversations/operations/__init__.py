"""Every write to conversations. Public door."""

from huigong.services.conversations.operations.adopting import (
    decide_suggestion,
    publish_adoption,
    put_name,
    return_wording,
    submit_wording,
    support,
    withdraw_adoption,
)
from huigong.services.conversations.operations.canned import remove_canned, save_canned
from huigong.services.conversations.operations.exporting import note_figures_export
from huigong.services.conversations.operations.forwarding import answer_forwarding, ask_to_forward
from huigong.services.conversations.operations.handling import (
    assign,
    close,
    escalate_overdue,
    mark_read_by_author,
    mark_read_by_union,
    rate,
    reopen,
)
from huigong.services.conversations.operations.writing import (
    Letter,
    note,
    reply,
    start,
    write,
    write_to_union,
)

__all__ = [
    "Letter",
    "answer_forwarding",
    "ask_to_forward",
    "assign",
    "close",
    "decide_suggestion",
    "escalate_overdue",
    "mark_read_by_author",
    "mark_read_by_union",
    "note",
    "note_figures_export",
    "publish_adoption",
    "put_name",
    "rate",
    "remove_canned",
    "reopen",
    "reply",
    "return_wording",
    "save_canned",
    "start",
    "submit_wording",
    "support",
    "withdraw_adoption",
    "write",
    "write_to_union",
]
