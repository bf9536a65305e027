"""Counts the calls that really went out, per connection, for the request that caused them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Calls(Counter[str]):
    """Calls by connection, each attempt counted; `tokens` are the token requests, which are not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Counter[str] = Counter()


_LEDGER: ContextVar[Calls | None] = ContextVar("psgw_ledger", default=None)
_CORRELATION: ContextVar[str | None] = ContextVar("psgw_correlation", default=None)


@contextmanager
def counting(correlation_id: str | None = None) -> Iterator[Calls]:
    """Count everything that is sent inside, by tasks started there as well; send the correlation id along."""
    calls = Calls()
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


def count_token(connection: str) -> None:
    """Note one token request."""
    calls = _LEDGER.get()
    if calls is not None:
        calls.tokens[connection] += 1


def correlation_id() -> str | None:
    """Return the id under which a request can be followed across systems."""
    return _CORRELATION.get()
