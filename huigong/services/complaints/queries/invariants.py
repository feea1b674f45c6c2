"""What must hold among cases at any time."""

from huigong.core import verify
from huigong.core.vault import vault


@verify.invariant("complaints: content is read by those only to whom the case was given")
def _readers() -> list[str]:
    with vault():
        return verify.rows(
            """
            SELECT r.id FROM complaints_reading r WHERE r.what NOT IN ('summary', 'letter', 'result') AND NOT EXISTS (
                SELECT FROM complaints_access a WHERE a.case_id = r.case_id AND a.account_id = r.reader_id
                AND a.granted_at <= r.at AND (a.revoked_at IS NULL OR a.revoked_at >= r.at))
            """
        )


@verify.invariant("complaints: an open case has a deadline, and only a paused or answered one has none")
def _deadlines() -> list[str]:
    with vault():
        return verify.rows(
            """
            SELECT c.number FROM complaints_case c WHERE (c.state IN ('received', 'accepted', 'handling')) <> EXISTS (
                SELECT FROM complaints_deadline d WHERE d.case_id = c.id AND d.ended_on IS NULL)
            """
        )


@verify.invariant("complaints: a case in hand has a lead handler, and nobody gave themselves more time")
def _in_hand() -> list[str]:
    with vault():
        return verify.rows(
            """
            SELECT c.number FROM complaints_case c WHERE c.state IN ('handling', 'paused') AND NOT EXISTS (
                SELECT FROM complaints_access a WHERE a.case_id = c.id AND a.part = 'lead' AND a.revoked_at IS NULL)
            UNION ALL
            SELECT c.number FROM complaints_case c JOIN complaints_extension e ON e.case_id = c.id
            WHERE e.decided_by = e.asked_by
            """
        )


@verify.invariant("complaints: letters are numbered by kind and year from one on, without a gap")
def _numbers() -> list[str]:
    with vault():
        return verify.rows(
            """
            SELECT c.kind || ' ' || c.year FROM complaints_lettercount c LEFT JOIN complaints_letter l
                ON l.kind = c.kind AND l.year = c.year
            GROUP BY c.id HAVING count(l.id) <> c.last OR coalesce(max(l.sequence), 0) <> c.last
            UNION ALL
            SELECT l.kind || ' ' || l.year FROM complaints_letter l WHERE l.sequence IS NOT NULL AND NOT EXISTS (
                SELECT FROM complaints_lettercount c WHERE c.kind = l.kind AND c.year = l.year)
            """
        )


@verify.invariant("complaints: a case that follows another goes its way, and that one follows nobody")
def _followers() -> list[str]:
    with vault():
        return verify.rows(
            """
            SELECT f.number FROM complaints_case f JOIN complaints_case l ON l.id = f.leading_id
            WHERE l.leading_id IS NOT NULL OR l.state <> f.state
            """
        )
