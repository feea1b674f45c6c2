"""Logs: one line of JSON an event, and never a phone or a document number in it, whoever wrote the line."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from huigong.core.confidential import is_confidential

_ID_NUMBER = re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def masked(text: str) -> str:
    """`text` with the middle of every ID number and mobile number starred."""
    text = _ID_NUMBER.sub(lambda found: f"{found[1]}{'*' * 11}{found[2]}", text)
    return _PHONE.sub(lambda found: f"{found[1]}****{found[2]}", text)


def mask(logger: Any, method: str, event: EventDict) -> EventDict:
    """structlog processor: mask every string of the event, tracebacks too."""
    return {key: _mask(value) for key, value in event.items()}


def forget_request(logger: Any, method: str, event: EventDict) -> EventDict:
    """structlog processor: drop the request that Django adds to its lines; its address holds what was searched for."""
    event.pop("request", None)
    return event


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _mask(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(inner) for inner in value]
    return value


_BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
]


def configure() -> None:
    """Route structlog through the standard library, so that both kinds of loggers end in one formatter."""
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """The one formatter: masked JSON."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_BEFORE,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            forget_request,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


class Discretion(logging.Filter):
    """Lets nothing pass about requests to confidential views, short of a page that broke."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return record.levelno >= logging.ERROR or request is None or not is_confidential(request)


def settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, requests from `level` on."""
    configure()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter}},
        "filters": {"discretion": {"()": Discretion}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["discretion"]}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "huigong": {"level": level},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "procrastinate": {"level": "WARNING"},
        },
    }
