"""Many at once: real threads, each with a connection of its own, begun together."""

import threading
from collections.abc import Callable

from django.db import connection

from huigong.core.errors import Refused


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run every call in a thread of its own; what became of each ("done" when it said nothing), sorted."""
    start, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            outcomes.append(str(call() or "done"))
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
