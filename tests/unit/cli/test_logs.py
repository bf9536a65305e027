"""The log of the gateway: one JSON object per line, whatever the message contains."""

import logging
import sys
import warnings

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.cli.logs import JsonFormatter, configure_logging


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


def test_a_warning_of_a_library_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure_logging()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=True)
            warnings.warn("this function\nis deprecated", DeprecationWarning, stacklevel=1)
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
        root.setLevel(level)

    first, second = (msgspec.json.decode(line) for line in capsys.readouterr().err.splitlines())
    assert (first["level"], first["logger"]) == ("warning", "py.warnings")
    assert "DeprecationWarning: this function\nis deprecated" in first["message"]
    assert (second["logger"], second["message"]) == ("uvicorn.error", "Invalid HTTP request received.")


def test_extra_attributes_are_logged_and_replace_no_standard_key() -> None:
    record = build_record("feed stopped")
    vars(record).update(connection="crm", feed="Client", fault=FaultCode.UNAVAILABLE, level="loud")

    entry = msgspec.json.decode(JsonFormatter().format(record))

    assert list(entry) == ["time", "level", "logger", "message", "connection", "feed", "fault"]
    assert (entry["level"], entry["connection"], entry["fault"]) == ("warning", "crm", "UNAVAILABLE")
