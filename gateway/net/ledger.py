"""Counts the calls that really went out, per connection, for the request that caused them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LEDGER: ContextVar[Counter[str] | None] = ContextVar("psgw_ledger", default=None)
_CORRELATION: ContextVar[str | None] = ContextVar("psgw_correlation", default=None)


@contextmanager
def counting(correlation_id: str | None = None) -> Iterator[Counter[str]]:
    """Count everything that is sent inside, token calls left out; send the correlation id along."""
    calls: Counter[str] = Counter()
    ledger, correlation = _LEDGER.set(calls), _CORRELATION.set(correlation_id)
    try:
        yield calls
    finally:
        _LEDGER.reset(ledger)
        _CORRELATION.reset(correlation)


def count(connection: str) -> None:
    """Note one call."""
    calls = _LEDGER.get()
    if calls is not None:
        calls[connection] += 1


def correlation_id() -> str | None:
    """Return the id under which a request can be followed across systems."""
    return _CORRELATION.get()
