"""The options, mapping file and credential of a connection."""

from datetime import timedelta
from functools import partial

import msgspec

from gateway.net.auth import StaticBearer
from gateway.ports.connection import Auth, Connection
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.psa.kantata.mapping import KantataMapping


class KantataOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection.

    `concurrency`: concurrent calls; Kantata publishes no limit. `overlap_minutes`: the time that a change may take to
    commit. `events`: the account has subscribed events (an add-on; the token's user must be an administrator), and
    feeds use them. Without events, deletions are found by reading all records every `full_read_hours`.
    """

    concurrency: int = 4
    overlap_minutes: int = 10
    events: bool = False
    full_read_hours: int = 24

    @property
    def overlap(self) -> timedelta:
        """How far back a change feed starts again; the server's own timeout is three minutes."""
        return timedelta(minutes=self.overlap_minutes)

    @property
    def full_read_interval(self) -> timedelta:
        """The interval of full reads, which find deletions."""
        return timedelta(hours=self.full_read_hours)


def parse_options(connection: Connection) -> KantataOptions:
    """Return the options; raise ConfigurationError for unknown or invalid ones."""
    return read_strictly(connection.options, KantataOptions, "options")


def parse_mapping(connection: Connection) -> KantataMapping:
    """Return the mapping file; raise ConfigurationError for unknown or invalid keys."""
    return read_strictly(connection.mapping, KantataMapping, "mapping")


def build_auth(connection: Connection) -> Auth:
    """Return the authentication: the access token of a registered application, which does not expire."""
    connection.read_secret("token")
    return StaticBearer(key=partial(connection.read_secret, "token"))
