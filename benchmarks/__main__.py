"""`python -m benchmarks`: measure, print, and with --write keep the result in RESULTS.md."""

import click

from benchmarks import machine, pages, report, roll_import, signup
from tests.site import Site


@click.command()
@click.option(
    "--quick", is_flag=True, help="Small numbers, demo scale: does it still run? Not worth keeping."
)
@click.option("--only", type=click.Choice(["signup", "pages", "import"]), help="One part alone.")
@click.option("--rows", type=click.IntRange(100), help="Rows of the roll that is imported.")
@click.option(
    "--write/--no-write", default=None, help="Keep the result in RESULTS.md (default: unless quick)."
)
def main(quick: bool, only: str | None, rows: int | None, write: bool | None) -> None:
    """Measure beside the limits of this machine, in one run."""
    with Site.started(scale="demo" if quick else "county") as site:
        tables = []
        if only in (None, "signup"):
            tables.append(signup.measure(site, quick=quick))
        if only in (None, "pages"):
            tables.append(pages.measure(site, quick=quick))
        if only in (None, "import"):
            tables.append(roll_import.measure(site, rows=rows or (500 if quick else 20_000)))
    text = report.write_up(tables, machine.description(), quick=quick)
    click.echo(text)
    if write or (write is None and not quick and only is None):
        click.echo(f"written to {report.keep(text)}")


if __name__ == "__main__":
    main()
