"""Fixtures for every test of the project."""

from tests.cast import cast as cast  # noqa: PLC0414 re-exported for pytest
