"""A look at a database before Django touches it."""

from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from huigong.cli.trouble import Trouble

OLDEST_SERVER = 150000


@dataclass(frozen=True)
class Findings:
    """What lies in a database."""

    has_tables: bool
    mode: str  # of core.Instance; empty when the database has none
    migrations: str  # changes whenever a migration is applied or undone, or another backup is restored


def inspect(url: str) -> Findings:
    """Look into the database at `url`. Refuses with one sentence when it cannot be reached or is too old."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise Trouble("DATABASE_URL 不对：应当形如 postgresql://用户:密码@主机:5432/库名。")
    try:
        with psycopg.connect(url, connect_timeout=4) as connection:
            return _look(connection)
    except psycopg.Error as error:
        lines = str(error).strip().splitlines()
        raise Trouble(
            f"DATABASE_URL 指定的数据库连不上：{lines[-1].strip() if lines else '原因不明'}"
        ) from error


def client_environment(url: str) -> dict[str, str]:
    """The variables by which PostgreSQL's own tools find the database at `url`, its password among them."""
    variables = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    parts = conninfo_to_dict(url)
    return {variable: str(parts[name]) for name, variable in variables.items() if parts.get(name)}


def _look(connection: psycopg.Connection) -> Findings:
    if connection.info.server_version < OLDEST_SERVER:
        raise Trouble(f"数据库的 PostgreSQL 版本是 {connection.info.server_version // 10000}，至少需要 15。")
    tables = {
        row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    mode, migrations = "", ""
    if "core_instance" in tables:
        row = connection.execute("SELECT mode FROM core_instance").fetchone()
        mode = row[0] if row else ""
    if "django_migrations" in tables:
        row = connection.execute("SELECT count(*), max(id), max(applied) FROM django_migrations").fetchone()
        migrations = repr(row)
    return Findings(bool(tables), mode, migrations)
