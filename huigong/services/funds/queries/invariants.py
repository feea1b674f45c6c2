"""What must hold of all accounts; `huigong verify` asks."""

from huigong.core import verify


@verify.invariant("funds: the lines of every report add up to its sums")
def _sums() -> list[str]:
    return verify.rows(
        "SELECT r.id FROM funds_report r LEFT JOIN funds_line l ON l.report_id = r.id GROUP BY r.id HAVING"
        " r.income_fen <> COALESCE(SUM(l.amount_fen) FILTER (WHERE l.category IN ('dues', 'allocated', 'subsidy',"
        " 'employer', 'undertaking', 'investment', 'other_income')), 0)"
        " OR r.spending_fen <> COALESCE(SUM(l.amount_fen) FILTER (WHERE l.category NOT IN ('dues', 'allocated',"
        " 'subsidy', 'employer', 'undertaking', 'investment', 'other_income')), 0)"
    )


@verify.invariant("funds: a version is replaced exactly when a later one was published")
def _versions() -> list[str]:
    return verify.rows(
        "SELECT r.id FROM funds_report r WHERE r.state IN ('published', 'replaced')"
        " AND (r.state = 'replaced') <> EXISTS (SELECT 1 FROM funds_report n WHERE n.union_id = r.union_id"
        " AND n.year = r.year AND n.period = r.period AND n.version > r.version"
        " AND n.state IN ('published', 'replaced'))"
    )
