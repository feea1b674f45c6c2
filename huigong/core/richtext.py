"""Rich text that cadres write: a small set of tags, nothing that runs, nothing fetched from elsewhere.

`clean` is applied when text is stored and again when it is shown, so that text from an import or an older
version is held to the same rules.
"""

import html
import re

import nh3

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "u", "s", "a", "img", "br", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_SAME_AS = {
    # what browsers and word processors write for it
    "b": "strong", "i": "em", "del": "s", "strike": "s", "div": "p", "section": "p", "article": "p",
    "center": "p", "pre": "p", "h1": "h2", "h5": "h4", "h6": "h4",
}  # fmt: skip
_DROPPED_WITH_CONTENT = {
    "script", "style", "title", "template", "svg", "math", "iframe", "noscript", "object", "textarea", "select",
    "button", "audio", "video", "canvas", "noembed", "noframes", "xmp",
}  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "tel"}

_OUR_FILE = re.compile(r"/files/[A-Za-z0-9_-]+(?:[/.][A-Za-z0-9_-]+)*/?")
_SPAN = re.compile(r"[1-9][0-9]?")
_RENAMED = re.compile(rf"<(/?)({'|'.join(_SAME_AS)})>")
_NO_PICTURE = re.compile(r'<img(?! src=)(?: alt="[^"]*")?>')
_EMPTY = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")

_LINE_ENDS = re.compile(r"<[bh]r\s*/?>|</(?:p|h2|h3|h4|li|blockquote|tr|table)\s*>", re.IGNORECASE)
_CELL_ENDS = re.compile(r"</t[dh]\s*>", re.IGNORECASE)


def clean(text: str) -> str:
    """The text with only harmless, known tags. Cleaning twice changes nothing more.

    Links lead to http, https, tel or our own pages; pictures come from ``/files/`` here and nowhere else.
    Tags that mean the same as a known one are renamed, others dissolve into their content, and those that
    run, embed or ask for input go with their content.
    """
    text = _NO_PICTURE.sub("", _sanitise(text, _TAGS | _SAME_AS.keys()))
    text = _RENAMED.sub(lambda tag: f"<{tag[1]}{_SAME_AS[tag[2]]}>", text)
    return _EMPTY.sub("", _sanitise(text, _TAGS)).strip()


def to_text(text: str) -> str:
    """The words alone, one line for each block, for search and summaries."""
    lines = _CELL_ENDS.sub(" ", _LINE_ENDS.sub("\n", text))
    words = nh3.clean(lines, tags=set(), clean_content_tags=_DROPPED_WITH_CONTENT)
    words = html.unescape(words).replace("\xa0", " ")
    return "\n".join(line for line in (" ".join(part.split()) for part in words.splitlines()) if line)


def from_text(text: str) -> str:
    """Plain text as rich text: blank lines part paragraphs, single line ends stay."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return clean("".join(f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in blocks))


def _sanitise(text: str, tags: set[str]) -> str:
    return nh3.clean(
        text,
        tags=tags,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value, or None to drop the attribute."""
    if name == "src":
        return value if _OUR_FILE.fullmatch(value) else None
    if name in ("colspan", "rowspan"):
        return value if _SPAN.fullmatch(value) else None
    return value
