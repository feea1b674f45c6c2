"""In whose name something is drawn up, when a cadre works for several unions."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from huigong.core.keys import row_key
from huigong.people.orgs.models import Union

_AT_ONCE = 50


def chosen_union(
    request: HttpRequest, offered: QuerySet[Union], get: Callable[[Any, int], Union]
) -> tuple[Union, list[Union]]:
    """The union that the form or the address names, else the first, and those to choose from.

    `get` is the module's and gives a union out or answers 404; nothing offered and none named is a 404 as well.
    """
    named = row_key(request.POST.get("union") or request.GET.get("union"))
    unions = list(offered[:_AT_ONCE])
    if named:
        return get(request.user, named), unions
    if not unions:
        raise Http404
    return unions[0], unions
