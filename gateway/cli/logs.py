"""The log of the gateway: one JSON object per line on stderr."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

_STANDARD_ATTRIBUTES: Final = logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime", "taskName"}
"""The attributes of every log record; the caller added any other one through `extra`."""

_SILENT_LOGGERS: Final = ("psycopg", "sqlalchemy.pool")
"""They log a trace for every connection that an outage of the store closes; the store logs its start and its end."""


class JsonFormatter(logging.Formatter):
    """Formats time (UTC, ISO 8601), level, logger, message and `extra`; of an exception its class and trace."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD_ATTRIBUTES | line.keys()}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "trace": self.formatException(record.exc_info)}
        return msgspec.json.encode(line, enc_hook=str).decode()


def configure_logging(level: int = logging.INFO) -> None:
    """Send all logs of this process to stderr: the gateway's from `level`, those of libraries from WARNING.

    Python's warnings are logged as well.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("gateway").setLevel(level)
    logging.captureWarnings(capture=True)
    for name in _SILENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
