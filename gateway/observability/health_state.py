"""System health, derived by a pure state machine from the events of calls, circuit breakers and change feeds.

Calls of the last minute count, at most fifty; if there were none, the last call counts. The first state that applies
is the health:

CIRCUIT_OPEN  one of the breakers is open;
UNKNOWN       no event yet, or none for 15 minutes (`stale_after`);
THROTTLED     the system rate-limited a call in the last 30 seconds, or its last response was a rate limit;
DOWN          the last three calls (or all, if fewer) got no response or a 5xx and there was no success for three
              seconds; or every feed is refused;
DEGRADED      one of the last three calls failed, more than 10 % of the calls failed or were slow, or a feed is refused;
UP            otherwise.

Three successful calls after three failed ones end an outage: earlier calls are dropped. A response that rejects one
request (a missing record, an unsupported filter, an expired token) is no failure of the system. A feed that ends this
way counts as refused until it is polled to its end again.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from itertools import islice
from typing import Final, NamedTuple

from gateway.canonical.fault import FaultCode
from gateway.observability.event import CircuitClosed, CircuitOpened, Event, FeedPolled, UpstreamCalled


class SystemHealth(StrEnum):
    """The health of a system."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    THROTTLED = "THROTTLED"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class HealthPolicy:
    """The thresholds of the rules; times in seconds."""

    window: float = 60.0
    max_calls: int = 50
    streak: int = 3
    grace: float = 3.0
    poor_ratio: float = 0.1
    slow_after: float = 5.0
    throttled_for: float = 30.0
    stale_after: float = 900.0


class _CallResult(Enum):
    """The result of a call, as it counts for the health."""

    GOOD = auto()
    SLOW = auto()
    FAILED = auto()
    THROTTLED = auto()
    REFUSED = auto()


class _Call(NamedTuple):
    at: float
    kind: _CallResult


_NO_ANSWER: Final = frozenset({FaultCode.TIMEOUT, FaultCode.UNAVAILABLE})
_REPORTED_BY_CALLS: Final = frozenset({FaultCode.RATE_LIMITED, FaultCode.CIRCUIT_OPEN})
_SUCCESSFUL: Final = frozenset({_CallResult.GOOD, _CallResult.SLOW})
_POOR: Final = frozenset({_CallResult.SLOW, _CallResult.FAILED})
_TOO_MANY: Final = 429
_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500


@dataclass
class HealthStateMachine:
    """The health of one connection. Times are seconds of one monotonic clock and never decrease.

    `succeeded_at` is the time of the last success, `failed_at` that of the last failure or refused feed.
    """

    policy: HealthPolicy = HealthPolicy()
    succeeded_at: float | None = None
    failed_at: float | None = None
    _last_event_at: float | None = None
    _throttled_at: float | None = None
    _open_until: dict[str, float] = field(default_factory=dict)
    _refused: dict[str, bool] = field(default_factory=dict)
    _calls: deque[_Call] = field(init=False)

    def __post_init__(self) -> None:
        self._calls = deque(maxlen=self.policy.max_calls)

    def apply_event(self, event: Event, now: float) -> None:
        """Apply an event of this connection."""
        self._last_event_at = now
        match event:
            case UpstreamCalled():
                self._record_call(self._classify_call(event), now)
            case CircuitOpened():
                self._open_until[event.calls] = now + event.seconds
            case CircuitClosed():
                self._open_until.pop(event.calls, None)
            case FeedPolled():
                self._record_feed(event, now)

    def compute_health(self, now: float) -> SystemHealth:
        """Return the health at `now`."""
        calls = self._list_recent_calls(now)
        if any(until > now for until in self._open_until.values()):
            return SystemHealth.CIRCUIT_OPEN
        if self._is_unknown(calls, now):
            return SystemHealth.UNKNOWN
        if self._is_throttled(calls, now):
            return SystemHealth.THROTTLED
        if self._is_down(calls, now):
            return SystemHealth.DOWN
        return SystemHealth.DEGRADED if self._is_degraded(calls) else SystemHealth.UP

    def get_next_change(self, now: float) -> float | None:
        """Return the earliest time at which the health may change without an event; None if only an event can."""
        return min((at for at in self._list_change_times() if at > now), default=None)

    def _list_change_times(self) -> Iterator[float]:
        yield from self._open_until.values()
        for since, seconds in (
            (self._last_event_at, self.policy.stale_after),
            (self._throttled_at, self.policy.throttled_for),
            (self.succeeded_at, self.policy.grace),
        ):
            if since is not None:
                yield since + seconds
        yield from (call.at + self.policy.window for call in self._calls)

    def _classify_call(self, event: UpstreamCalled) -> _CallResult:
        status = event.status
        if event.fault is FaultCode.RATE_LIMITED or status == _TOO_MANY:
            return _CallResult.THROTTLED
        if event.fault in _NO_ANSWER or status is None or status >= _SERVER_ERROR:
            return _CallResult.FAILED
        if event.fault is not None or status >= _BAD_REQUEST:
            return _CallResult.REFUSED
        return _CallResult.SLOW if event.seconds > self.policy.slow_after else _CallResult.GOOD

    def _record_call(self, kind: _CallResult, now: float) -> None:
        if kind is _CallResult.REFUSED:
            return
        self._calls.append(_Call(now, kind))
        if kind in _SUCCESSFUL:
            self.succeeded_at = now
            self._clear_outage()
        else:
            self.failed_at = now
            self._throttled_at = now if kind is _CallResult.THROTTLED else self._throttled_at

    def _record_feed(self, event: FeedPolled, now: float) -> None:
        if event.failure in _REPORTED_BY_CALLS:
            return
        refused = event.failure is not None and event.failure not in _NO_ANSWER
        if refused:
            self.failed_at = now
        else:
            self._record_call(_CallResult.GOOD if event.failure is None else _CallResult.FAILED, now)
        if event.failure not in _NO_ANSWER:
            self._refused[event.feed] = refused

    def _clear_outage(self) -> None:
        streak = self.policy.streak
        last = list(islice(reversed(self._calls), 2 * streak))
        good, before = last[:streak], last[streak:]
        if (
            before
            and all(call.kind in _SUCCESSFUL for call in good)
            and all(call.kind is _CallResult.FAILED for call in before)
        ):
            self._calls.clear()
            self._calls.extend(reversed(good))

    def _list_recent_calls(self, now: float) -> list[_Call]:
        recent = [call for call in self._calls if now < call.at + self.policy.window]
        return recent or list(islice(reversed(self._calls), 1))

    def _is_unknown(self, calls: list[_Call], now: float) -> bool:
        if self._last_event_at is None or now >= self._last_event_at + self.policy.stale_after:
            return True
        return not calls and not any(self._refused.values())

    def _is_throttled(self, calls: list[_Call], now: float) -> bool:
        if self._throttled_at is None:
            return False
        last_throttled = bool(calls) and calls[-1].kind is _CallResult.THROTTLED
        return last_throttled or now < self._throttled_at + self.policy.throttled_for

    def _is_down(self, calls: list[_Call], now: float) -> bool:
        if self._refused and all(self._refused.values()):
            return True
        last = calls[-self.policy.streak :]
        no_success = self.succeeded_at is None or now >= self.succeeded_at + self.policy.grace
        return no_success and bool(last) and all(call.kind is _CallResult.FAILED for call in last)

    def _is_degraded(self, calls: list[_Call]) -> bool:
        poor = sum(call.kind in _POOR for call in calls)
        failed = any(call.kind is _CallResult.FAILED for call in calls[-self.policy.streak :])
        return failed or any(self._refused.values()) or poor > self.policy.poor_ratio * len(calls)
