"""What can be told of a system while the gateway works with it: one frozen record per event, and nothing of what was said."""

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


@dataclass(frozen=True, kw_only=True)
class CircuitOpened:
    """A breaker of a connection lets nothing through for some seconds; `calls` is the class of calls that it guards."""

    connection: str
    calls: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class CircuitClosed:
    """A breaker of a connection has seen enough good probes and lets everything through again."""

    connection: str
    calls: str


@dataclass(frozen=True, kw_only=True)
class FeedFollowed:
    """A change feed has been followed to its end (`failure` None) or to where it stopped."""

    connection: str
    feed: str
    failure: FaultCode | None


Event = UpstreamCalled | CircuitOpened | CircuitClosed | FeedFollowed
Observe = Callable[[Event], None]


def unobserved(_event: Event) -> None:
    """Tell nobody."""
