"""The request's deadline: set once at the edge, read at every hop, never extended on the way down.

Instants are seconds of the monotonic clock, as `asyncio`'s loop counts them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_DEADLINE: Final[ContextVar[float | None]] = ContextVar("deadline", default=None)


def tighter(current: float | None, proposed: float | None) -> float | None:
    """Return the earlier of two deadlines; None is no deadline."""
    if current is None or proposed is None:
        return proposed if current is None else current
    return min(current, proposed)


def share(own: float, deadline: float | None, now: float) -> float:
    """Return how many seconds a hop may take: its own limit, or what remains if that is less; never negative."""
    return own if deadline is None else max(0.0, min(own, deadline - now))


def current_deadline() -> float | None:
    """Return the instant by which the current request must be answered."""
    return _DEADLINE.get()


def remaining(own: float) -> float:
    """Return how many seconds a hop with the limit `own` has left within the current request."""
    return share(own, _DEADLINE.get(), time.monotonic())


@contextmanager
def deadline_in(seconds: float) -> Iterator[float]:
    """Give the block at most `seconds`; an earlier deadline around it stays. Yields the instant in force."""
    return_to = _DEADLINE.get()
    instant = tighter(return_to, time.monotonic() + seconds)
    token = _DEADLINE.set(instant)
    try:
        yield instant if instant is not None else float("inf")
    finally:
        _DEADLINE.reset(token)


@contextmanager
def without_deadline() -> Iterator[None]:
    """Run work that several requests wait for, such as fetching a token: it belongs to none of them."""
    token = _DEADLINE.set(None)
    try:
        yield
    finally:
        _DEADLINE.reset(token)
