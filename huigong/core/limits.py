"""How often: counts in PostgreSQL, shared by all processes, by fixed windows."""

import hashlib
from datetime import timedelta

from django.db import connection

from huigong.core.errors import Refused

_COUNT = """
INSERT INTO core_ratecount (key, "window", count)
VALUES (%s, date_bin(%s::interval, now(), '2000-01-01'), 1)
ON CONFLICT (key, "window") DO UPDATE SET count = core_ratecount.count + 1
RETURNING count
"""


def hit(kind: str, who: str, *, per: timedelta) -> int:
    """Count one more `kind` by `who` and return how many this window has. `who` is stored hashed.

    Call it outside the operation's transaction: a refused attempt must still count.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(kind, who), f"{per.total_seconds()} seconds"])
        return cursor.fetchone()[0]


def _key(kind: str, who: str) -> str:
    return f"{kind}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"


def require(kind: str, who: str, *, at_most: int, per: timedelta, sentence: str = "") -> None:
    """Refuse with 429 when `who` has done `kind` more than `at_most` times in this window."""
    if hit(kind, who, per=per) > at_most:
        raise Refused(sentence or "操作太频繁了，请稍后再试。", "too-often", status=429)


_PEEK = """
SELECT count FROM core_ratecount WHERE key = %s AND "window" = date_bin(%s::interval, now(), '2000-01-01')
"""


def hits(kind: str, who: str, *, per: timedelta) -> int:
    """How many `kind` by `who` this window has had; counts nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_PEEK, [_key(kind, who), f"{per.total_seconds()} seconds"])
        row = cursor.fetchone()
    return row[0] if row else 0
