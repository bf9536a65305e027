"""OAuth of a connection: the refresh token of an API client for integrations."""

from functools import partial

from gateway.net.auth import RefreshToken
from gateway.ports.connection import Auth, Connection
from subgraphs.hcm.workday.options import WorkdayOptions


def build_auth(connection: Connection, options: WorkdayOptions) -> Auth:
    """Return the connection's authentication; raise ConfigurationError if a secret is missing.

    The refresh token belongs to an integration system user and does not expire.
    """
    for name in ("client_secret", "refresh_token"):
        connection.read_secret(name)
    return RefreshToken(
        token_url=connection.base_url.rstrip("/") + options.token_path,
        client_id=connection.read_secret("client_id"),
        client_secret=partial(connection.read_secret, "client_secret"),
        refresh_token=partial(connection.read_secret, "refresh_token"),
    )
