"""What every gateway for text messages promises."""

from typing import Protocol


class NotSent(Exception):
    """The gateway did not take a message. `code` is its own word for why; `may_retry`: later it might."""

    def __init__(self, code: str, *, may_retry: bool) -> None:
        super().__init__(code)
        self.code = code
        self.may_retry = may_retry


class Gateway(Protocol):
    """Sends one templated message, or raises `NotSent`; never logs the text or the number.

    A remote one asks another machine: it is called by a job, outside any transaction.
    """

    is_remote: bool

    def send(self, phone: str, template: str, values: dict[str, str]) -> None: ...
