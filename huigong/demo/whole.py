"""One transaction for everything that is loaded, without a savepoint for each of the thousands of operations in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def savepoints(*, wanted: bool) -> Iterator[None]:
    """Within, operations inside the transaction take savepoints or not; they were a third of the load's statements.

    Without them whatever fails takes all with it, as it should. To catch a refusal and go on then breaks loudly:
    Django lets no statement follow it. Where the story goes on after refusals it wants savepoints.
    """
    before = connection.features.uses_savepoints
    connection.features.uses_savepoints = wanted
    try:
        yield
    finally:
        connection.features.uses_savepoints = before
