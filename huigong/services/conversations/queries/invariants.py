"""What must hold of every thread, whatever happened; `huigong verify` asks."""

from huigong.core import verify


@verify.invariant("conversations: the union that owes an answer takes part")
def _parts() -> list[str]:
    return verify.rows(
        "SELECT t.id FROM conversations_thread t WHERE NOT EXISTS (SELECT 1 FROM conversations_handling h"
        " WHERE h.thread_id = t.id AND h.union_id = t.union_id)"
    )


@verify.invariant(
    "conversations: a thread begins with words, and is answered exactly when an answer stands in it"
)
def _answers() -> list[str]:
    return verify.rows(
        "SELECT t.id FROM conversations_thread t WHERE"
        " NOT EXISTS (SELECT 1 FROM conversations_message m WHERE m.thread_id = t.id AND m.kind = 'words')"
        " OR (t.answered_at IS NOT NULL) <> EXISTS"
        " (SELECT 1 FROM conversations_message m WHERE m.thread_id = t.id AND m.kind = 'answer')"
    )


@verify.invariant("conversations: only unions that take part have spoken, beside the one that wrote")
def _speakers() -> list[str]:
    return verify.rows(
        "SELECT m.id FROM conversations_message m JOIN conversations_thread t ON t.id = m.thread_id"
        " WHERE m.union_id IS NOT NULL AND m.union_id <> t.home_id AND NOT EXISTS"
        " (SELECT 1 FROM conversations_handling h WHERE h.thread_id = t.id AND h.union_id = m.union_id)"
    )


@verify.invariant("conversations: only suggestions are decided, after an answer, by a union that takes part")
def _adoptions() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM conversations_adoption a JOIN conversations_thread t ON t.id = a.thread_id"
        " WHERE t.kind <> 'suggestion' OR t.answered_at IS NULL"
        " OR NOT EXISTS (SELECT 1 FROM conversations_handling h"
        " WHERE h.thread_id = t.id AND h.union_id = a.union_id)"
    )
