"""Fixtures for the tests of activities."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def django_capture_queries() -> Callable[[], AbstractContextManager]:
    """A context manager that collects the queries of its block."""
    return lambda: CaptureQueriesContext(connection)
