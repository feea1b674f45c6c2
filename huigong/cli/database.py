"""The database of a command: the running instance's, or the embedded one for as long as the command takes."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from huigong.cli.data_directory import DataDirectory, Instance
from huigong.cli.django_setup import set_up_django
from huigong.cli.inspection import inspect
from huigong.cli.keys import make_secrets
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
def without_database() -> Iterator[None]:
    """Django in safe production settings, on a database that nobody answers for: enough to check the program."""
    with TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": "postgresql://nobody@localhost:1/none",
            "HUIGONG_DATA": folder,
            "HUIGONG_SECRETS": f"{folder}/secrets.json",
            "HUIGONG_MODE": "production",
            "HUIGONG_HTTPS": "1",
        }
        make_secrets(Path(folder, "secrets.json"))
        set_up_django()
        # makemigrations would like to compare with the migrations that were applied, and says that it cannot.
        warnings.filterwarnings(
            "ignore", "Got an error checking a consistent migration history", RuntimeWarning
        )
        yield


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
