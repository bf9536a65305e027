"""What can be told of each call once it is over; nothing of its content."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.canonical.fault import FaultCode


@dataclass(frozen=True, kw_only=True)
class UpstreamCalled:
    """One attempt at one call. `status` is None when no answer came, `fault` is None for a success; `seconds` do not hold the wait for a turn."""

    connection: str
    operation: str
    status: int | None
    fault: FaultCode | None
    seconds: float
    correlation_id: str | None


Observe = Callable[[UpstreamCalled], None]


def unobserved(_event: UpstreamCalled) -> None:
    """Tell nobody."""
