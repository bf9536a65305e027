"""The provider's clients: one confidential client per role for scripts, one public client for pages."""

import hmac
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin

PAGE_CLIENT = "psgw-console"


@dataclass(frozen=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc] # authlib is untyped
    """A registered client. A public one has no secret and has to use PKCE; redirects match exactly (RFC 9700)."""

    client_id: str
    secret: str | None
    role: str | None
    grants: tuple[str, ...]
    scopes: frozenset[str]
    redirects: tuple[str, ...] = ()

    def get_client_id(self) -> str:
        """Return the id."""
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        """Assume no redirect: a request has to name one."""
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return what of the wish is allowed; everything when nothing is wished for."""
        wished = set(scope.split()) if scope else set(self.scopes)
        return " ".join(sorted(wished & self.scopes))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare exactly."""
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return self.secret is not None and hmac.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 -- authlib's signature
        """Confidential clients prove themselves by header or body; the public one cannot."""
        return method == "none" if self.secret is None else method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        """Only codes are given out."""
        return response_type == "code" and "authorization_code" in self.grants

    def check_grant_type(self, grant_type: str) -> bool:
        """Only registered grants."""
        return grant_type in self.grants
