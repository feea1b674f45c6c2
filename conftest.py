"""Fixtures for every test of the project."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import settings

from tests.cast import cast as cast  # noqa: PLC0414 re-exported for pytest

settings.register_profile("shared machine", deadline=None)  # how long one example took says nothing
settings.load_profile("shared machine")

_DROP_TRUNCATE_GUARDS = """
DO $$ DECLARE found record; BEGIN
    FOR found IN
        SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 <> 0
    LOOP EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.tab); END LOOP;
END $$
"""


_SEND_OTHERS_AWAY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where this test alone keeps uploaded files, for those that count them: tests beside it keep theirs as well."""
    monkeypatch.setattr(django_settings, "MEDIA_ROOT", tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _no_job_outlives_its_test(
    request: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Tests with transactions of their own leave jobs: the queue's tables are not Django's to empty."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with transactions of their own empty every table afterwards: append-only ones must let them.

    Only TRUNCATE is freed, and only here; `core/tests/test_audit.py` puts a guard back and proves it. A live
    server's thread may still hold its connection when the database is to go; it is sent away.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_DROP_TRUNCATE_GUARDS)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_SEND_OTHERS_AWAY)
