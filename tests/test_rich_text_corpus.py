"""Hostile mark-up in the editors of articles and notices: what is kept and what is shown stays harmless.

The strings lie in corpus/rich_text.json, written by us. Each goes through the form that people use, both as an
editor's HTML and as plain lines, through the operation, and out through the page.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.http import QueryDict
from django.template import engines
from lxml import html

from huigong.core import richforms, richtext
from huigong.services.news import operations as news
from huigong.services.news.forms import ArticleEditor
from huigong.services.news.tests import factories as articles
from huigong.services.notices import operations as notices
from huigong.services.notices.forms import NoticeEditor
from tests.cast import Cast

ATTACKS: list[str] = json.loads((Path(__file__).parent / "corpus" / "rich_text.json").read_text())
PLAIN = ["p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "u", "s", "br", "hr"]
KNOWN: dict[str, set[str]] = {tag: set() for tag in [*PLAIN, "table", "thead", "tbody", "tr"]} | {
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "a": {"href", "rel"},
    "img": {"src", "alt"},
}
"""Every tag that may be left, and what it may carry; written out here, not asked of the code under test."""
LEADS = re.compile(r"(?:https?://|tel:|/|#|\?)[^\x00-\x20]*\Z|[\w./-]*\Z", re.IGNORECASE)
PICTURE = re.compile(r"/files/[\w/.-]+\Z")

pytestmark = pytest.mark.django_db


def wrong_in(text: str) -> Iterator[str]:
    """What a browser would find in `text` that is not harmless."""
    for node in html.fragment_fromstring(text, create_parent="main").iterdescendants():
        if not isinstance(node.tag, str):
            yield f"a comment or instruction: {node}"
            continue
        if node.tag not in KNOWN:
            yield f"<{node.tag}>"
        for name, value in node.attrib.items():
            if name not in KNOWN.get(node.tag, set()):
                yield f"{name} of <{node.tag}>"
            if name == "href" and not LEADS.match(value):
                yield f"a link to {value!r}"
            if name == "src" and (not PICTURE.match(value) or ".." in value):
                yield f"a picture from {value!r}"


def shown(body: str) -> str:
    """As every page draws it."""
    return engines["jinja2"].from_string("{{ body|rich }}").render({"body": body})  # type: ignore[attr-defined]


def sent(**fields: object) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in fields.items()})
    return data


def written(cast: Cast, attack: str, *, by_editor: bool) -> list[str]:
    """The body of a notice and of an article after the string went through their forms."""
    words = f"前面的话{attack}"
    field = {"text-html": f"<p>前面的话</p>{attack}", "text": "前面的话"} if by_editor else {"text": words}
    channel = articles.channel()
    kept = []
    for editor_of, write, more in (
        (NoticeEditor, notices.create_notice, {}),
        (ArticleEditor, news.create_article, {"channel": channel.pk}),
    ):
        editor = editor_of(cast.union, None, sent(title="标题", **field, **more))
        assert editor.is_valid(), editor.about.errors
        kept.append(write(cast.union, actor=cast.officer, **editor.fields).body)
    return kept


def test_the_corpus_is_large_and_nothing_is_in_it_twice() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= 100


@pytest.mark.parametrize("by_editor", [True, False], ids=["editor", "plain"])
def test_what_is_kept_and_shown_of_an_attack_is_harmless(cast: Cast, by_editor: bool) -> None:
    wrong = []
    for attack in ATTACKS:
        for body in written(cast, attack, by_editor=by_editor):
            assert "前面的话" in body, attack
            wrong += [f"{attack!r} keeps {each}" for each in wrong_in(body)]
            wrong += [f"{attack!r} shows {each}" for each in wrong_in(shown(body))]
    assert wrong == []


def test_what_was_kept_before_there_were_rules_is_shown_harmless() -> None:
    assert [attack for attack in ATTACKS if list(wrong_in(shown(attack)))] == []


def test_without_cleaning_the_walk_finds_the_attacks(cast: Cast) -> None:
    with patch.object(richtext, "clean", lambda text: text):
        found = [attack for attack in ATTACKS if list(wrong_in(f"<p>{attack}</p>"))]
        kept = written(cast, "<script>alert(1)</script>", by_editor=True)
    assert len(found) > 0.8 * len(ATTACKS)
    assert all("<script>" in body for body in kept)
    assert richforms.richtext is richtext  # else the patch above would have missed the form
