"""Accounts for tests, drawn up and confirmed as cadres do it."""

import io
from typing import IO, Any

from huigong.people.accounts.models import Account
from huigong.people.orgs.models import Union
from huigong.services.funds import operations
from huigong.services.funds.models import Report
from huigong.services.funds.operations import Figures

PDF = b"%PDF-1.7"
YEAR = 2025


def paper(name: str = "决算.pdf") -> tuple[IO[bytes], str]:
    """A file that goes with accounts."""
    return io.BytesIO(PDF), name


def figures(**fields: Any) -> Figures:
    """What agrees: 100 yuan before, 50 came in, 30 went out, 120 left."""
    values = {"opening": 10_000, "closing": 12_000, "amounts": {"dues": 5_000, "activities": 3_000}}
    return Figures(**values | fields)


def draft(union: Union, *, actor: Account, period: int = 0, year: int = YEAR, **fields: Any) -> Report:
    """One on the desk."""
    return operations.draw_up(union, year=year, period=period, figures=figures(**fields), actor=actor)


def submitted(union: Union, *, actor: Account, **fields: Any) -> Report:
    """One that waits to be confirmed."""
    return operations.submit(draft(union, actor=actor, **fields), actor=actor)


def published(union: Union, *, actor: Account, checker: Account, **fields: Any) -> Report:
    """One that members read."""
    report = submitted(union, actor=actor, **fields)
    operations.confirm(report, revision=report.revision, actor=checker)
    report.refresh_from_db()
    return report
