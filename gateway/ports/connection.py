"""What an adapter is given to connect: one configured connection, and the way out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.canonical.roles import DataRegion, SystemRole
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


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One configured connection. `mapping` is the parsed mapping file, `secrets` are revealed only by calling `secret`."""

    name: str
    role: SystemRole
    vendor: str
    base_url: str
    region: DataRegion
    time_zone: str = "UTC"
    options: Mapping[str, Any] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Callable[[], str]] = field(default_factory=dict, repr=False)
    open_upstream: Callable[[Auth, Classifier, int], Upstream] = field(repr=False)
    """(auth, classifier, concurrency) -> the way out."""

    def secret(self, name: str) -> str:
        """Return a secret by name; raises KeyError naming it when it is not configured."""
        return self.secrets[name]()
