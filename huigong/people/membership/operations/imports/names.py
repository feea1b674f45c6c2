"""Whether two spellings of a name are the same name."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s·.'’,-]+")
_OLD_FONTS = {
    # Code points that GB 18030-2000 lent to rare characters before Unicode had them, and where they are now.
    "\ue816": "\U00020087",
    "\ue817": "\U00020089",
    "\ue818": "\U000200cc",
    "\ue81e": "\u9fb4",
    "\ue826": "\u9fb5",
    "\ue82b": "\u9fb6",
    "\ue82c": "\u9fb7",
    "\ue831": "\U000215d7",
    "\ue832": "\u9fb8",
    "\ue83b": "\U0002298f",
    "\ue843": "\u9fb9",
    "\ue854": "\u9fba",
    "\ue855": "\U000241fe",
    "\ue864": "\u9fbb",
    # 䶮 as older input methods of GBK type them
    "\ue863": "\u4dae",
}
_TRANSLATION = str.maketrans(_OLD_FONTS)


def same_name(one: str, other: str) -> bool:
    """Do they differ at most in how the same characters are written?

    That is: separators of minority and foreign names, case, compatibility forms, and rare characters kept under
    the private code points of older systems. Another character is another name.
    """
    return one == other or _key(one) == _key(other)


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.translate(_TRANSLATION))
    return _SEPARATORS.sub("", plain).casefold()
