"""Django's PostgreSQL backend, but it asks whether a connection lives only when there is reason to."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import ConnStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that stopped or ended the session has said so: its farewell waits to be read.

    Then, or when a notice waits, the connection is asked as before; else the question at the start of each
    request is saved, which costs as much as a small query.
    """

    def is_usable(self) -> bool:
        link = self.connection.pgconn
        waiting = select.poll()
        if link.status != ConnStatus.OK:
            return False
        waiting.register(link.socket, select.POLLIN)
        return not waiting.poll(0) or super().is_usable()
