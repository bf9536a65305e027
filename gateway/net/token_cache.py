"""Cache one connection's access token.

It is fetched on first use, renewed at 80 % of its lifetime and once after it was rejected, by one request at a time.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.net.protocols import Auth
from gateway.resilience.deadline import suspend_deadline
from gateway.resilience.single_flight import SingleFlight

_RENEWAL_FRACTION: Final = 0.8
_RENEWAL_RETRY_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Token:
    """A token, and the monotonic times at which it should be renewed and expires.

    Without a known lifetime it is used until it is rejected.
    """

    value: str
    renew_from: float = float("inf")
    expires: float = float("inf")

    def __repr__(self) -> str:
        return f"Token(renew_from={self.renew_from}, expires={self.expires})"


class TokenCache:
    """Caches the token; `send` performs the token request, with the upstream's own limits."""

    def __init__(
        self,
        auth: Auth,
        send: Callable[[UpstreamRequest], Awaitable[UpstreamResponse]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._send = send
        self._clock = clock
        self._token: Token | None = None
        self._single_flight: SingleFlight[str, Token] = SingleFlight()

    async def get_token(self) -> Token:
        """Return a valid token; when a renewal fails, the old token is used until it expires."""
        token, now = self._token, self._clock()
        if token is not None and now < token.renew_from:
            return token
        try:
            return await self._renew()
        except SourceError:
            if token is None or self._clock() >= token.expires:
                raise
            self._token = Token(token.value, self._clock() + _RENEWAL_RETRY_SECONDS, token.expires)
            return self._token

    async def replace_rejected(self, rejected: Token) -> Token | None:
        """Return another token than the rejected one, or None when the credential cannot be renewed."""
        if self._auth.build_token_request() is None:
            return None
        if self._token is rejected:
            self._token = None
        return await self.get_token()

    async def _renew(self) -> Token:
        return await self._single_flight.run("token", self._fetch)

    async def _fetch(self) -> Token:
        request = self._auth.build_token_request()
        if request is None:
            self._token = Token("")
            return self._token
        with suspend_deadline():
            value, lifetime = self._auth.read_token(await self._send(request))
        now = self._clock()
        self._token = (
            Token(value) if lifetime is None else Token(value, now + lifetime * _RENEWAL_FRACTION, now + lifetime)
        )
        return self._token
