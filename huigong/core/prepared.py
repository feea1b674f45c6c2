"""Statements whose SQL is written once a process: for what runs at every request, or thousands of times a second.

Django spends most of a small query on writing its SQL anew: half a millisecond or more, ten times what sending it
and reading the answer costs. Here a queryset is compiled at its first use and sent again with other values.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models import Expression, QuerySet
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from psycopg import sql

Found = TypeVar("Found")
Row = TypeVar("Row", bound=models.Model)


class Slot(Expression):
    """What differs from call to call, by name, where a queryset would hold the value itself."""

    def __init__(self, name: str, output_field: models.Field | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        return "%s", [self]


@models.BigAutoField.register_lookup
class Among(models.Lookup):
    """`pk__among=Slot("ids")`: one of a list of ids, one statement for lists of every length."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


class Prepared(Generic[Found]):
    """A queryset with slots, called with their values.

    `build` is run once: whatever it reads of the clock or of the database stays as it was then, so days, ids
    and the like must be slots. Values go to PostgreSQL as they are, without a field's own preparation.
    """

    def __init__(self, build: Callable[[], "QuerySet[Any, Found]"]) -> None:
        self._build = build
        self._template: tuple[QuerySet[Any, Found], SQLCompiler, str, tuple[Any, ...]] | None = None

    def __call__(self, **values: Any) -> list[Found]:
        """All rows."""
        template, compiler, text, params = self._template or self._write()
        if not text:
            return []
        filled = tuple(values[param.name] if isinstance(param, Slot) else param for param in params)
        found: QuerySet[Any, Found] = QuerySet(template.model, query=_Written(compiler, text, filled))
        found._iterable_class = template._iterable_class
        found._fields = template._fields  # type: ignore[attr-defined]
        return list(found)

    def first(self, **values: Any) -> Found | None:
        """The first row; the queryset itself says LIMIT and ORDER BY."""
        return next(iter(self(**values)), None)

    def _write(self) -> tuple["QuerySet[Any, Found]", SQLCompiler, str, tuple[Any, ...]]:
        queryset = self._build()
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        try:
            text, params = compiler.as_sql()
        except EmptyResultSet:  # nothing can fit: whoever asks holds no post anywhere, for example
            text, params = "", ()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda expressions: converters
        self._template = (queryset, compiler, text, tuple(params))
        return self._template


@contextmanager
def planned_once() -> Iterator[None]:
    """Within, PostgreSQL keeps one plan of a prepared statement for all values.

    For statements over many small tables, where finding a plan costs more than the best one can save. A transaction
    that an error has ended takes the setting back by itself.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        try:
            yield
        except DatabaseError:
            if not connection.in_atomic_block:
                cursor.execute("RESET plan_cache_mode")
            raise
        cursor.execute("RESET plan_cache_mode")


class _Written(Query):
    """Stands where a query would, with its SQL written already."""

    def __init__(self, compiler: SQLCompiler, text: str, params: tuple[Any, ...]) -> None:
        self.__dict__.update(compiler.query.__dict__)
        self._parts = compiler, text, params

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        written, text, params = self._parts
        compiler = copy(written)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # this thread's
        compiler.as_sql = lambda *args, **kwargs: (text, params)  # type: ignore[method-assign]
        return compiler


_inserts: dict[tuple[type[models.Model], tuple[str, ...]], str] = {}


def insert(row: Row) -> Row:
    """Write a new instance, as `save` would, and give it its id and what the database set by default.

    The model has no parents and sends no signals; none of ours does.
    """
    given, left = [], []
    for field in row._meta.local_concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, DatabaseDefault) or (field.primary_key and value is None):
            left.append(field)
        else:
            given.append(field)
    connection = connections[DEFAULT_DB_ALIAS]  # itself: its proxy costs more than a field
    key = row.__class__, tuple(field.attname for field in left)
    text = _inserts.get(key) or _inserts.setdefault(key, _insert_sql(row, given, left))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in given]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        made = cursor.fetchone()
    for field, value in zip(left, made, strict=True):
        setattr(row, field.attname, value)
    row._state.adding = False
    row._state.db = connection.alias
    return row


def _insert_sql(row: models.Model, given: list[Any], left: list[Any]) -> str:
    names = [sql.SQL(", ").join(sql.Identifier(field.column) for field in fields) for fields in (given, left)]
    places = sql.SQL(", ").join([sql.Placeholder()] * len(given))
    table = sql.Identifier(row._meta.db_table)
    template = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}")
    return template.format(table, names[0], places, names[1]).as_string(None)
