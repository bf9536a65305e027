"""The HTTP client of one connection: deadline, concurrency limit, circuit breakers, retries, tokens and counting."""

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
from gateway.net.call_counter import count_call, count_token_request, get_correlation_id
from gateway.net.hosts import HostRule
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.net.protocols import Auth, Classifier
from gateway.net.retry import compute_delay, parse_retry_after, should_retry
from gateway.net.token_cache import TokenCache
from gateway.net.transport import HttpTransport
from gateway.observability.event import CircuitClosed, CircuitOpened, EventObserver, UpstreamCalled, ignore_event
from gateway.resilience.breaker import BreakerPolicy, BreakerState, CircuitBreaker, Outcome, Refused
from gateway.resilience.concurrency_limiter import AdaptiveLimit, ConcurrencyLimiter, QueueFullError
from gateway.resilience.deadline import compute_remaining
from gateway.resilience.retry_budget import RetryBudget

T = TypeVar("T")

_OVERLOAD: Final = frozenset({FaultCode.RATE_LIMITED, FaultCode.TIMEOUT})
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, kw_only=True)
class CallLimits:
    """Limits of calls: `timeout_seconds` per attempt, bytes of a decompressed response, waiting calls per slot."""

    timeout_seconds: float = 20.0
    max_body_bytes: int = 32 * 1024 * 1024
    max_pending: int = 20
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


class _CallClass(StrEnum):
    """Kinds of calls that tend to fail together: each has its own circuit breaker."""

    READ = "READ"
    WRITE = "WRITE"
    TOKEN = "TOKEN"  # noqa: S105 -- a kind of call


DEFAULT_LIMITS: Final = CallLimits()


@dataclass
class _Attempt:
    """The result of one attempt; empty when it was cancelled or never left the queue."""

    status: int | None = None
    fault: FaultCode | None = None
    seconds: float = 0.0

    @property
    def has_result(self) -> bool:
        """Whether the attempt succeeded or failed, as opposed to being cancelled."""
        return self.status is not None or self.fault is not None

    def classify_outcome(self, breaker: CircuitBreaker) -> Outcome:
        """Return the outcome for the breaker: a missing response or 5xx is the system's failure, 4xx the caller's."""
        if not self.has_result:
            return Outcome.ABANDONED
        failed = self.status is None or self.status >= _SERVER_ERROR
        return breaker.classify_call(failed=failed, seconds=self.seconds)


@dataclass(kw_only=True)
class HttpUpstream:
    """Sends one connection's calls. Create it outside of an event loop, use it in one."""

    connection: str
    rule: HostRule
    auth: Auth = field(repr=False)
    classify: Classifier = field(repr=False)
    concurrency: int
    limits: CallLimits = DEFAULT_LIMITS
    observe: EventObserver = field(default=ignore_event, repr=False)

    def __post_init__(self) -> None:
        self._transport = HttpTransport(self.rule, self.limits.max_body_bytes)
        self._limiter = ConcurrencyLimiter(AdaptiveLimit(self.concurrency), self.concurrency * self.limits.max_pending)
        self._breakers = {kind: CircuitBreaker(self.limits.breaker) for kind in _CallClass}
        self._retry_budget = RetryBudget()
        self._tokens = TokenCache(self.auth, self._send_token_request)

    async def fetch(self, request: UpstreamRequest) -> UpstreamResponse:
        """Send the request; return a successful response or raise the SourceError of the classifier.

        A safe request is sent up to three times if the error is retryable and the retry budget allows it. A rejected
        token is renewed once.
        """
        self._retry_budget.record_call(time.monotonic())
        attempt = 1
        while True:
            try:
                return await self._send_authorised(request)
            except SourceError as error:
                if not should_retry(request, error, attempt):
                    raise
                delay = compute_delay(error, attempt, random.random)
                if delay >= self._compute_remaining() or not self._retry_budget.try_spend(time.monotonic()):
                    raise
            await asyncio.sleep(delay)
            attempt += 1

    async def aclose(self) -> None:
        """Close idle connections."""
        await self._transport.aclose()

    async def _send_authorised(self, request: UpstreamRequest) -> UpstreamResponse:
        token = await self._wait_within_limit(self._tokens.get_token())
        try:
            return await self._send_attempt(self.auth.apply(request, token.value))
        except SourceError as error:
            if error.code is not FaultCode.AUTH_EXPIRED:
                raise
            renewed = await self._wait_within_limit(self._tokens.replace_rejected(token))
            if renewed is None:
                raise
        return await self._send_attempt(self.auth.apply(request, renewed.value))

    async def _send_attempt(self, request: UpstreamRequest) -> UpstreamResponse:
        """Send one attempt, if URL, breaker and queue allow it."""
        url = self.rule.resolve(request.path, request.query)
        with self._open_attempt(_CallClass.READ if request.safe else _CallClass.WRITE) as attempt:
            await self._wait_for_slot()
            try:
                count_call(self.connection)
                return await self._send(url, request, attempt, self.classify)
            finally:
                self._limiter.release(overloaded=attempt.fault in _OVERLOAD)

    async def _send_token_request(self, request: UpstreamRequest) -> UpstreamResponse:
        """Request a token; these requests have their own endpoint and need no slot."""
        url = self.rule.resolve(request.path, request.query)
        with self._open_attempt(_CallClass.TOKEN) as attempt:
            count_token_request(self.connection)
            return await self._send(url, request, attempt, lambda _response: None)

    @contextmanager
    def _open_attempt(self, kind: _CallClass) -> Iterator[_Attempt]:
        breaker = self._breakers[kind]
        if self._compute_remaining() <= 0:
            raise SourceError(FaultCode.TIMEOUT, "the deadline has passed")
        permit = breaker.request_permit(time.monotonic())
        if isinstance(permit, Refused):
            retry_in = timedelta(seconds=round(permit.retry_after, 1))
            raise SourceError(FaultCode.CIRCUIT_OPEN, "circuit breaker open", retry_after=retry_in)
        attempt = _Attempt()
        try:
            yield attempt
        finally:
            before = breaker.state
            breaker.report(permit, attempt.classify_outcome(breaker), time.monotonic())
            if breaker.state is not before:
                self._report_breaker_change(kind, breaker)

    def _report_breaker_change(self, kind: _CallClass, breaker: CircuitBreaker) -> None:
        if breaker.state is BreakerState.OPEN:
            seconds = breaker.get_open_seconds(time.monotonic())
            self.observe(CircuitOpened(connection=self.connection, calls=kind.value, seconds=seconds))
        elif breaker.state is BreakerState.CLOSED:
            self.observe(CircuitClosed(connection=self.connection, calls=kind.value))

    async def _wait_for_slot(self) -> None:
        try:
            await self._wait_within_limit(self._limiter.acquire())
        except QueueFullError:
            raise SourceError(FaultCode.RATE_LIMITED, "too many calls are waiting for a slot") from None

    async def _send(
        self, url: str, request: UpstreamRequest, attempt: _Attempt, classify: Classifier
    ) -> UpstreamResponse:
        started = time.monotonic()
        try:
            response = await self._wait_within_limit(self._transport.exchange(url, request))
            attempt.status = response.status
            error = classify(response)
            if error is not None:
                error.retry_after = error.retry_after or parse_retry_after(response.headers, datetime.now(UTC))
                raise error
        except SourceError as error:
            attempt.fault = error.code
            raise
        finally:
            attempt.seconds = time.monotonic() - started
            self._report_call(request, attempt)
        return response

    def _report_call(self, request: UpstreamRequest, attempt: _Attempt) -> None:
        if attempt.has_result:
            self.observe(
                UpstreamCalled(
                    connection=self.connection,
                    operation=request.operation,
                    status=attempt.status,
                    fault=attempt.fault,
                    seconds=attempt.seconds,
                    correlation_id=get_correlation_id(),
                )
            )

    async def _wait_within_limit(self, work: Awaitable[T]) -> T:
        """Await within the deadline and the timeout of one call."""
        try:
            async with asyncio.timeout(self._compute_remaining()):
                return await work
        except TimeoutError:
            raise SourceError(FaultCode.TIMEOUT, "no response in time", retryable=True) from None

    def _compute_remaining(self) -> float:
        return compute_remaining(time.monotonic(), self.limits.timeout_seconds)


def create_opener(
    name: str,
    base_url: str,
    hosts: Sequence[str],
    *,
    allow_private: bool = False,
    limits: CallLimits = DEFAULT_LIMITS,
    observe: EventObserver = ignore_event,
) -> Callable[[Auth, Classifier, int], HttpUpstream]:
    """Return a factory of the connection's client; raise ConfigurationError for a forbidden base URL."""
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
