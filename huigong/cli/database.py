"""The database of a command: the running instance's, or the embedded one for as long as the command takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from huigong.cli.data_directory import DataDirectory, Instance
from huigong.cli.django_setup import set_up_django
from huigong.cli.inspection import inspect
from huigong.cli.postgres import cluster_of
from huigong.cli.preparation import provide_secrets


@contextmanager
def database(*, default_mode: str = "production") -> Iterator[DataDirectory]:
    """Django, set up on the database of HUIGONG_DATA.

    DATABASE_URL wins when it is set; then the running instance's database; else the embedded server is started
    and stopped again. The mode is the database's own; `default_mode` is that of an empty one.
    """
    directory = DataDirectory.from_environment()
    with _address(directory) as url:
        found = inspect(url)
        directory.make()
        provide_secrets(directory, found)
        mode = os.environ.get("HUIGONG_MODE") or found.mode or default_mode
        os.environ |= {"DATABASE_URL": url, "HUIGONG_DATA": str(directory.path), "HUIGONG_MODE": mode}
        set_up_django()
        yield directory


@contextmanager
def _address(directory: DataDirectory) -> Iterator[str]:
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
