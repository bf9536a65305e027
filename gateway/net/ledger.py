"""Exact counts of calls to vendors, per connection, for one request or one test; calls for tokens are counted apart."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final


@dataclass
class CallLedger:
    """What was sent, attempt by attempt: `calls` and `tokens` by connection name, `operations` by (connection, operation)."""

    calls: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    operations: Counter[tuple[str, str]] = field(default_factory=Counter)


_LEDGER: Final[ContextVar[CallLedger | None]] = ContextVar("call_ledger", default=None)


@contextmanager
def counting() -> Iterator[CallLedger]:
    """Count every call that the block and the tasks started in it send."""
    ledger = CallLedger()
    token = _LEDGER.set(ledger)
    try:
        yield ledger
    finally:
        _LEDGER.reset(token)


def record_call(connection: str, operation: str) -> None:
    """Count one call that goes out now."""
    ledger = _LEDGER.get()
    if ledger is not None:
        ledger.calls[connection] += 1
        ledger.operations[connection, operation] += 1


def record_token_call(connection: str) -> None:
    """Count one token request that goes out now."""
    ledger = _LEDGER.get()
    if ledger is not None:
        ledger.tokens[connection] += 1
