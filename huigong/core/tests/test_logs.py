"""No log line tells a phone or an ID number, whoever wrote it and however."""

import json
import logging
from urllib.parse import quote

import pytest
import structlog
from django.test import RequestFactory

from huigong.core import logs

PHONE, ID_NUMBER = "13800138000", "35052119900101123X"


def written(record: logging.LogRecord) -> str:
    return logs.formatter().format(record)


@pytest.mark.parametrize(
    "message",
    [f"call {PHONE}", f"id={ID_NUMBER},", f"{PHONE}和{ID_NUMBER}", f'{{"phone": "{PHONE}"}}'],
)
def test_messages_of_any_logger_are_masked(message: str) -> None:
    line = written(logging.LogRecord("django.x", logging.INFO, "f", 1, message, None, None))
    assert PHONE not in line
    assert ID_NUMBER not in line


def test_arguments_are_masked() -> None:
    line = written(logging.LogRecord("x", logging.INFO, "f", 1, "sent to %s", (PHONE,), None))
    assert "138****8000" in line


def test_tracebacks_are_masked() -> None:
    try:
        raise ValueError(f"bad number {ID_NUMBER}")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "failed", None, (ValueError, error, error.__traceback__)
        )
    line = written(record)
    assert "ValueError" in line
    assert ID_NUMBER not in line


def test_the_address_of_a_request_stays_out_with_what_was_searched_for() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "f", 1, "Not Found: /x", None, None)
    record.request = RequestFactory().get("/x?q=陈海燕")
    line = written(record)
    assert "Not Found: /x" in line
    assert quote("陈海燕") not in line


def test_values_of_structured_events_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    event = {"event": "x", "who": {"phone": PHONE, "all": [PHONE]}}
    assert PHONE not in json.dumps(logs.mask(None, "info", event))


def test_other_long_numbers_stay() -> None:
    assert (
        logs.masked("order 20261123000012345678 at 1732358400") == "order 20261123000012345678 at 1732358400"
    )


def test_a_line_is_one_json_object() -> None:
    line = written(logging.LogRecord("x", logging.INFO, "f", 1, "two\nlines", None, None))
    assert json.loads(line)["event"] == "two\nlines"
    assert "\n" not in line


def test_structlog_is_routed_through_the_formatter() -> None:
    assert isinstance(structlog.get_config()["logger_factory"], structlog.stdlib.LoggerFactory)
