"""A small, bounded crowd of HTTP clients on this machine. Each keeps its connection, as a browser does."""

import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

_TIMEOUT = 30.0
_MOST_CLIENTS = 64


class Answer(NamedTuple):
    """What came back for one request."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of a burst of requests."""

    seconds: float
    answers: list[Answer]

    @property
    def statuses(self) -> Counter[int]:
        """How many answers of each status."""
        return Counter(answer.status for answer in self.answers)

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return len(self.answers) / self.seconds


def request(method: str, path: str, *, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of one request; underscores in header names stand for dashes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(port: int, requests: Sequence[bytes], *, clients: int) -> Outcome:
    """Send all `requests` to this machine's `port`, each client its share, as fast as answers come."""
    clients = min(clients, _MOST_CLIENTS, len(requests))
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = [requests[number::clients] for number in range(clients)]
        answers = [answer for each in pool.map(lambda share: _talk(port, share), shares) for answer in each]
    return Outcome(time.perf_counter() - began, answers)


def _talk(port: int, requests: Sequence[bytes]) -> list[Answer]:
    answers = []
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for message in requests:
            connection.sendall(message)
            answers.append(_answer(connection))
    return answers


def _answer(connection: socket.socket) -> Answer:
    """Read one whole answer."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _length(head)
    while len(body) < length:
        body += _more(connection)
    return Answer(int(head.split(b" ", 2)[1]), body)


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the server hung up")
    return received


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without a length")
