"""Whether and when a failed call is sent again. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from gateway.errors import SourceError
from gateway.net.message import Request

ATTEMPTS: Final = 3
_FIRST_CEILING: Final = 0.2
_LAST_CEILING: Final = 2.0


def may_repeat(request: Request, error: SourceError, attempt: int) -> bool:
    """Say whether sending the request again is harmless and may help, after `attempt` attempts."""
    return request.safe and error.retryable and attempt < ATTEMPTS


def pause(error: SourceError, attempt: int, jitter: Callable[[], float]) -> float:
    """Return the seconds to wait: full jitter under a ceiling that doubles, but not less than the vendor asks for."""
    asked = error.retry_after.total_seconds() if error.retry_after is not None else 0.0
    ceiling = min(_LAST_CEILING, _FIRST_CEILING * 2.0 ** (attempt - 1))
    return asked + jitter() * ceiling


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds or a date; None when it is missing or cannot be read."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        # More digits than a year has seconds say no more than "not today".
        return timedelta(seconds=int(value[:8]))
    try:
        told = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(), (told if told.tzinfo else told.replace(tzinfo=UTC)) - now)
