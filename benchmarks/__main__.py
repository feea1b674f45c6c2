"""`python -m benchmarks`: measure, print, and with --write keep the result in RESULTS.md."""

from collections.abc import Callable

import click

from benchmarks import machine, notices, pages, report, roll_import, rush, search, signup
from tests.site import Site


@click.command()
@click.option(
    "--quick", is_flag=True, help="Small numbers, demo scale: does it still run? Not worth keeping."
)
@click.option(
    "--only",
    type=click.Choice(["signup", "rush", "pages", "notices", "search", "import"]),
    help="One part alone.",
)
@click.option("--rows", type=click.IntRange(100), help="Rows of the roll that is imported.")
@click.option(
    "--write/--no-write", default=None, help="Keep the result in RESULTS.md (default: unless quick)."
)
def main(quick: bool, only: str | None, rows: int | None, write: bool | None) -> None:
    """Measure beside the limits of this machine, in one run."""
    with Site.started(scale="demo") as site:
        small = pages.counts(site) if only in (None, "pages") else {}
        if not quick:
            _grow()
        parts = {
            "signup": lambda: signup.measure(site, quick=quick),
            "rush": lambda: rush.measure(site, quick=quick),
            "pages": lambda: pages.measure(site, small, quick=quick),
            "notices": lambda: notices.measure(site),
            "search": lambda: search.measure(site, documents=2_000 if quick else 100_000),
            "import": lambda: roll_import.measure(site, rows=rows or (500 if quick else 20_000)),
        }
        tables = []
        for name in [only] if only else ["pages", "signup", "rush", "notices", "search", "import"]:
            click.echo(f"measuring: {name}")
            tables.append(_measured(name, parts[name]))
    text = report.write_up(tables, machine.description(), quick=quick)
    click.echo(text)
    if write or (write is None and not quick and only is None):
        click.echo(f"written to {report.keep(text)}")


def _grow() -> None:
    """To the size of a real county."""
    from huigong.demo import loader

    loader.load("county", click.echo)


def _measured(name: str, part: Callable[[], report.Table]) -> report.Table:
    """What came out; a part that fails is a shortfall, and the others are still measured."""
    try:
        return part()
    except Exception as error:  # noqa: BLE001 whatever it was, it is reported
        sentence = f"{type(error).__name__}: {error}"[:300]
        return report.Table(name, [report.Row(name, sentence, goal="measured", ok=False)])


if __name__ == "__main__":
    main()
