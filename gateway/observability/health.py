"""How a system is doing: a pure machine over what is told of its calls, its breakers and its feeds.

Only the last minute of calls counts (or, when nothing happened in it, the last call), fifty at most. In this order, a system is

CIRCUIT_OPEN  while one of its breakers is open;
UNKNOWN       before anything is told, and when nothing has been told for so long that nobody can know;
THROTTLED     for half a minute after it said that we call too often, and after that while this was its last word;
DOWN          when the last three calls (or all there were) got no answer or a 5xx, and nothing has gone well for three seconds;
              and when every feed is refused: it answers, but gives us nothing;
DEGRADED      when one of the last three calls failed, more than a tenth of the calls failed or were slow, or a feed is refused;
UP            otherwise.

Three good calls after three failed ones end an outage: what came before them is forgotten. An answer that refuses one request (a record that is gone,
a filter that the system does not take, a token to renew) is no failure of the system; a feed that ends so is one, until it is followed to its end again.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from itertools import islice
from typing import Final, NamedTuple

from gateway.canonical.fault import FaultCode
from gateway.observability.event import CircuitClosed, CircuitOpened, Event, FeedFollowed, UpstreamCalled


class SystemHealth(StrEnum):
    """How a system is doing."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    THROTTLED = "THROTTLED"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class HealthPolicy:
    """The figures of the rules; times in seconds."""

    window: float = 60.0
    sample: int = 50
    streak: int = 3
    quiet: float = 3.0
    poor_share: float = 0.1
    slow_after: float = 5.0
    throttled_for: float = 30.0
    stale_after: float = 900.0


class _Kind(Enum):
    """What a call says of the system."""

    GOOD = auto()
    SLOW = auto()
    FAILED = auto()
    THROTTLED = auto()
    REFUSED = auto()


class _Call(NamedTuple):
    at: float
    kind: _Kind


_NO_ANSWER: Final = frozenset({FaultCode.TIMEOUT, FaultCode.UNAVAILABLE})
_TOLD_BY_CALLS: Final = frozenset({FaultCode.RATE_LIMITED, FaultCode.CIRCUIT_OPEN})
_WELL: Final = frozenset({_Kind.GOOD, _Kind.SLOW})
_POOR: Final = frozenset({_Kind.SLOW, _Kind.FAILED})
_TOO_MANY: Final = 429
_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500


@dataclass
class HealthMachine:
    """The health of one connection. Times are seconds of one clock that never goes back; they do not come in reversed order.

    `succeeded_at` and `failed_at` are when it last did what was asked, and when it last failed or refused a feed.
    """

    policy: HealthPolicy = HealthPolicy()
    succeeded_at: float | None = None
    failed_at: float | None = None
    _heard_at: float | None = None
    _throttled_at: float | None = None
    _open_until: dict[str, float] = field(default_factory=dict)
    _refused: dict[str, bool] = field(default_factory=dict)
    _calls: deque[_Call] = field(init=False)

    def __post_init__(self) -> None:
        self._calls = deque(maxlen=self.policy.sample)

    def take(self, event: Event, now: float) -> None:
        """Learn from an event of this connection."""
        self._heard_at = now
        match event:
            case UpstreamCalled():
                self._called(self._kind(event), now)
            case CircuitOpened():
                self._open_until[event.calls] = now + event.seconds
            case CircuitClosed():
                self._open_until.pop(event.calls, None)
            case FeedFollowed():
                self._followed(event, now)

    def health(self, now: float) -> SystemHealth:
        """Say how the system is doing."""
        calls = self._recent(now)
        if any(until > now for until in self._open_until.values()):
            return SystemHealth.CIRCUIT_OPEN
        if self._unknown(calls, now):
            return SystemHealth.UNKNOWN
        if self._throttled(calls, now):
            return SystemHealth.THROTTLED
        if self._down(calls, now):
            return SystemHealth.DOWN
        return SystemHealth.DEGRADED if self._degraded(calls) else SystemHealth.UP

    def changes_at(self, now: float) -> float | None:
        """Return when, at the earliest, the health becomes another without any event; None when only an event can change it."""
        return min((at for at in self._turns() if at > now), default=None)

    def _turns(self) -> Iterator[float]:
        yield from self._open_until.values()
        for since, seconds in (
            (self._heard_at, self.policy.stale_after),
            (self._throttled_at, self.policy.throttled_for),
            (self.succeeded_at, self.policy.quiet),
        ):
            if since is not None:
                yield since + seconds
        yield from (call.at + self.policy.window for call in self._calls)

    def _kind(self, event: UpstreamCalled) -> _Kind:
        status = event.status
        if event.fault is FaultCode.RATE_LIMITED or status == _TOO_MANY:
            return _Kind.THROTTLED
        if event.fault in _NO_ANSWER or status is None or status >= _SERVER_ERROR:
            return _Kind.FAILED
        if event.fault is not None or status >= _BAD_REQUEST:
            return _Kind.REFUSED
        return _Kind.SLOW if event.seconds > self.policy.slow_after else _Kind.GOOD

    def _called(self, kind: _Kind, now: float) -> None:
        if kind is _Kind.REFUSED:
            return
        self._calls.append(_Call(now, kind))
        if kind in _WELL:
            self.succeeded_at = now
            self._forget_outage()
        else:
            self.failed_at = now
            self._throttled_at = now if kind is _Kind.THROTTLED else self._throttled_at

    def _followed(self, event: FeedFollowed, now: float) -> None:
        if event.failure in _TOLD_BY_CALLS:
            return
        refused = event.failure is not None and event.failure not in _NO_ANSWER
        if refused:
            self.failed_at = now
        else:
            self._called(_Kind.GOOD if event.failure is None else _Kind.FAILED, now)
        if event.failure not in _NO_ANSWER:
            self._refused[event.feed] = refused

    def _forget_outage(self) -> None:
        streak = self.policy.streak
        last = list(islice(reversed(self._calls), 2 * streak))
        good, before = last[:streak], last[streak:]
        if before and all(call.kind in _WELL for call in good) and all(call.kind is _Kind.FAILED for call in before):
            self._calls.clear()
            self._calls.extend(reversed(good))

    def _recent(self, now: float) -> list[_Call]:
        recent = [call for call in self._calls if now < call.at + self.policy.window]
        return recent or list(islice(reversed(self._calls), 1))

    def _unknown(self, calls: list[_Call], now: float) -> bool:
        if self._heard_at is None or now >= self._heard_at + self.policy.stale_after:
            return True
        return not calls and not any(self._refused.values())

    def _throttled(self, calls: list[_Call], now: float) -> bool:
        if self._throttled_at is None:
            return False
        last_word = bool(calls) and calls[-1].kind is _Kind.THROTTLED
        return last_word or now < self._throttled_at + self.policy.throttled_for

    def _down(self, calls: list[_Call], now: float) -> bool:
        if self._refused and all(self._refused.values()):
            return True
        last = calls[-self.policy.streak :]
        quiet = self.succeeded_at is None or now >= self.succeeded_at + self.policy.quiet
        return quiet and bool(last) and all(call.kind is _Kind.FAILED for call in last)

    def _degraded(self, calls: list[_Call]) -> bool:
        poor = sum(call.kind in _POOR for call in calls)
        failed = any(call.kind is _Kind.FAILED for call in calls[-self.policy.streak :])
        return failed or any(self._refused.values()) or poor > self.policy.poor_share * len(calls)
