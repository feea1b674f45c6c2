"""The demo data, loaded once for all tests of a file; each test's own changes are rolled back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from huigong.demo import loader


@dataclass(frozen=True)
class Demo:
    """What `load` left behind: the accounts file, and what it said."""

    accounts_file: Path
    said: list[str]
    loaded_at: datetime

    def account(self, role: str) -> dict[str, Any]:
        """The line of the accounts file for `role`."""
        return next(row for row in json.loads(self.accounts_file.read_text()) if row["role"] == role)


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    data, said = tmp_path_factory.mktemp("data"), []
    began = timezone.now()
    with override_settings(DATA_DIR=data):
        with django_db_blocker.unblock():
            loader.load("demo", said.append)
        yield Demo(data / "demo-accounts.json", said, began)
        with django_db_blocker.unblock():
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.fixture
def loaded(demo: Demo, db: None) -> Demo:
    """The demo data in a transaction that is rolled back."""
    return demo
