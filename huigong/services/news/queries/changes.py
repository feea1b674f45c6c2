"""What changed from one saved text to the next, by paragraphs and in them by words."""

import difflib
from dataclasses import dataclass
from itertools import zip_longest

import rjieba

from huigong.core import richtext
from huigong.services.news.models import Version

_ALIKE = 0.4

Piece = tuple[str, str]
"""("same", "gone" or "new", words)."""


@dataclass(frozen=True)
class Change:
    """One paragraph of the newer text, or one that is gone. `kind`: same, changed, new, gone."""

    kind: str
    pieces: list[Piece]


def changes(old: Version | None, new: Version) -> list[Change]:
    """Paragraph by paragraph, title and summary first; without an `old` one everything is new."""
    before, after = _paragraphs(old) if old else [], _paragraphs(new)
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    found: list[Change] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            found += [Change("same", [("same", text)]) for text in after[b1:b2]]
        else:
            pairs = zip_longest(before[a1:a2], after[b1:b2])
            found += [change for old_text, new_text in pairs for change in _pair(old_text, new_text)]
    return found


def _paragraphs(version: Version) -> list[str]:
    return [version.title, *filter(None, [version.summary]), *richtext.to_text(version.body).splitlines()]


def _pair(old: str | None, new: str | None) -> list[Change]:
    """One changed paragraph, or, where hardly a word stayed, one that went and one that came."""
    if old and new and difflib.SequenceMatcher(a=old, b=new, autojunk=False).ratio() >= _ALIKE:
        return [Change("changed", _pieces(rjieba.cut(old), rjieba.cut(new)))]
    gone = [Change("gone", [("gone", old)])] if old else []
    return [*gone, Change("new", [("new", new)])] if new else gone


def _pieces(old: list[str], new: list[str]) -> list[Piece]:
    """Runs of words that stayed, went and came."""
    pieces: list[Piece] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(old[a1:a2])))
            continue
        pieces += [("gone", "".join(old[a1:a2]))] if a2 > a1 else []
        pieces += [("new", "".join(new[b1:b2]))] if b2 > b1 else []
    return pieces


def is_only_layout(found: list[Change]) -> bool:
    """Do the two read alike? Then only headings, lists, links or pictures changed."""
    return all(change.kind == "same" for change in found)
