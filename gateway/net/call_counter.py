"""Count the upstream calls of a request, per connection."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class CallCounter(Counter[str]):
    """Calls by connection, retries included; `token_requests` counts token requests separately."""

    def __init__(self) -> None:
        super().__init__()
        self.token_requests: Counter[str] = Counter()


_COUNTER: ContextVar[CallCounter | None] = ContextVar("psgw_call_counter", default=None)
_CORRELATION: ContextVar[str | None] = ContextVar("psgw_correlation_id", default=None)


@contextmanager
def count_calls(correlation_id: str | None = None) -> Iterator[CallCounter]:
    """Count the calls sent inside the block, also by tasks started there, and send `correlation_id` with them."""
    calls = CallCounter()
    counter, correlation = _COUNTER.set(calls), _CORRELATION.set(correlation_id)
    try:
        yield calls
    finally:
        _COUNTER.reset(counter)
        _CORRELATION.reset(correlation)


def count_call(connection: str) -> None:
    """Count one call."""
    calls = _COUNTER.get()
    if calls is not None:
        calls[connection] += 1


def count_token_request(connection: str) -> None:
    """Count one token request."""
    calls = _COUNTER.get()
    if calls is not None:
        calls.token_requests[connection] += 1


def get_correlation_id() -> str | None:
    """Return the correlation id of the current request, None outside of one."""
    return _CORRELATION.get()
