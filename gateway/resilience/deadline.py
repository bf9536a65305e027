"""One deadline per request; each hop gets what remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DEADLINE: ContextVar[float | None] = ContextVar("psgw_deadline", default=None)


@contextmanager
def until(moment: float | None) -> Iterator[None]:
    """Set the deadline, in event-loop time, for everything that is done inside; an earlier one outside stays in force."""
    outer = _DEADLINE.get()
    moments = [each for each in (outer, moment) if each is not None]
    token = _DEADLINE.set(min(moments, default=None))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def remaining(now: float, own: float) -> float:
    """Return how many seconds a hop may take: its own limit, or what the deadline leaves; never negative."""
    deadline = _DEADLINE.get()
    return own if deadline is None else max(0.0, min(own, deadline - now))


@contextmanager
def without_deadline() -> Iterator[None]:
    """Run work that several requests wait for, such as fetching a token: it belongs to none of them."""
    token = _DEADLINE.set(None)
    try:
        yield
    finally:
        _DEADLINE.reset(token)
