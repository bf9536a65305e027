"""Protocols between adapters and the upstream client: authentication, error classification, calls."""

from collections.abc import Callable
from typing import Protocol

from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest, UpstreamResponse

Classifier = Callable[[UpstreamResponse], SourceError | None]
"""Maps a vendor's response to an error, or to None for a success. Pure."""


class Auth(Protocol):
    """How calls are authorised, without I/O: the upstream client sends the token request and caches the token.

    `gateway.net.auth` has the common ones; `NoAuth` is for systems without login.
    """

    def build_token_request(self) -> UpstreamRequest | None:
        """Build the request for a token; None when the credential is static."""

    def read_token(self, response: UpstreamResponse) -> tuple[str, float | None]:
        """Return (token, lifetime in seconds or None when unknown); raise SourceError(AUTH_EXPIRED) when refused."""

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:
        """Return the request with its credentials."""


class Upstream(Protocol):
    """The HTTP client of one connection.

    It applies deadline, concurrency limit, retries of safe calls, circuit breaker, one token renewal on 401 and size
    caps, and counts calls.
    """

    async def fetch(self, request: UpstreamRequest) -> UpstreamResponse:
        """Send the request; return a successful response or raise the SourceError of the classifier."""

    async def aclose(self) -> None:
        """Close idle connections."""
