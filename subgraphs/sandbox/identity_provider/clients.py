"""The provider's clients: one confidential client per role for scripts, one public client for pages."""

import hmac
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin

PAGE_CLIENT = "psgw-console"


@dataclass(frozen=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc] # authlib is untyped
    """A registered client. A public client has no secret and must use PKCE; redirect URIs match exactly (RFC 9700)."""

    client_id: str
    secret: str | None
    role: str | None
    grants: tuple[str, ...]
    scopes: frozenset[str]
    redirects: tuple[str, ...] = ()

    def get_client_id(self) -> str:
        """Return the client id."""
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Return None: a request must have a redirect URI."""
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return the allowed scopes among the requested ones; all allowed scopes if none are requested."""
        requested = set(scope.split()) if scope else set(self.scopes)
        return " ".join(sorted(requested & self.scopes))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Return whether the redirect URI is registered."""
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        """Return whether the secret is right, in constant time."""
        return self.secret is not None and hmac.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 -- authlib's signature
        """Return whether the client may use the method: basic or post if confidential, none if public."""
        return method == "none" if self.secret is None else method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        """Return whether the response type is `code` and the client may use it."""
        return response_type == "code" and "authorization_code" in self.grants

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether the grant is registered for the client."""
        return grant_type in self.grants
