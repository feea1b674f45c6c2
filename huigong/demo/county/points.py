"""Points for the check-ins of whole sessions, by a few statements over many signups at once."""

from collections.abc import Iterator

from django.db import connection

from huigong.resources.points.models import Account
from huigong.services.activities.models import Session, Signup

_RULE = "activity.attended"
_AT_ONCE = 500
"""The trigger that balances transactions opens a subtransaction for each entry; what a long list of pending
ones costs grows with its square."""

_ACCOUNTS = """
INSERT INTO points_account (created_at, person_id, rule, balance)
SELECT now(), s.person_id, '', 0 FROM activities_signup s
WHERE s.id = ANY(%(signups)s) AND NOT EXISTS (SELECT FROM points_account a WHERE a.person_id = s.person_id)
GROUP BY s.person_id
"""

_AWARDS = """
WITH award AS (
    INSERT INTO points_transaction (at, key, rule, memo, expires_on)
    SELECT s.checked_in_at, 'activity.attended:' || s.id, 'activity.attended', '参加“' || a.title || '”',
           make_date(extract(year FROM s.checked_in_at AT TIME ZONE 'Asia/Shanghai')::int + 1, 12, 31)
    FROM activities_signup s
    JOIN activities_session t ON t.id = s.session_id
    JOIN activities_activity a ON a.id = t.activity_id
    WHERE s.id = ANY(%(signups)s)
    RETURNING id, key
), leg AS (
    SELECT award.id, s.points, m.id AS member
    FROM activities_signup s
    JOIN points_account m ON m.person_id = s.person_id
    JOIN award ON award.key = 'activity.attended:' || s.id
    WHERE s.id = ANY(%(signups)s)
)
INSERT INTO points_entry (transaction_id, account_id, amount)
SELECT leg.id, r.id, -leg.points FROM leg, points_account r WHERE r.rule = 'activity.attended'
UNION ALL SELECT id, member, points FROM leg
"""

_BALANCES = """
UPDATE points_account a SET balance = e.total
FROM (SELECT account_id, sum(amount) AS total FROM points_entry GROUP BY 1) e
WHERE e.account_id = a.id AND a.person_id IS NOT NULL AND a.balance <> e.total
"""


def award_points(sessions: list[Session]) -> None:
    """What `points.operations.award` would write for each check-in of `sessions`."""
    Account.objects.get_or_create(rule=_RULE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for signups in _checked_in(sessions):
            cursor.execute(_ACCOUNTS, {"signups": signups})
            cursor.execute(_AWARDS, {"signups": signups})
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(_BALANCES)


def _checked_in(sessions: list[Session]) -> Iterator[list[int]]:
    """Signups that earn points, oldest first, some at a time."""
    earned = Signup.objects.filter(session__in=sessions, points__gt=0)
    ids = list(earned.order_by("checked_in_at", "id").values_list("id", flat=True))
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
