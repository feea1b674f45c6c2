"""Thousands of rows at once, by COPY: several times faster than INSERT, and any model's fields will do."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connections, models
from django.db.models.expressions import DatabaseDefault
from psycopg import sql

Row = TypeVar("Row", bound=models.Model)


def ids(model: type[models.Model], count: int) -> list[int]:
    """Fresh numbers from the table's own sequence, which other sessions may use at the same time."""
    table = model._meta.db_table
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def copy(rows: Sequence[Row]) -> Sequence[Row]:
    """Write new instances of one model and give them ids, unless they have one. Nobody's `save` is called.

    A field left to the database's default must be so in every row.
    """
    if not rows:
        return rows
    model = type(rows[0])
    if rows[0].pk is None:
        for row, pk in zip(rows, ids(model, len(rows)), strict=True):
            row.pk = pk
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not isinstance(getattr(rows[0], field.attname), DatabaseDefault)
    ]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
    )
    readers = [(field.attname, field.get_db_prep_save) for field in fields]
    connection = connections["default"]  # the object itself: its proxy costs more than the rest of a row
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row([prepare(getattr(row, name), connection) for name, prepare in readers])
            row._state.adding = False
    return rows
