"""Every write to conversations. Public door."""

from huigong.services.conversations.operations.canned import remove_canned, save_canned
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
    "escalate_overdue",
    "mark_read_by_author",
    "mark_read_by_union",
    "note",
    "rate",
    "remove_canned",
    "reopen",
    "reply",
    "save_canned",
    "start",
    "write",
    "write_to_union",
]
