"""The authorization server: authlib's framework-neutral core, told about our clients, codes and tokens."""

import secrets
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Payload, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from joserfc.jwk import RSAKey

from subgraphs.sandbox.identity.clients import Client
from subgraphs.sandbox.identity.people import Directory, Person
from subgraphs.sandbox.identity.tokens import LIFETIME_SECONDS, sign_access_token

CODE_LIFETIME_SECONDS = 60

Answer = tuple[int, Any, list[tuple[str, str]]]


class _Payload(OAuth2Payload):  # type: ignore[misc] # authlib is untyped
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    @property
    def data(self) -> dict[str, str]:
        return self._values

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return defaultdict(list, {name: [value] for name, value in self._values.items()})


class ProviderRequest(OAuth2Request):  # type: ignore[misc] # authlib is untyped
    """A request as the core sees it."""

    def __init__(self, method: str, uri: str, values: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__(method, uri, None, dict(headers))
        self.payload = _Payload(values)
        self._values = dict(values)

    @property
    def args(self) -> dict[str, str]:
        """Query parameters."""
        return self._values

    @property
    def form(self) -> dict[str, str]:
        """Form fields."""
        return self._values


@dataclass(kw_only=True)
class AuthorizationCode(AuthorizationCodeMixin):  # type: ignore[misc] # authlib is untyped
    """An authorization code: short-lived, used once."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    person: Person
    code_challenge: str | None
    code_challenge_method: str | None
    expires_at: float

    def get_redirect_uri(self) -> str:
        """Return where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return what was granted."""
        return self.scope


class Provider(AuthorizationServer):  # type: ignore[misc] # authlib is untyped
    """The provider's state: clients, codes, key."""

    def __init__(
        self, *, issuer: str, audience: str, key: RSAKey, directory: Directory, clients: Mapping[str, Client]
    ) -> None:
        super().__init__(scopes_supported=None)
        self.issuer = issuer
        self.audience = audience
        self.key = key
        self.directory = directory
        self.clients = dict(clients)
        self.codes: dict[str, AuthorizationCode] = {}
        self.register_token_generator("default", self._create_token)
        self.register_grant(_ClientCredentials)
        self.register_grant(_AuthorizationCode, [_PkceChallenge(required=True)])

    def query_client(self, client_id: str) -> Client | None:
        """Find a client."""
        return self.clients.get(client_id)

    def authorize(self, request: ProviderRequest, person: Person) -> Answer:
        """Answer somebody who has signed in: with a code, or with what is wrong with the request (RFC 6749, 4.1.2)."""
        try:
            grant = self.get_consent_grant(request, end_user=person)
            self._check_target(request)
        except OAuth2Error as error:
            answer: Answer = self.handle_error_response(request, error)
            return answer
        granted: Answer = self.create_authorization_response(request, grant_user=person, grant=grant)
        return granted

    def _check_target(self, request: ProviderRequest) -> None:
        """Refuse a token for anything but the graph (RFC 8707, 2)."""
        asked = request.args
        if asked.get("resource", self.audience) != self.audience:
            raise OAuth2Error(
                "Tokens are for the graph only.",
                error="invalid_target",
                redirect_uri=asked["redirect_uri"],
                state=asked.get("state"),
            )

    def save_token(self, token: Mapping[str, Any], request: Any) -> None:
        """Keep nothing: access tokens verify by signature and are not refreshed."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody."""

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        """Take requests as they come."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        """Hand answers on."""
        return status, body, headers

    def _create_token(
        self, grant_type: str, client: Client, user: Any = None, scope: str | None = None, **_: Any
    ) -> dict[str, Any]:
        person: Person = user if user is not None else self.directory.list_people(client.role or "")[0]
        allowed = self.directory.scopes[person.role]
        granted = " ".join(sorted(allowed & set((scope or client.get_allowed_scope(None)).split())))
        subject = person.login if grant_type == "authorization_code" else client.client_id
        token = sign_access_token(
            self.key,
            issuer=self.issuer,
            audience=self.audience,
            subject=subject,
            client_id=client.client_id,
            scope=granted,
            claims=self.directory.build_claims(person),
        )
        return {"token_type": "Bearer", "access_token": token, "expires_in": LIFETIME_SECONDS, "scope": granted}


class _ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc] # authlib is untyped
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class _PkceChallenge(CodeChallenge):  # type: ignore[misc] # authlib is untyped
    """A challenge always, and never one that is the verifier itself (RFC 9700, 2.1.1)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge before anybody gets a code."""
        if not grant.request.payload.data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


class _AuthorizationCode(grants.AuthorizationCodeGrant):  # type: ignore[misc] # authlib is untyped
    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def save_authorization_code(self, code: str, request: Any) -> AuthorizationCode:
        """Keep a code for a minute."""
        data = request.payload.data
        kept = AuthorizationCode(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=data["redirect_uri"],
            scope=request.client.get_allowed_scope(data.get("scope")),
            person=request.user,
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
            expires_at=time.monotonic() + CODE_LIFETIME_SECONDS,
        )
        self.server.codes[code] = kept
        return kept

    def generate_authorization_code(self) -> str:
        """Make an unguessable code."""
        return secrets.token_urlsafe(32)

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        """Take a code out: whoever comes second finds nothing."""
        kept: AuthorizationCode | None = self.server.codes.pop(code, None)
        fresh = kept is not None and kept.client_id == client.client_id and kept.expires_at > time.monotonic()
        return kept if fresh else None

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Do nothing: reading a code takes it out."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> Person:
        """Return who signed in."""
        return authorization_code.person
