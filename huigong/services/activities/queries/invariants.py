"""What must hold between activities, their signups and the places."""

from huigong.core import verify


@verify.invariant("activities: every signup is its entry's, in its session's pool, of the same person")
def _signups_match_entries() -> list[str]:
    return verify.rows(
        "SELECT s.id FROM activities_signup s JOIN activities_session t ON t.id = s.session_id"
        " JOIN seats_entry e ON e.id = s.entry_id WHERE e.pool_id <> t.pool_id OR e.person_id <> s.person_id"
    )


@verify.invariant("activities: every entry in a session's pool has its signup")
def _entries_have_signups() -> list[str]:
    return verify.rows(
        "SELECT e.id FROM seats_entry e JOIN activities_session t ON t.pool_id = e.pool_id"
        " LEFT JOIN activities_signup s ON s.entry_id = e.id WHERE s.id IS NULL"
    )


@verify.invariant("activities: only confirmed places are checked in")
def _check_ins() -> list[str]:
    return verify.rows(
        "SELECT s.id FROM activities_signup s JOIN seats_entry e ON e.id = s.entry_id"
        " WHERE s.checked_in_at IS NOT NULL AND e.state <> 'confirmed'"
    )


@verify.invariant("activities: every check-in that was worth points has them, once")
def _points_given() -> list[str]:
    return verify.rows(
        "SELECT s.id FROM activities_signup s"
        " LEFT JOIN points_transaction t ON t.key = 'activity.attended:' || s.id"
        " || CASE WHEN s.check_in_round > 0 THEN '.' || s.check_in_round ELSE '' END"
        " LEFT JOIN points_transaction r ON r.reversal_of_id = t.id"
        " WHERE s.checked_in_at IS NOT NULL AND s.points > 0 AND (t.id IS NULL OR r.id IS NOT NULL)"
    )


@verify.invariant("activities: who is not checked in keeps no points for it")
def _points_taken_back() -> list[str]:
    return verify.rows(
        "SELECT s.id FROM points_transaction t"
        " JOIN activities_signup s ON s.id = split_part(split_part(t.key, ':', 2), '.', 1)::bigint"
        " LEFT JOIN points_transaction r ON r.reversal_of_id = t.id"
        " WHERE t.rule = 'activity.attended' AND t.reversal_of_id IS NULL AND r.id IS NULL"
        " AND s.checked_in_at IS NULL"
    )
