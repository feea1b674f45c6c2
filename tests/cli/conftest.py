"""Directories and commands for tests of the `huigong` command, which run it as an operator would."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.operator import Operator, public_directory


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty directory that every account may pass through, as a checkout below /srv is."""
    with public_directory() as path:
        yield path


@pytest.fixture
def operator(folder: Path) -> Iterator[Operator]:
    """Somebody at a terminal, with a data directory that does not exist yet."""
    person = Operator(folder / "data")
    yield person
    person.leave()
