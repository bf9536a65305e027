"""The connection's options, credentials and mapping file, read strictly."""

from datetime import timedelta
from functools import partial

import msgspec

from gateway.net.auth import StaticBearer
from gateway.ports.connection import Auth, Connection
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.suite.tryton.mapping import TrytonMapping


class TrytonOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection: the `database` on the server, `concurrency` calls at once, `overlap_minutes` that a transaction may take to commit."""

    database: str
    concurrency: int = 4
    overlap_minutes: int = 5

    @property
    def overlap(self) -> timedelta:
        """How far back a change feed starts again."""
        return timedelta(minutes=self.overlap_minutes)


def options_of(connection: Connection) -> TrytonOptions:
    """Return the options; raise ConfigurationError for unknown or wrong ones."""
    return read_strictly(connection.options, TrytonOptions, "options")


def mapping_of(connection: Connection) -> TrytonMapping:
    """Return the mapping file; raise ConfigurationError for unknown or wrong keys."""
    return read_strictly(connection.mapping, TrytonMapping, "mapping")


def auth_of(connection: Connection) -> Auth:
    """Return how the connection logs in: the key of a user application of kind REST, whose rights are its user's."""
    connection.secret("key")
    return StaticBearer(key=partial(connection.secret, "key"))
