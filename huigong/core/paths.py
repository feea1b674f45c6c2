"""A path in a tree: the ids from the root to a node, each followed by a dot, so that `1.2.` is no prefix of `1.20.`."""

import re
from typing import Any

from django.db import models

_PATH = re.compile(r"([1-9][0-9]*\.)+")


class Within(models.Lookup):
    """`path__within="1.20."`: in the subtree of that node, itself included. Raises ValueError for what is no path.

    The path stands in the statement itself, not beside it: a plan made once for every prefix reckons with a handful
    of rows, and for a whole county it is many times slower. Nothing but digits and dots gets in.
    """

    lookup_name = "within"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not _PATH.fullmatch(self.rhs):
            raise ValueError("not a path")
        column, params = self.process_lhs(compiler, connection)
        return f"{column} LIKE '{self.rhs}%%'", tuple(params)
