"""The connection's options, credential and mapping file, read strictly."""

from functools import partial

import msgspec

from gateway.net.auth import StaticHeader
from gateway.ports.connection import Auth, Connection
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.psa.productive.mapping import ProductiveMapping


class ProductiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection: the `organization`'s number, and `concurrency` calls at once: the vendor limits calls by time and not by number."""

    organization: str
    concurrency: int = 4


def options_of(connection: Connection) -> ProductiveOptions:
    """Return the options; raise ConfigurationError for unknown, missing or wrong ones."""
    return read_strictly(connection.options, ProductiveOptions, "options")


def mapping_of(connection: Connection) -> ProductiveMapping:
    """Return the mapping file; raise ConfigurationError for unknown or wrong keys."""
    return read_strictly(connection.mapping, ProductiveMapping, "mapping")


def auth_of(connection: Connection) -> Auth:
    """Return how the connection logs in: a personal access token, which lasts until it is revoked; read-only will do."""
    connection.secret("token")
    return StaticHeader(header="x-auth-token", key=partial(connection.secret, "token"))
