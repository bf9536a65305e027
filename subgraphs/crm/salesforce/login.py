"""How a connection logs in: client credentials or JWT bearer, at the org's own host."""

from dataclasses import dataclass
from functools import partial

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.auth import ClientCredentials, JwtBearer
from gateway.net.hosts import HostRule
from gateway.net.message import Request, Response
from gateway.ports.connection import Auth, Connection
from subgraphs.crm.salesforce.options import TOKEN_PATH, Grant, SalesforceOptions


class _Session(msgspec.Struct):
    instance_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class AtOwnInstance:
    """A grant whose answer must be for the org that was asked: a session of another host would be sent to the wrong one."""

    grant: ClientCredentials | JwtBearer
    base_url: str

    def token_request(self) -> Request:
        """Build the request for a session."""
        return self.grant.token_request()

    def read_token(self, response: Response) -> tuple[str, float | None]:
        """Return the session; raise SourceError(CONTRACT_MISMATCH) when it is of another host than `base_url`."""
        token = self.grant.read_token(response)
        try:
            told = msgspec.json.decode(response.body, type=_Session).instance_url
        except msgspec.MsgspecError:
            raise SourceError(FaultCode.CONTRACT_MISMATCH, "token endpoint: instance_url is no text") from None
        if told is not None:
            # Which hosts a base URL may have was judged when the connection was opened.
            HostRule(self.base_url, (), allow_private=True).resolve(told)
        return token

    def apply(self, request: Request, token: str) -> Request:
        """Send the session as bearer."""
        return self.grant.apply(request, token)


def auth_of(connection: Connection, options: SalesforceOptions) -> Auth:
    """Return how the connection logs in; raise ConfigurationError when the grant lacks what it needs."""
    return AtOwnInstance(grant=_grant(connection, options), base_url=connection.base_url)


def _grant(connection: Connection, options: SalesforceOptions) -> ClientCredentials | JwtBearer:
    token_url = connection.base_url.rstrip("/") + TOKEN_PATH
    client_id = connection.secret("client_id")
    if options.grant is Grant.CLIENT_CREDENTIALS:
        secret = partial(connection.secret, "client_secret")
        return ClientCredentials(token_url=token_url, client_id=client_id, client_secret=secret)
    if options.username is None:
        raise ConfigurationError([f"{connection.name}: options: jwt_bearer needs a username"])
    return JwtBearer(
        token_url=token_url,
        issuer=client_id,
        subject=options.username,
        audience=options.audience,
        private_key=partial(connection.secret, "private_key"),
    )
