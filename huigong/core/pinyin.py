"""Pinyin, so that Chinese names sort and can be found by their initials.

The database's collation knows no Chinese, therefore rows carry a `sort_key` column. The dictionary takes
a third of a second to load, so it is loaded on first use.
"""

import re
import unicodedata
from functools import lru_cache

_SURNAMES = {
    # read otherwise when they are a surname
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "朴": "piao", "翟": "zhai",
    "覃": "qin", "缪": "miao", "盖": "ge", "隗": "wei", "种": "chong", "召": "shao", "员": "yun", "折": "she",
    "乐": "yue", "阚": "kan", "佴": "nai", "秘": "bi", "薄": "bo", "都": "du", "祭": "zhai", "卜": "bu",
    "繁": "po", "黑": "he",
}  # fmt: skip
_COMPOUND_SURNAMES = {"单于"}
_WORD = re.compile(r"(?:[^\W_]|[\U00020000-\U0003ffff])+")
_SHORT = re.compile("[\u4e00-\u9fff]{1,4}")


def sort_key(text: str, *, person: bool = False) -> str:
    """Full pinyin in lower case, syllables apart: 惠安县 → ``hui an xian``. For an indexed column.

    A character without a reading stands for itself; punctuation is dropped. Characters with several
    readings get the commonest one. `person` reads the first character as a surname.
    """
    return " ".join(_syllables(text, person=person, letters=False))


def initials(text: str, *, person: bool = False) -> str:
    """The first letter of every syllable: 惠安县 → ``hax``. Latin words and numbers stay whole."""
    return "".join(_syllables(text, person=person, letters=True))


def of_person(name: str) -> tuple[str, str]:
    """`sort_key` and `initials` of a person's name."""
    return sort_key(name, person=True), initials(name, person=True)


def _syllables(text: str, *, person: bool, letters: bool) -> list[str]:
    text = unicodedata.normalize("NFKC", text).strip().lower()
    syllables = _read(text, letters=letters)
    if person and text[:1] in _SURNAMES and text[:2] not in _COMPOUND_SURNAMES:
        surname = _SURNAMES[text[0]]
        syllables[0] = surname[0] if letters else surname
    return syllables


def _read(text: str, *, letters: bool) -> list[str]:
    if _SHORT.fullmatch(text) and not _holds_phrase(text):
        return [_reading(character, letters=letters) for character in text]
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 slow to load

    style = Style.FIRST_LETTER if letters else Style.NORMAL
    return lazy_pinyin(text, style=style, errors=_WORD.findall)  # type: ignore[arg-type]  # a list will do


@lru_cache(maxsize=20_000)
def _reading(character: str, *, letters: bool) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 slow to load

    style = Style.FIRST_LETTER if letters else Style.NORMAL
    return lazy_pinyin(character, style=style)[0]


def _holds_phrase(text: str) -> bool:
    """Do some of its characters make a word whose reading the dictionary knows? Most names hold none."""
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415 slow to load

    length = len(text)
    pieces = (text[start:end] for start in range(length) for end in range(start + 2, length + 1))
    return any(piece in PHRASES_DICT for piece in pieces)
