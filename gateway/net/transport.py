"""Send one HTTP request and read the whole response, without retries, redirects, cookies or environment proxies."""

import ssl
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from socket import AddressFamily
from typing import Final

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.call_counter import get_correlation_id
from gateway.net.hosts import HostRule
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.net.message_body import ACCEPT_ENCODING, encode_body, get_content_type, read_body

USER_AGENT: Final = "psgw"


class HttpTransport:
    """Sends requests to the hosts that a rule allows.

    A host name is resolved once per TCP connection, and the checked address is the one connected to.
    """

    def __init__(self, rule: HostRule, body_cap: int, resolver: AbstractResolver | None = None) -> None:
        self._rule = rule
        self._cap = body_cap
        self._resolver = resolver
        self._client: httpx.AsyncClient | None = None

    async def exchange(self, url: str, request: UpstreamRequest) -> UpstreamResponse:
        """Send to a URL that the rule resolved and read the whole response.

        Raise SourceError: UNAVAILABLE without a complete response, CONTRACT_MISMATCH for one that is not acceptable.
        """
        try:
            async with self._open_client().stream(
                request.method,
                url,
                headers=self._build_headers(request),
                content=encode_body(request),
            ) as received:
                encoding = received.headers.get("content-encoding", "").strip().lower()
                body = await read_body(received.aiter_raw(), encoding, self._cap)
        except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
            raise SourceError(FaultCode.UNAVAILABLE, type(error).__name__, retryable=True) from None
        headers = {name.lower(): value for name, value in received.headers.items()}
        return UpstreamResponse(status=received.status_code, headers=headers, body=body)

    async def aclose(self) -> None:
        """Close idle connections; the next request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _open_client(self) -> httpx.AsyncClient:
        if self._client is None:
            transport = AiohttpTransport(verify=get_ssl_context(), client=self._create_session, trust_env=False)
            # The caller limits the whole exchange; timeouts of single steps would add up to another limit.
            jar = CookieJar(DefaultCookiePolicy(allowed_domains=()))
            self._client = httpx.AsyncClient(transport=transport, timeout=None, cookies=jar, trust_env=False)  # noqa: S113
        return self._client

    def _create_session(self) -> aiohttp.ClientSession:
        # The concurrency limiter bounds the number of connections.
        connector = aiohttp.TCPConnector(
            resolver=PinnedResolver(self._rule, self._resolver), ssl=get_ssl_context(), limit=0
        )
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        # Otherwise aiohttp resends GET, PUT and DELETE after a lost connection: uncounted, and even if it is unsafe.
        session._retry_connection = False  # noqa: SLF001 -- there is no public option; a test covers it
        return session

    @staticmethod
    def _build_headers(request: UpstreamRequest) -> dict[str, str]:
        headers = {"user-agent": USER_AGENT, "accept": "application/json", "accept-encoding": ACCEPT_ENCODING}
        content_type = get_content_type(request)
        if content_type is not None:
            headers["content-type"] = content_type
        correlation_id = get_correlation_id()
        if correlation_id is not None:
            headers["x-correlation-id"] = correlation_id
        return headers | {name.lower(): value for name, value in request.headers.items()}


class PinnedResolver(AbstractResolver):
    """Resolves host names to their allowed addresses."""

    def __init__(self, rule: HostRule, inner: AbstractResolver | None = None) -> None:
        self._rule = rule
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses; raise SourceError when all are forbidden."""
        addresses = await self._inner.resolve(host, port, family)
        allowed = [each for each in addresses if self._rule.is_allowed_address(each["host"])]
        if addresses and not allowed:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "the host has a forbidden address")
        return allowed

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()


@cache
def get_ssl_context() -> ssl.SSLContext:
    """Return the TLS context of this process, built once: building it reads every trusted certificate."""
    return httpx.create_ssl_context(trust_env=False)
