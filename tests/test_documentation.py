"""What README.md and docs/ point to exists, headings included, and every picture is in use."""

import re
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCREENS = ROOT / "docs" / "screens"


def targets(page: Path) -> list[str]:
    """Addresses of pictures and links that lead to no other host."""
    text = page.read_text()
    found = re.findall(r"\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"", text)
    return [one or other for one, other in found if not re.match(r"[a-z]+:", one or other)]


def anchors(page: Path) -> set[str]:
    """The headings as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {_anchor(heading) for heading in headings}


def _anchor(heading: str) -> str:
    kept = (sign for sign in heading.lower() if sign in " -_" or unicodedata.category(sign)[0] in "LN")
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    for target in targets(page):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place), target


def test_the_guides_and_the_readme_show_the_product() -> None:
    for name in ("README.md", "docs/guide-member.md", "docs/guide-cadre.md"):
        assert any("screens/" in target for target in targets(ROOT / name)), name


def test_every_picture_is_shown_somewhere_and_the_folder_stays_small() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in targets(page)}
    assert set(SCREENS.glob("*.webp")) - shown == set()
    assert sum(file.stat().st_size for file in SCREENS.iterdir()) <= 6 * 2**20


def test_every_picture_says_in_words_what_it_shows() -> None:
    for page in PAGES:
        for picture in re.findall(r"<img[^>]*>|!\[\]", page.read_text()):
            assert re.search(r'alt="[^"]+"', picture), f"{page.name}: {picture}"
