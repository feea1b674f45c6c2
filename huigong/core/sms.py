"""Text messages: one port, and the gateway behind it. The console gateway keeps what it sent for the demo banner."""

from collections import deque
from typing import Protocol

import structlog
from django.conf import settings

log = structlog.get_logger("huigong.sms")


class Gateway(Protocol):
    """Sends one templated message. Raises on failure; never logs the text or the number."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None: ...


class ConsoleGateway:
    """For development and demonstrations: nothing leaves the machine."""

    def __init__(self) -> None:
        self.sent: deque[tuple[str, str, dict[str, str]]] = deque(maxlen=1000)

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        self.sent.append((phone, template, values))
        log.info("sms", template=template)


_gateways: dict[str, Gateway] = {"console": ConsoleGateway()}


def gateway() -> Gateway:
    """The gateway that the setting HUIGONG_SMS names."""
    return _gateways[settings.SMS_GATEWAY]


def last_code_for_demo(phone: str) -> str:
    """The code just sent to `phone`, in demo mode only, for the banner that shows it; otherwise empty."""
    console = gateway()
    if not settings.DEMO or not isinstance(console, ConsoleGateway):
        return ""
    return next(
        (values["code"] for to, _, values in reversed(console.sent) if to == phone and "code" in values), ""
    )
