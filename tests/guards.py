"""Guards switched off on purpose: a test that proves a guard works must fail without it.

Nothing in huigong/ has such a switch; these drop the named constraint, or patch the named statement, for
the length of one block.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """Drop a constraint or unique index of `table`, and put it back (as far as the rows then allow)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        row = cursor.fetchone()
        if row:
            drop = f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'
            late = "" if row[0].startswith("UNIQUE") else " NOT VALID"
            restore = f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {row[0]}{late}'
        else:
            cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [name])
            restore, drop = cursor.fetchone()[0], f'DROP INDEX "{name}"'
        cursor.execute(drop)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{table}" CASCADE')
            cursor.execute(restore)
