"""For development and demonstrations: nothing leaves the machine."""

from collections import deque

import structlog

log = structlog.get_logger("huigong.sms")


class ConsoleGateway:
    """Keeps what it was given, in this process, for the demo banner."""

    is_remote = False

    def __init__(self) -> None:
        self.sent: deque[tuple[str, str, dict[str, str]]] = deque(maxlen=1000)

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        self.sent.append((phone, template, values))
        log.info("sms", template=template)
