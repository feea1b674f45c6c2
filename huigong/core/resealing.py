"""After the field key was changed, everything sealed with an older one is sealed anew.

Columns of `crypto.Sealed` and sealed files are found by themselves; a module that seals something else says how
to renew it with `holder`, next to the operation that seals it.
"""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from huigong.core import crypto, files

_AT_ONCE = 500
_holders: dict[str, Callable[[], int]] = {}


def holder(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that renews what a module sealed in its own way, and returns how much that was."""

    def register(function: Callable[[], int]) -> Callable[[], int]:
        _holders[name] = function
        return function

    return register


def run() -> Iterator[tuple[str, int]]:
    """Renew everything; yields what and how many. Done again it finds nothing, so a run that broke off goes on."""
    for config in apps.get_app_configs():
        if config.name.startswith("huigong.") and importlib.util.find_spec(f"{config.name}.operations"):
            importlib.import_module(f"{config.name}.operations")
    for model in apps.get_models():
        for sealed in vars(model).values():
            if isinstance(sealed, crypto.Sealed):
                yield f"{model._meta.db_table}.{sealed.column}", _renew_column(model, sealed.column)
    for name in sorted(_holders):
        yield name, _holders[name]()
    yield "files", files.reseal_all()


def _renew_column(model: type[models.Model], column: str) -> int:
    old = model._default_manager.exclude(**{column: ""}).exclude(
        **{f"{column}__startswith": crypto.current_prefix()}
    )
    count = 0
    while rows := list(old.only("uuid", column).order_by("pk")[:_AT_ONCE]):
        with transaction.atomic():
            for row in rows:
                setattr(row, column, _renewed(row, column))
            model._default_manager.bulk_update(rows, [column])
        count += len(rows)
    return count


def _renewed(row: Any, column: str) -> str:
    context = f"{row._meta.db_table}.{column}.{row.uuid}"
    return crypto.seal(crypto.unseal(getattr(row, column), context=context), context=context)
