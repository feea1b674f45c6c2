"""Full-text search in Chinese: words cut the same way when stored and when asked for.

PostgreSQL's own parsers see no words in Chinese. The text is cut into words here, search-engine style (long words
and the short ones inside them), and kept as a `tsvector` with the configuration `simple`, under a GIN index.
A module keeps the vector on its own row and answers `queries.search` through its own `visible_to`.
"""

import operator
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import groupby
from typing import Any

import rjieba
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from markupsafe import Markup, escape

from huigong.core import pinyin
from huigong.core.prepared import Prepared, Slot

_WEIGHTS = ("A", "B", "C", "D")
_POOL = 100
"""So many of the latest that match are weighed against each other, however many there are."""
_IN_A_TITLE = 0.6
"""What PostgreSQL gives one word of the heaviest text, of a question of one word; of many words each gives its part."""
_WIDTHS = (2_000, 50_000, None)
"""How many of the newest rows are looked through before all are."""


@dataclass(frozen=True)
class Hit:
    """What a search over everything shows of one row. `rank` is comparable with that of other kinds."""

    heading: str
    text: str
    href: str
    meta: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    rank: float = 0.0


def words(text: str) -> list[str]:
    """The words of `text`, in lower case and half width; punctuation is dropped."""
    text = unicodedata.normalize("NFKC", text).lower()
    return [word for word in rjieba.cut_for_search(text, True) if any(c.isalnum() for c in word)]


def vector(*texts: str) -> CombinedExpression | SearchVector:
    """What to store for a row: its texts from the weightiest (a title) to the lightest (a body), four at most."""
    parts = [
        SearchVector(Value(" ".join(words(text))), config="simple", weight=weight)
        for text, weight in zip(texts, _WEIGHTS, strict=False)
    ]
    return reduce(operator.add, parts)


def initials(text: str) -> str:
    """Pinyin initials of `text` from every place on, as one more text for `vector`: 羽毛球赛 is found by ``mqs``."""
    letters = "".join(pinyin.initials(part) for part in words_apart(text))
    return " ".join(letters[place:] for place in range(len(letters)))


def words_apart(text: str) -> list[str]:
    """The runs of letters and figures in `text`, without the signs between them."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text))


def marked(text: str, asked: str) -> Markup:
    """`text` with what was asked for between <mark> tags: its words, or the characters behind its initials."""
    whole = unicodedata.normalize("NFKC", text).lower()
    if len(whole) != len(text) or not asked.strip():
        return escape(text)
    letters = [*words(asked), *asked.lower().split()]
    spans = [span for wanted in letters for span in _found(whole, wanted) or _spelt(whole, wanted)]
    hit = {place for first, last in spans for place in range(first, last)}
    runs = groupby(enumerate(text), key=lambda each: each[0] in hit)
    pieces = [(inside, "".join(letter for _, letter in run)) for inside, run in runs]
    return Markup("").join(Markup("<mark>{}</mark>").format(run) if inside else run for inside, run in pieces)


def _found(text: str, wanted: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(wanted), text)]


def _spelt(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where the initials of `text` read `wanted`. Only where every character has one letter can that be told."""
    if not wanted.isascii():
        return []
    letters = "".join(map(_sound, text))
    return _found(letters, wanted) if len(letters) == len(text) else []


@lru_cache(maxsize=8192)
def _sound(letter: str) -> str:
    """With which sound a character begins; a space where it has none."""
    return pinyin.initials(letter)[:1] or " "


def query(text: str) -> SearchQuery | None:
    """What to match against stored vectors: all words of `text`, the last as a beginning. None without words.

    The long words of a text contain its short ones, so asking for the short ones alone finds both.
    """
    asked = list(dict.fromkeys(_shortest(words(text))))
    if not asked:
        return None
    terms = [_quoted(word) for word in asked]
    terms[-1] += ":*"
    return SearchQuery(" & ".join(terms), config="simple", search_type="raw")


def _shortest(found: Iterable[str]) -> list[str]:
    """Without words that contain another: 惠安县总工会 asks for its parts, not for itself as well."""
    found = list(found)
    return [word for word in found if not any(other != word and other in word for other in found)]


def _quoted(word: str) -> str:
    """A lexeme as `to_tsquery` reads it: nothing inside the quotes is an operator."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def saying(text: str, *columns: str) -> Q:
    """Rows found by the words of `text`, whole or begun; those whose `words` are not read yet, by the letter."""
    asked = query(text)
    letters = reduce(operator.or_, (Q(**{f"{column}__icontains": text}) for column in columns))
    unread = Q(words=None) & letters
    return unread if asked is None else Q(words=asked) | unread


def best(
    found: QuerySet[Any], text: str, *, latest: str, limit: int, related: Iterable[str] = ()
) -> list[Any]:
    """The rows of `found` that fit `text` best, each with its `rank`, its `related` rows and without its `words`.

    Of those alike the `latest` first. Weighing every row that holds a common word would cost more with each year:
    the newest rows are looked through first, and older ones only when those do not fill the list.
    """
    asked = query(text)
    if asked is None:
        return []
    pool = _weighed(found.filter(words=asked, pk__gt=Slot("since")), asked, latest)
    newest = _newest(found.model)
    for width in _WIDTHS:
        since = newest - width if width else 0
        ranks = _ranks(pool, limit, since=since)
        if len(ranks) == limit or since <= 0:
            break
    return _loaded(found.model, ranks, related)


def _newest(model: type[Model]) -> int:
    """About the highest id: a minute old at most, which moves no more than where the newest rows begin."""
    key = f"newest:{model._meta.label_lower}"
    known = cache.get(key)
    if known is None:
        known = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        cache.set(key, known, 60)
    return known


def akin(
    found: QuerySet[Any],
    text: str,
    *,
    common: Iterable[str] = (),
    latest: str,
    limit: int,
    related: Iterable[str] = (),
) -> list[Any]:
    """The rows of `found` that speak of the same things as `text`: one of its words stands in their title, or several
    do elsewhere. Words of one letter, figures and those that are `common` to everything tell nothing.
    """  # fmt: skip
    told = [word for word in dict.fromkeys(_shortest(words(text))) if len(word) > 1 and not word.isdecimal()]
    told = [word for word in told if word not in set(common)]
    if not told:
        return []
    asked = SearchQuery(" | ".join(map(_quoted, told)), config="simple", search_type="raw")
    strong = _IN_A_TITLE / len(told)
    ranks = _ranks(_weighed(found.filter(words=asked), asked, latest), limit)
    return _loaded(found.model, {pk: rank for pk, rank in ranks.items() if rank >= strong}, related)


def _weighed(found: QuerySet[Any], asked: SearchQuery, latest: str) -> Prepared[tuple[int, float]]:
    """(id, rank) of the latest rows of `found`, the latest first."""
    ranked = found.annotate(rank=SearchRank(F("words"), asked)).order_by(latest, "-pk")
    return Prepared(lambda: ranked.values_list("pk", "rank")[:_POOL])


def _ranks(pool: Prepared[tuple[int, float]], limit: int, **values: int) -> dict[int, float]:
    """The rank of each of the best by its id, the best first; of those alike the latest."""
    with _planned_anew():
        weighed = pool(**values)
    return dict(sorted(weighed, key=lambda row: -row[1])[:limit])


def _loaded(model: type[Model], ranks: dict[int, float], related: Iterable[str]) -> list[Any]:
    """The rows with these ids in this order, each with its `rank`, its `related` rows and without its `words`."""
    if not ranks:
        return []
    rows = {row.pk: row for row in _rows_of(model, tuple(related))(ids=list(ranks))}
    for pk, row in rows.items():
        row.rank = ranks[pk]
    return [rows[pk] for pk in ranks if pk in rows]


@lru_cache(maxsize=64)
def _rows_of(model: type[Model], related: tuple[str, ...]) -> Prepared[Any]:
    rows = model._default_manager.filter(pk__among=Slot("ids"))
    return Prepared(lambda: (rows.select_related(*related) if related else rows).defer("words"))


@contextmanager
def _planned_anew() -> Iterator[None]:
    """PostgreSQL plans with the words themselves: a plan made for any words takes each for a rare one."""
    connection.ensure_connection()
    link = connection.connection
    before, link.prepare_threshold = link.prepare_threshold, None
    try:
        yield
    finally:
        link.prepare_threshold = before


def excerpt(text: str, asked: str, *, length: int = 80) -> Markup:
    """So much of `text` from shortly before the first word that was asked for, marked."""
    text = " ".join(text.split())
    whole = unicodedata.normalize("NFKC", text).lower()
    places = [whole.find(word) for word in words(asked)] if len(whole) == len(text) else []
    first = min((place for place in places if place >= 0), default=0)
    start = max(first - length // 4, 0) if first > length // 2 else 0
    return (Markup("…") if start else Markup()) + marked(text[start : start + length], asked)
