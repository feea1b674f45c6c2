"""The vault: tables that the application cannot read, not even by mistake, unless it says so with `vault()`.

Row-level security is on and forced for every `VaultedModel`. Its one policy lets nobody through but the database's
own vault role, which cannot log in and may touch nothing else. Whoever holds the application's connection sees empty
tables: a forgotten filter, an export, a search or an injected SELECT finds nothing there. Inside `vault()` it is the
other way round: those tables answer, and all others refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import OperationalError, ProgrammingError, connection, transaction
from psycopg import sql

from huigong.core import verify
from huigong.core.models import VaultedModel

_ROLE = "left(current_database(), 57) || '_vault'"
"""Roles belong to the server, not to one database: each database has a vault role of its own."""

_ENTER = "SELECT set_config('role', left(current_database(), 57) || '_vault', true)"
_LEAVE = "SELECT set_config('role', 'none', true)"


@contextmanager
def vault() -> Iterator[None]:
    """Read and write the vault's tables, and only those, inside one transaction.

    The role ends with the block, and with the transaction whatever happens. Blocks may be nested. What is read
    must be read in full inside: a queryset that is looked at later finds nothing.
    """
    with transaction.atomic():
        outermost = not getattr(connection, "vault_is_open", False)
        if outermost:
            _become(_ENTER)
        connection.vault_is_open = True  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.vault_is_open = not outermost  # type: ignore[attr-defined]
        if outermost:  # after an error the rollback gives the role back
            _become(_LEAVE)


def _become(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def models() -> list[Any]:
    """Every model whose table lies in the vault."""
    return [model for model in apps.get_models() if issubclass(model, VaultedModel)]


def fortify(**kwargs: Any) -> None:
    """Make the vault role, and close every vault table. Done after each `migrate`; a second time it finds all done.

    Raises `OperationalError` with the statements for the administrator when this user may not make roles.
    """
    tables = [model._meta.db_table for model in models()]
    standing = set(connection.introspection.table_names())
    if not standing.issuperset(tables):
        return  # half-way through the migrations; the run that makes them comes back
    role = _one("SELECT " + _ROLE)
    if not _one("SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s", role):
        _make_role(role)
    with transaction.atomic(), connection.cursor() as cursor:
        done = _closed_tables() & _granted_tables(role)
        for table in tables:
            if table not in done:
                for statement in _CLOSE:
                    cursor.execute(
                        sql.SQL(statement).format(table=sql.Identifier(table), role=sql.Identifier(role))
                    )


_CLOSE = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS vault ON {table}",
    f"CREATE POLICY vault ON {{table}} USING (current_user = ({_ROLE}))",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}",
)
"""The policy asks who the current user is and not for membership: the application is a member all the time."""

_MAKE = {
    True: "CREATE ROLE {role} NOLOGIN; GRANT {role} TO {user} WITH INHERIT FALSE, SET TRUE",
    False: "CREATE ROLE {role} NOLOGIN; GRANT {role} TO {user}",
}
"""By whether the server is PostgreSQL 16 or newer, which grants without handing the rights down."""


def _make_role(role: str) -> None:
    statements = sql.SQL(_MAKE[int(_one("SHOW server_version_num")) >= 160000]).format(
        role=sql.Identifier(role), user=sql.Identifier(_one("SELECT current_user"))
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if _one("SELECT true FROM pg_roles WHERE rolname = %s", role):
                raise ProgrammingError("somebody else's role")
            for statement in statements.as_string(cursor.cursor).split(";"):
                cursor.execute(statement)
    except ProgrammingError as error:
        words = statements.as_string(connection.connection)
        raise OperationalError(
            f"数据库用户不能建立“维权保险箱”的角色。请数据库管理员在这个库所在的服务器上执行：{words};"
            "（角色已存在时只执行 GRANT），然后重试。"
        ) from error


def _one(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _closed_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid AND polname = 'vault'"
            " WHERE relrowsecurity AND relforcerowsecurity AND relnamespace = current_schema()::regnamespace"
        )
        return {row[0] for row in cursor.fetchall()}


def _granted_tables(role: str) -> set[str]:
    """Tables that the vault role may use: a restored backup comes without its grants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            " AND has_table_privilege(%s, oid, 'SELECT, INSERT, UPDATE, DELETE')",
            [role],
        )
        return {row[0] for row in cursor.fetchall()}


def faults() -> list[str]:
    """What is wrong with the wall, in Chinese: the role, this database user, and each table that is not closed."""
    role = _one("SELECT " + _ROLE)
    can_log_in = _one("SELECT rolcanlogin OR rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", role)
    found = []
    if can_log_in is None:
        found.append(f"没有维权保险箱的数据库角色 {role}；请执行 huigong migrate")
    elif can_log_in:
        found.append(
            f"数据库角色 {role} 能登录或能绕过行级保护；请执行 ALTER ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS"
        )
    if _one("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"):
        found.append("数据库用户是超级用户或带有 BYPASSRLS，行级保护对它不起作用，请换一个普通用户")
    closed = _closed_tables()
    tables = [model._meta.db_table for model in models()]
    return found + [
        f"{table} 没有行级保护；请执行 huigong migrate" for table in tables if table not in closed
    ]


@verify.invariant("vault: every table is closed, to this database user too")
def _is_closed() -> list[str]:
    return faults() + [
        f"{model._meta.db_table} 在保险箱外能读到" for model in models() if model._default_manager.exists()
    ]
