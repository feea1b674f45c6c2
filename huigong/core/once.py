"""What several modules ask of the database for one page, asked once."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Within, the answers of functions marked `once` are remembered. For requests that only read."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def once(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """Mark a query whose answer stays the same while one page is put together; its arguments are plain values.

    Outside `one_page` it is asked every time: an operation, a job or a test sees what was just written.
    """

    @wraps(function)
    def answered(*asked: Hashable) -> Answer:
        known = _known.get()
        if known is None:
            return function(*asked)
        key = function, *asked
        if key not in known:
            known[key] = function(*asked)
        return known[key]

    return answered
