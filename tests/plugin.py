"""One throw-away PostgreSQL and data directory for a test run, before Django reads its settings.

Loaded by `-p tests.plugin`, because pytest-django imports the settings earlier than any conftest.py.
Workers of xdist inherit the environment and use a database of their own in the same server.
Set HUIGONG_TEST_DATABASE_URL to test against another PostgreSQL; its role must be allowed to create databases.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from huigong.cli.keys import make_secrets
from huigong.cli.postgres import Cluster, cluster_of

_FAST_AND_FORGETFUL = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]
# Races of fifty threads meet each other, one in each of pytest's processes: more at once than a small box is set for.
_ROOM_FOR_RACES = ["max_connections=200"]


class Bench:
    """What the run stands on: a data directory and, unless one is given, a server."""

    def __init__(self) -> None:
        self._data = Path(tempfile.mkdtemp(prefix="huigong-tests-"))
        self._data.chmod(0o711)  # as root the server runs as another account and must pass through
        self._cluster: Cluster | None = None

    def set_up(self) -> None:
        """Start the server and point the environment at it."""
        make_secrets(self._data / "secrets.json")
        (self._data / "static").mkdir()
        url = os.environ.get("HUIGONG_TEST_DATABASE_URL")
        if not url:
            self._cluster = cluster_of(self._data)
            self._cluster.start(settings=_FAST_AND_FORGETFUL + _ROOM_FOR_RACES)
            url = self._cluster.url
        for name in [name for name in os.environ if name.startswith("HUIGONG_")]:
            del os.environ[name]  # what the developer's shell sets must not colour a result
        os.environ |= {"DATABASE_URL": url, "HUIGONG_DATA": str(self._data), "HUIGONG_MODE": "test"}

    def tear_down(self) -> None:
        """Stop the server and remove every file of the run."""
        if self._cluster:
            self._cluster.stop(patience=2)
            shutil.rmtree(self._cluster.folder, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)


_bench: Bench | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    global _bench
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _bench = Bench()
        _bench.set_up()
    try:
        return (yield)
    except BaseException:
        pytest_unconfigure()
        raise


def pytest_unconfigure() -> None:
    global _bench
    if _bench:
        _bench.tear_down()
        _bench = None
