"""The log of a served gateway: one JSON object per line on stderr."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

_STANDARD_ATTRIBUTES: Final = logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime", "taskName"}
"""What every record has of its own; anything beyond it was said by whoever logged it (`extra`)."""


class JsonFormatter(logging.Formatter):
    """Writes time (UTC, ISO 8601), level, logger and message, and what was said beside it; of an exception its kind and trace."""

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


def configure_logging() -> None:
    """Send every log of this process to stderr, from information upwards for our own and warnings upwards for others."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("gateway").setLevel(logging.INFO)
