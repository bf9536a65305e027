"""The correlation id of the current request, sent to every vendor so that both logs can be laid side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

HEADER: Final = "x-correlation-id"

_CORRELATION: Final[ContextVar[str | None]] = ContextVar("correlation_id", default=None)


def current_correlation() -> str | None:
    """Return the correlation id in force, if the work belongs to a request."""
    return _CORRELATION.get()


@contextmanager
def correlated(identifier: str) -> Iterator[None]:
    """Let the block's calls carry the id."""
    token = _CORRELATION.set(identifier)
    try:
        yield
    finally:
        _CORRELATION.reset(token)
