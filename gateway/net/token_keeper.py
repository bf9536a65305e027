"""Keeps one connection's access token: fetched on first use, renewed at 80 % of its life, one fetch however many wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from gateway.net.exchange import Auth
from gateway.net.message import Request, Response

RENEW_AT = 0.8


class TokenKeeper:
    """The current token of a connection; an empty one for credentials that need none."""

    def __init__(
        self,
        auth: Auth,
        send: Callable[[Request], Awaitable[Response]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._send = send
        self._clock = clock
        self._token: str | None = None
        self._renew_at: float | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is good for a while; raises SourceError when none can be had."""
        if self._fresh():
            return self._token or ""
        async with self._lock:
            if not self._fresh():
                await self._fetch()
        return self._token or ""

    def drop(self) -> bool:
        """Forget a token that was refused; False when there is none to renew."""
        known = self._token
        self._token = None
        return bool(known)

    def _fresh(self) -> bool:
        return self._token is not None and (self._renew_at is None or self._clock() < self._renew_at)

    async def _fetch(self) -> None:
        request = self._auth.token_request()
        if request is None:
            self._token, self._renew_at = "", None
            return
        token, life = self._auth.read_token(await self._send(request))
        self._token = token
        self._renew_at = None if life is None else self._clock() + life * RENEW_AT
