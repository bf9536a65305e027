"""One deadline per request; each upstream call gets the remaining time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_DEADLINE: ContextVar[float | None] = ContextVar("psgw_deadline", default=None)


@contextmanager
def apply_deadline(moment: float | None) -> Iterator[None]:
    """Set the deadline for the block, in event-loop time; an earlier outer deadline still applies."""
    outer = _DEADLINE.get()
    deadlines = [each for each in (outer, moment) if each is not None]
    token = _DEADLINE.set(min(deadlines, default=None))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def compute_remaining(now: float, limit: float) -> float:
    """Return how many seconds a call may take: its own limit or the time to the deadline; never negative."""
    deadline = _DEADLINE.get()
    return limit if deadline is None else max(0.0, min(limit, deadline - now))


@contextmanager
def suspend_deadline() -> Iterator[None]:
    """Run work that several requests wait for, such as fetching a token, without the deadline of any of them."""
    token = _DEADLINE.set(None)
    try:
        yield
    finally:
        _DEADLINE.reset(token)
