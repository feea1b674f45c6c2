"""What must hold for applications at any time."""

from huigong.core import verify


@verify.invariant("policies: nothing private is kept longer than was promised")
def _purged() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM policies_application a JOIN policies_scheme s ON s.id = a.scheme_id"
        " WHERE a.purged_at IS NULL AND a.state IN ('awarded', 'refused', 'withdrawn')"
        " AND a.decided_at + make_interval(months => s.keep_months::int, days => 2) < now()"
    )


@verify.invariant("policies: what was purged has no private papers left")
def _no_papers() -> list[str]:
    return verify.rows(
        "SELECT e.id FROM policies_evidence e JOIN policies_application a ON a.id = e.application_id"
        " JOIN policies_scheme s ON s.id = a.scheme_id WHERE a.purged_at IS NOT NULL AND EXISTS ("
        " SELECT 1 FROM jsonb_array_elements(s.questions) q"
        " WHERE q ->> 'id' = e.question AND (q ->> 'private')::boolean)"
    )


@verify.invariant("policies: every application that was handed in has a trail that begins with it")
def _trails() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM policies_application a WHERE a.submitted_at IS NOT NULL AND NOT EXISTS ("
        " SELECT 1 FROM approvals_step t WHERE t.kind = 'policies.application' AND t.request_id = a.id"
        " AND t.decision = 'submitted')"
    )


@verify.invariant("policies: a unit that is to know nothing of an application is never asked about it")
def _kept_apart() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM policies_application a JOIN policies_scheme s ON s.id = a.scheme_id"
        " WHERE a.state = 'submitted' AND NOT s.unit_first"
    )


@verify.invariant("policies: nobody verified their own application")
def _not_oneself() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM policies_application a JOIN membership_person p ON p.id = a.person_id"
        " WHERE a.verified_by_id = p.account_id"
    )


@verify.invariant("policies: nothing is awarded while an objection waits for its answer")
def _answered() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM policies_application a JOIN policies_objection o ON o.application_id = a.id"
        " WHERE a.state = 'awarded' AND o.replied_at IS NULL"
    )


@verify.invariant("policies: who verified an application did not decide it, but for the unit's own scheme")
def _four_eyes() -> list[str]:
    return verify.rows(
        "SELECT a.id FROM policies_application a JOIN policies_scheme s ON s.id = a.scheme_id"
        " JOIN approvals_step t ON t.kind = 'policies.application' AND t.request_id = a.id"
        " WHERE t.step = '审定' AND t.decision IN ('approved', 'rejected')"
        " AND t.reviewer_id = a.verified_by_id AND s.union_id <> a.union_id"
    )
