"""The way out to one connection: within the deadline and the vendor's concurrency, counted, and again where that is harmless and may help."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.exchange import Auth, Classifier
from gateway.net.hosts import HostRule
from gateway.net.ledger import correlation_id, count, count_token
from gateway.net.message import Request, Response
from gateway.net.retry import may_repeat, pause, retry_after
from gateway.net.token_keeper import TokenKeeper
from gateway.net.transport import HttpTransport
from gateway.observability.event import CircuitClosed, CircuitOpened, Observe, UpstreamCalled, unobserved
from gateway.resilience.breaker import Breaker, BreakerPolicy, BreakerState, Outcome, Refused
from gateway.resilience.deadline import remaining
from gateway.resilience.limit import AdaptiveLimit, QueueFullError, Turnstile
from gateway.resilience.retry_budget import RetryBudget

T = TypeVar("T")

_OVERLOAD: Final = frozenset({FaultCode.RATE_LIMITED, FaultCode.TIMEOUT})
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may cost. `seconds` are the most that an attempt takes, `body` the bytes of an answer, unpacked; `pending` calls may wait per place."""

    seconds: float = 20.0
    body: int = 32 * 1024 * 1024
    pending: int = 20
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


class _Class(StrEnum):
    """Calls that fail together: each class has its own breaker."""

    READ = "READ"
    WRITE = "WRITE"
    TOKEN = "TOKEN"  # noqa: S105 -- a class of calls


DEFAULT_LIMITS: Final = Limits()


@dataclass
class _Attempt:
    """What becomes known of one attempt; one that was cancelled, or never left the queue, knows nothing."""

    status: int | None = None
    fault: FaultCode | None = None
    seconds: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether the attempt ended by itself, well or not."""
        return self.status is not None or self.fault is not None

    def outcome(self, breaker: Breaker) -> Outcome:
        """Judge the system: no answer and 5xx are its failures, 4xx are the caller's."""
        if not self.answered:
            return Outcome.ABANDONED
        failed = self.status is None or self.status >= _SERVER_ERROR
        return breaker.outcome(failed=failed, seconds=self.seconds)


@dataclass(kw_only=True)
class HttpUpstream:
    """One connection's calls. Made outside of any event loop, used in one."""

    connection: str
    rule: HostRule
    auth: Auth = field(repr=False)
    classify: Classifier = field(repr=False)
    concurrency: int
    limits: Limits = DEFAULT_LIMITS
    observe: Observe = field(default=unobserved, repr=False)

    def __post_init__(self) -> None:
        self._transport = HttpTransport(self.rule, self.limits.body)
        self._turnstile = Turnstile(AdaptiveLimit(self.concurrency), self.concurrency * self.limits.pending)
        self._breakers = {kind: Breaker(self.limits.breaker) for kind in _Class}
        self._budget = RetryBudget()
        self._tokens = TokenKeeper(self.auth, self._token_answer)

    async def fetch(self, request: Request) -> Response:
        """Send and return what the classifier found to be a success; raise SourceError otherwise.

        A safe request is sent up to three times when the failure says that it may help and the budget allows; a refused token is renewed once.
        """
        self._budget.called(time.monotonic())
        attempt = 1
        while True:
            try:
                return await self._authorised(request)
            except SourceError as error:
                if not may_repeat(request, error, attempt):
                    raise
                wait = pause(error, attempt, random.random)
                if wait >= self._remaining() or not self._budget.spend(time.monotonic()):
                    raise
            await asyncio.sleep(wait)
            attempt += 1

    async def aclose(self) -> None:
        """Close idle connections."""
        await self._transport.aclose()

    async def _authorised(self, request: Request) -> Response:
        token = await self._within(self._tokens.current())
        try:
            return await self._permitted(self.auth.apply(request, token.value))
        except SourceError as error:
            if error.code is not FaultCode.AUTH_EXPIRED:
                raise
            renewed = await self._within(self._tokens.after_refusal(token))
            if renewed is None:
                raise
        return await self._permitted(self.auth.apply(request, renewed.value))

    async def _permitted(self, request: Request) -> Response:
        """Make one attempt, if address, breaker and queue let it through."""
        url = self.rule.resolve(request.path, request.query)
        with self._leave(_Class.READ if request.safe else _Class.WRITE) as attempt:
            await self._queued()
            try:
                count(self.connection)
                return await self._sent(url, request, attempt, self.classify)
            finally:
                self._turnstile.leave(overloaded=attempt.fault in _OVERLOAD)

    async def _token_answer(self, request: Request) -> Response:
        """Ask for a token; these requests have their own endpoint and take no place in the queue."""
        url = self.rule.resolve(request.path, request.query)
        with self._leave(_Class.TOKEN) as attempt:
            count_token(self.connection)
            return await self._sent(url, request, attempt, lambda _response: None)

    @contextmanager
    def _leave(self, kind: _Class) -> Iterator[_Attempt]:
        breaker = self._breakers[kind]
        if self._remaining() <= 0:
            raise SourceError(FaultCode.TIMEOUT, "no time left")
        leave = breaker.ask(time.monotonic())
        if isinstance(leave, Refused):
            rest = timedelta(seconds=round(leave.retry_after, 1))
            raise SourceError(FaultCode.CIRCUIT_OPEN, "breaker open", retry_after=rest)
        attempt = _Attempt()
        try:
            yield attempt
        finally:
            before = breaker.state
            breaker.report(leave, attempt.outcome(breaker), time.monotonic())
            if breaker.state is not before:
                self._tell_breaker(kind, breaker)

    def _tell_breaker(self, kind: _Class, breaker: Breaker) -> None:
        if breaker.state is BreakerState.OPEN:
            rest = breaker.rest(time.monotonic())
            self.observe(CircuitOpened(connection=self.connection, calls=kind.value, seconds=rest))
        elif breaker.state is BreakerState.CLOSED:
            self.observe(CircuitClosed(connection=self.connection, calls=kind.value))

    async def _queued(self) -> None:
        try:
            await self._within(self._turnstile.enter())
        except QueueFullError:
            raise SourceError(FaultCode.RATE_LIMITED, "too many calls are waiting") from None

    async def _sent(self, url: str, request: Request, attempt: _Attempt, classify: Classifier) -> Response:
        started = time.monotonic()
        try:
            response = await self._within(self._transport.exchange(url, request))
            attempt.status = response.status
            error = classify(response)
            if error is not None:
                error.retry_after = error.retry_after or retry_after(response.headers, datetime.now(UTC))
                raise error
        except SourceError as error:
            attempt.fault = error.code
            raise
        finally:
            attempt.seconds = time.monotonic() - started
            self._tell(request, attempt)
        return response

    def _tell(self, request: Request, attempt: _Attempt) -> None:
        if attempt.answered:
            self.observe(
                UpstreamCalled(
                    connection=self.connection,
                    operation=request.operation,
                    status=attempt.status,
                    fault=attempt.fault,
                    seconds=attempt.seconds,
                    correlation_id=correlation_id(),
                )
            )

    async def _within(self, work: Awaitable[T]) -> T:
        """Wait no longer than the deadline and the limit of one call allow."""
        try:
            async with asyncio.timeout(self._remaining()):
                return await work
        except TimeoutError:
            raise SourceError(FaultCode.TIMEOUT, "no answer in time", retryable=True) from None

    def _remaining(self) -> float:
        return remaining(time.monotonic(), self.limits.seconds)


def opener(
    name: str,
    base_url: str,
    hosts: Sequence[str],
    *,
    allow_private: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    observe: Observe = unobserved,
) -> Callable[[Auth, Classifier, int], HttpUpstream]:
    """Return what opens the way out to a connection; raises ConfigurationError for an address that it may not have."""
    rule = HostRule(base_url, hosts, allow_private=allow_private)

    def open_upstream(auth: Auth, classify: Classifier, concurrency: int) -> HttpUpstream:
        return HttpUpstream(
            connection=name,
            rule=rule,
            auth=auth,
            classify=classify,
            concurrency=concurrency,
            limits=limits,
            observe=observe,
        )

    return open_upstream
