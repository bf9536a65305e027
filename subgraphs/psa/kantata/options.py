"""The connection's options, credential and mapping file, read strictly."""

from datetime import timedelta
from functools import partial

import msgspec

from gateway.net.auth import StaticBearer
from gateway.ports.connection import Auth, Connection
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.psa.kantata.mapping import KantataMapping


class KantataOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection: `concurrency` calls at once, as no limit is published; `overlap_minutes` that a change may take to commit.

    `events` says that the account has subscribed events (an add-on; the token's user must be an administrator): feeds follow them. Without them, deletions
    are found every `sweep_hours` by reading the whole list.
    """

    concurrency: int = 4
    overlap_minutes: int = 10
    events: bool = False
    sweep_hours: int = 24

    @property
    def overlap(self) -> timedelta:
        """How far back a change feed starts again; the server's own timeout is three minutes."""
        return timedelta(minutes=self.overlap_minutes)

    @property
    def sweep(self) -> timedelta:
        """How often everything is looked at, to find what was deleted."""
        return timedelta(hours=self.sweep_hours)


def options_of(connection: Connection) -> KantataOptions:
    """Return the options; raise ConfigurationError for unknown or wrong ones."""
    return read_strictly(connection.options, KantataOptions, "options")


def mapping_of(connection: Connection) -> KantataMapping:
    """Return the mapping file; raise ConfigurationError for unknown or wrong keys."""
    return read_strictly(connection.mapping, KantataMapping, "mapping")


def auth_of(connection: Connection) -> Auth:
    """Return how the connection logs in: an access token of a registered application, which does not expire."""
    connection.secret("token")
    return StaticBearer(key=partial(connection.secret, "token"))
