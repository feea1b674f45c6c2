"""Which of several things a page is about, when it may be about each of them."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from huigong.core.keys import row_key

_Row = TypeVar("_Row", bound=Model)
_AT_ONCE = 50


def chosen_row(
    request: HttpRequest, offered: QuerySet[_Row], get: Callable[[Any, int], _Row], *, name: str = "union"
) -> tuple[_Row, list[_Row]]:
    """The row that the form or the address names, else the first, and those to choose from.

    `get` is the module's and gives a row out or answers 404; nothing offered and none named is a 404 as well.
    """
    named = row_key(request.POST.get(name) or request.GET.get(name))
    rows = list(offered[:_AT_ONCE])
    if named:
        return get(request.user, named), rows
    if not rows:
        raise Http404
    return rows[0], rows
