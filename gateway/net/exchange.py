"""What the way out asks of an adapter (authorisation, the meaning of answers), and what it gives."""

from collections.abc import Callable
from typing import Protocol

from gateway.errors import SourceError
from gateway.net.message import Request, Response

Classifier = Callable[[Response], SourceError | None]
"""Turns a vendor's answer into the error that it means, or None when it is a success. Pure."""


class Auth(Protocol):
    """How calls are authorised, without I/O: the upstream client sends the token request and keeps the token."""

    def token_request(self) -> Request | None:
        """Build the request for a token, or None when the credential is static."""

    def read_token(self, response: Response) -> tuple[str, float | None]:
        """Return (token, life in seconds or None when unknown); raise SourceError(AUTH_EXPIRED) when refused."""

    def apply(self, request: Request, token: str) -> Request:
        """Return the request with its authorisation."""


class Upstream(Protocol):
    """The way out to one connection: deadline, concurrency, retries of safe calls, breaker, one token refresh on 401, size caps, counting."""

    async def fetch(self, request: Request) -> Response:
        """Send and return a response that the classifier found to be a success; raise SourceError otherwise."""

    async def aclose(self) -> None:
        """Close idle connections."""
