"""The log of the gateway: one JSON object per line, whatever the message contains."""

import logging
import sys

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.cli.logs import JsonFormatter


def build_record(message: str, *arguments: object, failed: bool = False) -> logging.LogRecord:
    """Return a log record, with an exception if `failed`."""
    exception = None
    if failed:
        try:
            int("odd")
        except ValueError:
            exception = sys.exc_info()
    return logging.LogRecord("gateway.x", logging.WARNING, __file__, 1, message, arguments, exception)


def test_a_message_of_several_lines_is_one_line() -> None:
    line = JsonFormatter().format(build_record("a %s\n{\x1b[31m", "b\r\n"))

    assert "\n" not in line
    assert "\x1b" not in line
    entry = msgspec.json.decode(line)
    assert list(entry) == ["time", "level", "logger", "message"]
    assert (entry["level"], entry["logger"], entry["message"]) == ("warning", "gateway.x", "a b\r\n\n{\x1b[31m")


def test_an_exception_is_logged_with_its_class_and_trace() -> None:
    entry = msgspec.json.decode(JsonFormatter().format(build_record("failed", failed=True)))

    assert entry["error"] == "ValueError"
    assert entry["trace"].endswith("ValueError: invalid literal for int() with base 10: 'odd'")


def test_extra_attributes_are_logged_and_replace_no_standard_key() -> None:
    record = build_record("feed stopped")
    vars(record).update(connection="crm", feed="Client", fault=FaultCode.UNAVAILABLE, level="loud")

    entry = msgspec.json.decode(JsonFormatter().format(record))

    assert list(entry) == ["time", "level", "logger", "message", "connection", "feed", "fault"]
    assert (entry["level"], entry["connection"], entry["fault"]) == ("warning", "crm", "UNAVAILABLE")
