"""The authorization server: authlib's framework-neutral core with our clients, codes and tokens."""

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

from subgraphs.sandbox.identity_provider.clients import Client
from subgraphs.sandbox.identity_provider.people import Directory, Person
from subgraphs.sandbox.identity_provider.tokens import LIFETIME_SECONDS, sign_access_token

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
    """A request in the form that authlib expects."""

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
    """An authorization code: short-lived, for one use."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    person: Person
    code_challenge: str | None
    code_challenge_method: str | None
    expires_at: float

    def get_redirect_uri(self) -> str:
        """Return the redirect URI of the code."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the granted scope."""
        return self.scope


class Provider(AuthorizationServer):  # type: ignore[misc] # authlib is untyped
    """The authorization server, with its clients, codes and key."""

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
        """Return a client; None if it is not registered."""
        return self.clients.get(client_id)

    def authorize(self, request: ProviderRequest, person: Person) -> Answer:
        """Return the authorization response for a user who has signed in: a code or an error (RFC 6749, 4.1.2)."""
        try:
            grant = self.get_consent_grant(request, end_user=person)
            self._check_target(request)
        except OAuth2Error as error:
            answer: Answer = self.handle_error_response(request, error)
            return answer
        granted: Answer = self.create_authorization_response(request, grant_user=person, grant=grant)
        return granted

    def _check_target(self, request: ProviderRequest) -> None:
        """Raise OAuth2Error for a resource other than the graph (RFC 8707, 2)."""
        values = request.args
        if values.get("resource", self.audience) != self.audience:
            raise OAuth2Error(
                f"The resource must be {self.audience}.",
                error="invalid_target",
                redirect_uri=values["redirect_uri"],
                state=values.get("state"),
            )

    def save_token(self, token: Mapping[str, Any], request: Any) -> None:
        """Store nothing: access tokens are verified by signature and not refreshed."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there are no listeners."""

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        """Return the request unchanged."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        """Return the response unchanged."""
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
    """Requires a code challenge with S256; `plain` is refused (RFC 9700, 2.1.1)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Raise InvalidRequestError for a request without a challenge, before a code is issued."""
        if not grant.request.payload.data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


class _AuthorizationCode(grants.AuthorizationCodeGrant):  # type: ignore[misc] # authlib is untyped
    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def save_authorization_code(self, code: str, request: Any) -> AuthorizationCode:
        """Store a code for one minute."""
        data = request.payload.data
        stored = AuthorizationCode(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=data["redirect_uri"],
            scope=request.client.get_allowed_scope(data.get("scope")),
            person=request.user,
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
            expires_at=time.monotonic() + CODE_LIFETIME_SECONDS,
        )
        self.server.codes[code] = stored
        return stored

    def generate_authorization_code(self) -> str:
        """Return a random code."""
        return secrets.token_urlsafe(32)

    def query_authorization_code(self, code: str, client: Client) -> AuthorizationCode | None:
        """Remove and return a code, so that it can be used once; None if it is unknown, expired or another client's."""
        stored: AuthorizationCode | None = self.server.codes.pop(code, None)
        valid = stored is not None and stored.client_id == client.client_id and stored.expires_at > time.monotonic()
        return stored if valid else None

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Do nothing: `query_authorization_code` removes the code."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> Person:
        """Return the user who signed in."""
        return authorization_code.person
