"""The connection's options, credentials and mapping file, read strictly."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gateway.errors import ConfigurationError
from gateway.net.auth import RefreshToken
from gateway.ports.connection import Auth, Connection
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.kit.mapping_file import read_strictly


class WorkdayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection: the `tenant`, the versions of its services (tenants lag behind each other), `concurrency` calls at once.

    `overlap_minutes` is how late a business process may commit, `sweep_hours` how often everybody is looked at, to find whose record is gone.
    """

    tenant: str
    wql_version: str = "v1"
    staffing_version: str = "v7"
    concurrency: int = 5
    overlap_minutes: int = 15
    sweep_hours: int = 24

    @property
    def overlap(self) -> timedelta:
        """How far back a change feed starts again."""
        return timedelta(minutes=self.overlap_minutes)

    @property
    def sweep(self) -> timedelta:
        """How often everybody is looked at."""
        return timedelta(hours=self.sweep_hours)

    @property
    def token_path(self) -> str:
        """Where tokens are asked for."""
        return f"/ccx/oauth2/{self.tenant}/token"


def parse_options(connection: Connection) -> WorkdayOptions:
    """Return the options; raise ConfigurationError for unknown or wrong ones."""
    return read_strictly(connection.options, WorkdayOptions, "options")


def parse_mapping(connection: Connection) -> WorkdayMapping:
    """Return the mapping file; raise ConfigurationError for unknown or wrong keys."""
    return read_strictly(connection.mapping, WorkdayMapping, "mapping")


def parse_time_zone(connection: Connection) -> ZoneInfo:
    """Return the tenant's time zone, in which its days begin; raise ConfigurationError for an unknown one."""
    try:
        return ZoneInfo(connection.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError([f"{connection.name}: {connection.time_zone} is not a time zone"]) from error


def build_auth(connection: Connection, options: WorkdayOptions) -> Auth:
    """Return how the connection logs in: an API client for integrations, whose refresh token is tied to an integration user and does not expire."""
    for name in ("client_secret", "refresh_token"):
        connection.secret(name)
    return RefreshToken(
        token_url=connection.base_url.rstrip("/") + options.token_path,
        client_id=connection.secret("client_id"),
        client_secret=partial(connection.secret, "client_secret"),
        refresh_token=partial(connection.secret, "refresh_token"),
    )
