"""Parses a connection's options, time zone and mapping file; unknown keys are errors."""

from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.kit.mapping_file import read_strictly


class WorkdayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a connection.

    `tenant` is the tenant's name. The versions are those of its services; not every tenant has the newest.
    `concurrency` is the most calls at a time. `overlap_minutes` is how late a business process may commit;
    `full_read_hours` is the interval between full reads of all workers, which find removed ones.
    """

    tenant: str
    wql_version: str = "v1"
    staffing_version: str = "v7"
    concurrency: int = 5
    overlap_minutes: int = 15
    full_read_hours: int = 24

    @property
    def overlap(self) -> timedelta:
        """The overlap of two runs of a change feed."""
        return timedelta(minutes=self.overlap_minutes)

    @property
    def full_read_interval(self) -> timedelta:
        """The interval between full reads of all workers."""
        return timedelta(hours=self.full_read_hours)

    @property
    def token_path(self) -> str:
        """The path of the token endpoint."""
        return f"/ccx/oauth2/{self.tenant}/token"


def parse_options(connection: Connection) -> WorkdayOptions:
    """Return the options; raise ConfigurationError for unknown or invalid ones."""
    return read_strictly(connection.options, WorkdayOptions, f"{connection.name}: options")


def parse_mapping(connection: Connection) -> WorkdayMapping:
    """Return the mapping file; raise ConfigurationError for unknown or invalid keys."""
    return read_strictly(connection.mapping, WorkdayMapping, f"{connection.name}: mapping")


def parse_time_zone(connection: Connection) -> ZoneInfo:
    """Return the tenant's time zone, which defines its current date; raise ConfigurationError for an unknown one."""
    try:
        return ZoneInfo(connection.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError([f"{connection.name}: {connection.time_zone} is not a known time zone"]) from error
