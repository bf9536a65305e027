"""OAuth of a connection: client credentials or JWT bearer, at the org's own host."""

from dataclasses import dataclass
from functools import partial

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.auth import ClientCredentials, JwtBearer
from gateway.net.hosts import HostRule
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.ports.connection import Auth, Connection
from subgraphs.crm.salesforce.options import TOKEN_PATH, Grant, SalesforceOptions


class _TokenResponse(msgspec.Struct):
    instance_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class InstanceBoundGrant:
    """A grant that accepts only tokens of the org's own host, so that no other token is sent to it."""

    grant: ClientCredentials | JwtBearer
    base_url: str

    def build_token_request(self) -> UpstreamRequest:
        """Build the token request."""
        return self.grant.build_token_request()

    def read_token(self, response: UpstreamResponse) -> tuple[str, float | None]:
        """Return the access token; raise SourceError(CONTRACT_MISMATCH) if it is not for the host of `base_url`."""
        token = self.grant.read_token(response)
        try:
            instance_url = msgspec.json.decode(response.body, type=_TokenResponse).instance_url
        except msgspec.MsgspecError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: instance_url is not a string") from None
        if instance_url is not None:
            # The host of `base_url` was validated when the connection was opened.
            HostRule(self.base_url, (), allow_private=True).resolve(instance_url)
        return token

    def apply(self, request: UpstreamRequest, token: str) -> UpstreamRequest:
        """Add the access token as bearer token."""
        return self.grant.apply(request, token)


def build_auth(connection: Connection, options: SalesforceOptions) -> Auth:
    """Return the connection's authentication; raise ConfigurationError if an option of the grant is missing."""
    return InstanceBoundGrant(grant=_build_grant(connection, options), base_url=connection.base_url)


def _build_grant(connection: Connection, options: SalesforceOptions) -> ClientCredentials | JwtBearer:
    token_url = connection.base_url.rstrip("/") + TOKEN_PATH
    client_id = connection.read_secret("client_id")
    if options.grant is Grant.CLIENT_CREDENTIALS:
        secret = partial(connection.read_secret, "client_secret")
        return ClientCredentials(token_url=token_url, client_id=client_id, client_secret=secret)
    if options.username is None:
        raise ConfigurationError([f"{connection.name}: options: jwt_bearer requires `username`"])
    return JwtBearer(
        token_url=token_url,
        issuer=client_id,
        subject=options.username,
        audience=options.audience,
        private_key=partial(connection.read_secret, "private_key"),
    )
