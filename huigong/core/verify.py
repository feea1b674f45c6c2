"""Invariants: what must hold in the database at any time, whatever happened before.

A module states one next to its reads, in `queries.py`; `huigong verify`, a nightly job and the tests run all.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection

_invariants: dict[str, Callable[[], list[str]]] = {}


@dataclass(frozen=True)
class Finding:
    """One invariant after a run: `ok`, or the first rows that break it."""

    name: str
    ok: bool
    detail: str


def invariant(name: str) -> Callable[[Callable[[], list[str]]], Callable[[], list[str]]]:
    """Register a function that returns one line per violation; an empty list means it holds."""

    def register(function: Callable[[], list[str]]) -> Callable[[], list[str]]:
        _invariants[name] = function
        return function

    return register


def rows(sql: str) -> list[str]:
    """At most 20 rows of `sql`, one line each. The statement is written in code, never from input."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [" ".join(str(value) for value in row) for row in cursor.fetchmany(20)]


def run() -> list[Finding]:
    """Check every invariant of every installed module."""
    for config in apps.get_app_configs():
        if config.name.startswith("huigong.") and importlib.util.find_spec(f"{config.name}.queries"):
            importlib.import_module(f"{config.name}.queries")
    findings = []
    for name in sorted(_invariants):
        violations = _invariants[name]()
        findings.append(Finding(name, not violations, "; ".join(violations)))
    return findings
