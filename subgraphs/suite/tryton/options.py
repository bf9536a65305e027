"""The connection's options, credentials and mapping file, parsed strictly."""

from datetime import timedelta
from functools import partial

import msgspec

from gateway.net.auth import StaticBearer
from gateway.ports.connection import Auth, Connection
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.suite.tryton.mapping import TrytonMapping


class TrytonOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection.

    `database` is its name on the server, `concurrency` the number of concurrent calls, `overlap_minutes` the longest
    time that a transaction may take to commit.
    """

    database: str
    concurrency: int = 4
    overlap_minutes: int = 5

    @property
    def overlap(self) -> timedelta:
        """How far a change feed goes back before its watermark."""
        return timedelta(minutes=self.overlap_minutes)


def parse_options(connection: Connection) -> TrytonOptions:
    """Return the options. Raise ConfigurationError for unknown or invalid ones."""
    return read_strictly(connection.options, TrytonOptions, "options")


def parse_mapping(connection: Connection) -> TrytonMapping:
    """Return the mapping file. Raise ConfigurationError for unknown or invalid keys."""
    return read_strictly(connection.mapping, TrytonMapping, "mapping")


def build_auth(connection: Connection) -> Auth:
    """Return the authentication: the key of a user application of kind REST. The key has its user's access rights."""
    connection.read_secret("key")
    return StaticBearer(key=partial(connection.read_secret, "key"))
