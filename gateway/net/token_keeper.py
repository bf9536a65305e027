"""Keeps one connection's access token: fetched on first use, renewed at four fifths of its life, once after a refusal, by one request at a time."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gateway.errors import SourceError
from gateway.net.exchange import Auth
from gateway.net.message import Request, Response
from gateway.resilience.deadline import without_deadline
from gateway.resilience.single_flight import SingleFlight

_RENEW_AT: Final = 0.8
_RENEW_AGAIN: Final = 15.0


@dataclass(frozen=True)
class Token:
    """A token and the monotonic instants from which it should be, and must be, replaced; without a told life it lasts until it is refused."""

    value: str
    renew_from: float = float("inf")
    expires: float = float("inf")

    def __repr__(self) -> str:
        return f"Token(renew_from={self.renew_from}, expires={self.expires})"


class TokenKeeper:
    """Keeps the token; `send` performs the token request, with the upstream's own limits."""

    def __init__(
        self,
        auth: Auth,
        send: Callable[[Request], Awaitable[Response]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = auth
        self._send = send
        self._clock = clock
        self._token: Token | None = None
        self._flights: SingleFlight[str, Token] = SingleFlight()

    async def current(self) -> Token:
        """Return a token that should be accepted; a renewal that fails does no harm while the old one lives."""
        token, now = self._token, self._clock()
        if token is not None and now < token.renew_from:
            return token
        try:
            return await self._renewed()
        except SourceError:
            if token is None or self._clock() >= token.expires:
                raise
            self._token = Token(token.value, self._clock() + _RENEW_AGAIN, token.expires)
            return self._token

    async def after_refusal(self, refused: Token) -> Token | None:
        """Return another token than the refused one, or None when the credential cannot be renewed."""
        if self._auth.token_request() is None:
            return None
        if self._token is refused:
            self._token = None
        return await self.current()

    async def _renewed(self) -> Token:
        return await self._flights.run("token", self._fetch)

    async def _fetch(self) -> Token:
        request = self._auth.token_request()
        if request is None:
            self._token = Token("")
            return self._token
        with without_deadline():
            value, life = self._auth.read_token(await self._send(request))
        now = self._clock()
        self._token = Token(value) if life is None else Token(value, now + life * _RENEW_AT, now + life)
        return self._token
