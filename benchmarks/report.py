"""Results as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Row:
    """One figure, what was hoped for, and whether it was reached."""

    name: str
    figure: str
    goal: str = ""
    ok: bool = True


@dataclass(frozen=True)
class Table:
    """Figures that belong together."""

    title: str
    rows: Sequence[Row]


def write_up(tables: Sequence[Table], machine: str, *, quick: bool) -> str:
    """The whole result; shortfalls are named at the end."""
    lines = ["# Measured", "", f"{datetime.now(UTC):%Y-%m-%d}, {machine}."]
    if quick:
        lines += ["", "Quick run with small numbers: shows that it works, not how fast it is."]
    for table in tables:
        lines += ["", f"## {table.title}", "", "| what | measured | goal | |", "|---|---|---|---|"]
        lines += [f"| {row.name} | {row.figure} | {row.goal} | {_mark(row)} |" for row in table.rows]
    missed = [row for table in tables for row in table.rows if not row.ok]
    lines += ["", "## Shortfalls", ""]
    lines += [f"- {row.name}: {row.figure}, wanted {row.goal}" for row in missed] or ["None."]
    return "\n".join(lines) + "\n"


def _mark(row: Row) -> str:
    return "" if not row.goal else "✔" if row.ok else "✘"


def keep(text: str) -> Path:
    """Replace RESULTS.md."""
    RESULTS.write_text(text)
    return RESULTS
