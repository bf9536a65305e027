"""The log of a served gateway: one JSON object per line, whatever is in the message."""

import logging
import sys

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.cli.logs import JsonFormatter


def build_record(message: str, *arguments: object, failed: bool = False) -> logging.LogRecord:
    """A record, of an exception if need be."""
    found = None
    if failed:
        try:
            int("odd")
        except ValueError:
            found = sys.exc_info()
    return logging.LogRecord("gateway.x", logging.WARNING, __file__, 1, message, arguments, found)


def test_a_message_of_several_lines_is_one_line() -> None:
    line = JsonFormatter().format(build_record("a %s\n{\x1b[31m", "b\r\n"))

    assert "\n" not in line
    assert "\x1b" not in line
    told = msgspec.json.decode(line)
    assert list(told) == ["time", "level", "logger", "message"]
    assert (told["level"], told["logger"], told["message"]) == ("warning", "gateway.x", "a b\r\n\n{\x1b[31m")


def test_an_exception_is_told_with_its_kind_and_trace() -> None:
    told = msgspec.json.decode(JsonFormatter().format(build_record("broken", failed=True)))

    assert told["error"] == "ValueError"
    assert told["trace"].endswith("ValueError: invalid literal for int() with base 10: 'odd'")


def test_what_is_said_beside_a_message_is_told_and_takes_no_other_place() -> None:
    stopped = build_record("feed stopped")
    vars(stopped).update(connection="crm", feed="Client", fault=FaultCode.UNAVAILABLE, level="loud")

    told = msgspec.json.decode(JsonFormatter().format(stopped))

    assert list(told) == ["time", "level", "logger", "message", "connection", "feed", "fault"]
    assert (told["level"], told["connection"], told["fault"]) == ("warning", "crm", "UNAVAILABLE")
