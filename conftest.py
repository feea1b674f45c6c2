"""Fixtures for every test of the project."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings

from tests.cast import cast as cast  # noqa: PLC0414 re-exported for pytest
from tests.cast import rehearse

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


_KEPT = ("django_migrations", "django_content_type", "auth_permission")
"""What migrating an empty database leaves in it."""


def _empty(case: TransactionTestCase) -> None:
    """What a test with transactions of its own has left, in one statement, and the queue's tables with it.

    Django's own way takes four times as long: it makes afresh what migrations leave, and the queue is not its to empty.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() AND tablename <> ALL(%s)",
            [list(_KEPT)],
        )
        cursor.execute("TRUNCATE " + ", ".join(name for (name,) in cursor.fetchall()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with transactions of their own empty every table afterwards: append-only ones must let them.

    Only TRUNCATE is freed, and only here; `core/tests/test_audit.py` puts a guard back and proves it. A live
    server's thread may still hold its connection when the database is to go; it is sent away.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_DROP_TRUNCATE_GUARDS)
        rehearse()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(_SEND_OTHERS_AWAY)
    # After a browser's event loop this may be another connection than the one that the database was made with.
    connection.close()
