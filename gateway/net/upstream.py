"""The way out to one connection."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.exchange import Auth, Classifier
from gateway.net.hosts import HostRule
from gateway.net.ledger import correlation_id, count
from gateway.net.message import Request, Response
from gateway.net.token_keeper import TokenKeeper
from gateway.resilience.breaker import Breaker
from gateway.resilience.deadline import remaining
from gateway.resilience.retry_budget import RetryBudget

MAX_BODY_BYTES = 32 * 1024 * 1024
CALL_SECONDS = 20.0
ATTEMPTS = 3
FIRST_BACKOFF = 0.1
LONGEST_BACKOFF = 2.0
WAITING_PER_SLOT = 20
SYSTEM_FAILURES = frozenset({FaultCode.TIMEOUT, FaultCode.UNAVAILABLE, FaultCode.CONTRACT_MISMATCH})


class HttpUpstream:
    """Sends calls of one connection: within the deadline and the vendor's concurrency, safe ones again when that may help."""

    def __init__(
        self,
        name: str,
        rule: HostRule,
        auth: Auth,
        classify: Classifier,
        concurrency: int,
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._name = name
        self._rule = rule
        self._auth = auth
        self._classify = classify
        self._slots = asyncio.Semaphore(concurrency)
        self._waiting_limit = concurrency * WAITING_PER_SLOT
        self._waiting = 0
        self._client: httpx.AsyncClient | None = None
        self._breaker = Breaker()
        self._budget = RetryBudget()
        self._tokens = TokenKeeper(auth, self._send_token_request)
        self._clock = clock or _loop_time

    async def fetch(self, request: Request) -> Response:
        """Send and return what the classifier found to be a success; raise SourceError otherwise.

        A safe request is sent up to three times when the failure says that it may help and the budget allows; an expired token is renewed once.
        """
        self._budget.called(self._clock())
        renewed = False
        attempt = 1
        while True:
            try:
                return await self._once(request)
            except SourceError as error:
                if error.code is FaultCode.AUTH_EXPIRED and not renewed and self._tokens.drop():
                    renewed = True
                    continue
                if not self._worth_repeating(request, error, attempt):
                    raise
                await self._pause(error, attempt)
                attempt += 1

    def _worth_repeating(self, request: Request, error: SourceError, attempt: int) -> bool:
        return request.safe and error.retryable and attempt < ATTEMPTS and self._budget.spend(self._clock())

    async def _pause(self, error: SourceError, attempt: int) -> None:
        """Wait with full jitter, or as long as the vendor asks; give up when the deadline would pass meanwhile."""
        wished = error.retry_after.total_seconds() if error.retry_after else 0.0
        ceiling = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**attempt)
        pause = max(wished, random.uniform(0, ceiling))  # noqa: S311 -- spreads load, hides nothing
        if pause >= remaining(self._clock(), CALL_SECONDS):
            raise error
        await asyncio.sleep(pause)

    async def _once(self, request: Request) -> Response:
        now = self._clock()
        if not self._breaker.allows(now):
            rest = timedelta(seconds=round(self._breaker.retry_after(now), 1))
            raise SourceError(FaultCode.CIRCUIT_OPEN, "breaker open", retry_after=rest)
        if self._waiting >= self._waiting_limit:
            raise SourceError(FaultCode.RATE_LIMITED, "too many calls are waiting")
        failed = True
        try:
            response = await self._sent(request)
            failed = False
        except SourceError as error:
            failed = error.code in SYSTEM_FAILURES
            raise
        finally:
            self._breaker.report(self._clock(), failed=failed)
        return response

    async def _sent(self, request: Request) -> Response:
        seconds = remaining(self._clock(), CALL_SECONDS)
        if seconds <= 0:
            raise SourceError(FaultCode.TIMEOUT, "no time left")
        try:
            async with asyncio.timeout(seconds):
                self._waiting += 1
                try:
                    await self._slots.acquire()
                finally:
                    self._waiting -= 1
                try:
                    authorised = self._auth.apply(request, await self._tokens.token())
                    count(self._name)
                    response = await self._exchange(authorised)
                finally:
                    self._slots.release()
        except TimeoutError:
            raise SourceError(FaultCode.TIMEOUT, "no answer in time", retryable=True) from None
        error = self._classify(response)
        if error is not None:
            raise error
        return response

    async def _send_token_request(self, request: Request) -> Response:
        return await self._exchange(request)

    async def _exchange(self, request: Request) -> Response:
        """Send one call and read its whole answer, never more than the cap."""
        try:
            built = self._built(request)
            answer = await self._http().send(built, stream=True)
            try:
                body = await _capped(answer)
            finally:
                await answer.aclose()
        except httpx.TimeoutException:
            raise SourceError(FaultCode.TIMEOUT, "no answer in time", retryable=True) from None
        except httpx.DecodingError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "an answer that cannot be decoded") from None
        except (httpx.TransportError, OSError) as error:
            raise SourceError(FaultCode.UNAVAILABLE, type(error).__name__, retryable=True) from None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status_code, headers=headers, body=body)

    def _built(self, request: Request) -> httpx.Request:
        try:
            url = self._rule.resolve(request.path)
        except ConfigurationError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "a call to a host that is not allowed") from None
        headers = dict(request.headers)
        known = correlation_id()
        if known is not None:
            headers.setdefault("X-Correlation-Id", known)
        content = request.content
        if request.json is not None:
            content = encode_json(request.json)
            headers.setdefault("Content-Type", "application/json")
        form = None if request.form is None else dict(request.form)
        return self._http().build_request(
            request.method, url, params=list(request.query) or None, headers=headers, content=content, data=form
        )

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=AiohttpTransport(), timeout=CALL_SECONDS, follow_redirects=False, trust_env=False
            )
        return self._client

    async def aclose(self) -> None:
        """Close idle connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode_json(value: Any) -> bytes:
    """Encode with Decimals as JSON numbers, digit for digit."""
    return _ENCODER.encode(value)


async def _capped(answer: httpx.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "an answer larger than the cap")
        chunks.append(chunk)
    return b"".join(chunks)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def opener(
    name: str, base_url: str, hosts: Sequence[str], *, allow_private: bool = False
) -> Callable[[Auth, Classifier, int], HttpUpstream]:
    """Return what opens the way out to a connection; raises ConfigurationError for an address that it may not have."""
    rule = HostRule(name, base_url, hosts, allow_private=allow_private)

    def open_upstream(auth: Auth, classify: Classifier, concurrency: int) -> HttpUpstream:
        return HttpUpstream(name, rule, auth, classify, concurrency)

    return open_upstream
