"""Whether and when a failed call is retried. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest

MAX_ATTEMPTS: Final = 3
_INITIAL_CEILING: Final = 0.2
_MAX_CEILING: Final = 2.0


def should_retry(request: UpstreamRequest, error: SourceError, attempt: int) -> bool:
    """Return whether to send a request again after `attempt` attempts: it must be safe and the error retryable."""
    return request.safe and error.retryable and attempt < MAX_ATTEMPTS


def compute_delay(error: SourceError, attempt: int, jitter: Callable[[], float]) -> float:
    """Return the seconds to wait: full jitter under a ceiling that doubles, plus the vendor's Retry-After."""
    required = error.retry_after.total_seconds() if error.retry_after is not None else 0.0
    ceiling = min(_MAX_CEILING, _INITIAL_CEILING * 2.0 ** (attempt - 1))
    return required + jitter() * ceiling


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Parse Retry-After (RFC 9110, 10.2.3), seconds or a date; None when it is missing or invalid."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        # Eight digits are more than three years: longer values only risk an overflow.
        return timedelta(seconds=int(value[:8]))
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(), (date if date.tzinfo else date.replace(tzinfo=UTC)) - now)
