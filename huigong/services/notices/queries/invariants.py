"""What must always hold of notices."""

from huigong.core import verify


@verify.invariant("notices: a reminder was sent at most once, and only of what was published")
def _reminders() -> list[str]:
    return verify.rows("SELECT id FROM notices_notice WHERE reminded_at IS NOT NULL AND state = 'draft'")


@verify.invariant("notices: the unions of a rule stand in the array beside it")
def _unions_agree() -> list[str]:
    return verify.rows(
        "SELECT id FROM notices_notice WHERE audience->'union_ids' IS DISTINCT FROM to_jsonb(audience_unions)"
    )
