"""Events about the connected systems: one frozen record each, without request or response content."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.canonical.fault import FaultCode


@dataclass(frozen=True, kw_only=True)
class UpstreamCalled:
    """One attempt at one call.

    `status` is None without a response, `fault` is None for a success; `seconds` exclude the wait in the queue.
    """

    connection: str
    operation: str
    status: int | None
    fault: FaultCode | None
    seconds: float
    correlation_id: str | None


@dataclass(frozen=True, kw_only=True)
class CircuitOpened:
    """A circuit breaker opened for `seconds`; `calls` is the kind of call that it guards."""

    connection: str
    calls: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class CircuitClosed:
    """A circuit breaker closed after enough successful probes."""

    connection: str
    calls: str


@dataclass(frozen=True, kw_only=True)
class FeedPolled:
    """A change feed was polled, to its end (`failure` None) or up to a failure."""

    connection: str
    feed: str
    failure: FaultCode | None


Event = UpstreamCalled | CircuitOpened | CircuitClosed | FeedPolled
EventObserver = Callable[[Event], None]


def ignore_event(_event: Event) -> None:
    """Do nothing."""
