"""`python -m docs.pictures`: take all pictures again."""

import os
from pathlib import Path

import click

from docs.pictures import counterparts, information, journey
from docs.pictures.studio import SCREENS, opened
from tests.site import Site


@click.command()
def main() -> None:
    """Take the pictures; those of a step that is no more go away."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop running in this thread
    with Site.started(scale="demo") as site:
        film = Path(site.data / "camera.y4m")
        with opened(f"http://127.0.0.1:{site.port}", *journey.eyes(film)) as studio:
            counterparts.photograph(studio, site)
            information.photograph(studio, site)
            journey.photograph(studio, site, film)
    for old in SCREENS.glob("*.webp"):
        if old.stem not in studio.taken:
            old.unlink()
    total = sum(picture.stat().st_size for picture in SCREENS.glob("*.webp"))
    click.echo(f"{len(studio.taken)} pictures, {total / 2**20:.1f} MB, in {SCREENS}")


if __name__ == "__main__":
    main()
