"""The database of a command: the running instance's, or the embedded one for as long as the command takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from huigong.cli.data_directory import DataDirectory, Instance
from huigong.cli.django_setup import set_up_django
from huigong.cli.inspection import Findings, inspect
from huigong.cli.postgres import cluster_of
from huigong.cli.preparation import check_ownership, migrate_database, provide_secrets
from huigong.cli.trouble import Trouble


@contextmanager
def database() -> Iterator[DataDirectory]:
    """Django, set up on the database of HUIGONG_DATA.

    DATABASE_URL wins when it is set; then the running instance's database; else the embedded server is started
    and stopped again. The mode is the database's own.
    """
    directory = DataDirectory.from_environment()
    with database_url(directory) as url:
        _enter(directory, url, inspect(url), mode=os.environ.get("HUIGONG_MODE") or "production")
        with _refusals_as_trouble():
            yield directory


@contextmanager
def demo_database() -> Iterator[DataDirectory]:
    """As `database`, but only on a demo. An empty database becomes one."""
    directory = DataDirectory.from_environment()
    with database_url(directory) as url:
        found = inspect(url)
        if found.mode == "production":
            raise Trouble("这是正式库；demo 命令只能用于演示库。")
        check_ownership(found, "demo")
        _enter(directory, url, found, mode="demo")
        if not found.has_tables:
            migrate_database("demo")
        with _refusals_as_trouble():
            yield directory


def _enter(directory: DataDirectory, url: str, found: Findings, *, mode: str) -> None:
    directory.make()
    provide_secrets(directory, found)
    os.environ |= {
        "DATABASE_URL": url,
        "HUIGONG_DATA": str(directory.path),
        "HUIGONG_MODE": found.mode or mode,
    }
    set_up_django()


@contextmanager
def _refusals_as_trouble() -> Iterator[None]:
    """An operation that refuses ends the command with its sentence."""
    from huigong.core.errors import Refused

    try:
        yield
    except Refused as refused:
        raise Trouble(refused.sentence) from refused


@contextmanager
def database_url(directory: DataDirectory) -> Iterator[str]:
    """The address of the database, which answers for as long as the context lasts."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
    elif instance := directory.running():
        yield instance.dsn
    else:
        with directory.hold(Instance(os.getpid())):
            cluster = cluster_of(directory.path)
            cluster.start()
            try:
                yield cluster.url
            finally:
                cluster.stop()
