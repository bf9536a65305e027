"""One HTTP exchange: a request out, its whole answer back. No retries, no redirects, no cookies, no proxies of the environment."""

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
from gateway.net.body import ACCEPT_ENCODING, encoded, media_type, whole
from gateway.net.hosts import HostRule
from gateway.net.ledger import correlation_id
from gateway.net.message import Request, Response

AGENT: Final = "psgw"


class HttpTransport:
    """Sends requests to the hosts that a rule allows; a host name is resolved once per connection made, and that very address is called."""

    def __init__(self, rule: HostRule, body_cap: int, names: AbstractResolver | None = None) -> None:
        self._rule = rule
        self._cap = body_cap
        self._names = names
        self._client: httpx.AsyncClient | None = None

    async def exchange(self, url: str, request: Request) -> Response:
        """Send to a URL that the rule resolved, and read to the end; raises SourceError: UNAVAILABLE when no whole answer came, CONTRACT_MISMATCH for one that cannot be taken."""
        try:
            async with self._opened().stream(
                request.method,
                url,
                headers=self._headers(request),
                content=encoded(request),
            ) as answer:
                encoding = answer.headers.get("content-encoding", "").strip().lower()
                body = await whole(answer.aiter_raw(), encoding, self._cap)
        except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
            raise SourceError(FaultCode.UNAVAILABLE, type(error).__name__, retryable=True) from None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status_code, headers=headers, body=body)

    async def aclose(self) -> None:
        """Close idle connections; the next exchange opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            transport = AiohttpTransport(verify=trusted_authorities(), client=self._session, trust_env=False)
            # Whoever calls bounds the whole exchange; limits of single steps would only add up to something else.
            jar = CookieJar(DefaultCookiePolicy(allowed_domains=()))
            self._client = httpx.AsyncClient(transport=transport, timeout=None, cookies=jar, trust_env=False)  # noqa: S113
        return self._client

    def _session(self) -> aiohttp.ClientSession:
        # The number of connections is bounded where calls wait for their turn.
        connector = aiohttp.TCPConnector(
            resolver=PinnedResolver(self._rule, self._names), ssl=trusted_authorities(), limit=0
        )
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        # Otherwise it sends GET, PUT and DELETE again by itself when a connection breaks: uncounted, and whether or not that is safe here.
        session._retry_connection = False  # noqa: SLF001 -- there is no public switch; a test holds this
        return session

    @staticmethod
    def _headers(request: Request) -> dict[str, str]:
        own = {"user-agent": AGENT, "accept": "application/json", "accept-encoding": ACCEPT_ENCODING}
        kind = media_type(request)
        if kind is not None:
            own["content-type"] = kind
        known = correlation_id()
        if known is not None:
            own["x-correlation-id"] = known
        return own | {name.lower(): value for name, value in request.headers.items()}


class PinnedResolver(AbstractResolver):
    """Resolves names to those of their addresses that may be called."""

    def __init__(self, rule: HostRule, inner: AbstractResolver | None = None) -> None:
        self._rule = rule
        self._inner = inner or aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses; raises SourceError when there are none but forbidden ones."""
        found = await self._inner.resolve(host, port, family)
        allowed = [each for each in found if self._rule.may_reach(each["host"])]
        if found and not allowed:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "the host has an address that may not be called")
        return allowed

    async def close(self) -> None:
        """Release what the inner resolver holds."""
        await self._inner.close()


@cache
def trusted_authorities() -> ssl.SSLContext:
    """Return the one context of this process; making it reads every trusted certificate."""
    return httpx.create_ssl_context(trust_env=False)
