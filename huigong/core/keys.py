"""Keys of rows as they come back from a page."""

_DIGITS = 18
"""As many as always fit a bigint."""


def row_key(text: str | None) -> int | None:
    """The key that `text` writes in plain digits; None for anything else, however much it looks like a number."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        return None
    return int(text)
