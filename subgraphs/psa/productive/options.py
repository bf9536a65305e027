"""The options, mapping file and credential of a connection."""

from functools import partial

import msgspec

from gateway.net.auth import StaticHeader
from gateway.ports.connection import Auth, Connection
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.psa.productive.mapping import ProductiveMapping


class ProductiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection: the `organization`'s number, and `concurrency`, the number of concurrent calls.

    The vendor limits calls per time window, not concurrency.
    """

    organization: str
    concurrency: int = 4


def parse_options(connection: Connection) -> ProductiveOptions:
    """Return the options; raise ConfigurationError for unknown, missing or invalid ones."""
    return read_strictly(connection.options, ProductiveOptions, "options")


def parse_mapping(connection: Connection) -> ProductiveMapping:
    """Return the mapping file; raise ConfigurationError for unknown or invalid keys."""
    return read_strictly(connection.mapping, ProductiveMapping, "mapping")


def build_auth(connection: Connection) -> Auth:
    """Return the authentication: a personal access token, valid until revoked; a read-only one suffices."""
    connection.read_secret("token")
    return StaticHeader(header="x-auth-token", key=partial(connection.read_secret, "token"))
