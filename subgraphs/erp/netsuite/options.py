"""The options and the mapping file of a connection; unknown keys are refused."""

from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.kit.mapping_file import read_strictly

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 -- a path
SCOPE = "rest_webservices"


class NetSuiteOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a connection.

    `certificate_id` is the key id that NetSuite shows for the uploaded certificate, `algorithm` the signature algorithm
    of its key (RSA keys PS256, P-256 keys ES256). `concurrency` is the number of calls that may be in flight: the
    account's limit counts all of its integrations together. `overlap_minutes` is how late a transaction may commit,
    `full_read_hours` how often a feed reads all ids to detect deletions. `application` is the address of the web
    application for links to records; by default the account's own host.
    """

    certificate_id: str
    algorithm: Literal["PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] = "PS256"
    concurrency: int = 5
    overlap_minutes: int = 15
    full_read_hours: int = 24
    application: str | None = None

    @property
    def overlap(self) -> timedelta:
        """How far before the last run a change feed starts."""
        return timedelta(minutes=self.overlap_minutes)

    @property
    def full_read_interval(self) -> timedelta:
        """How often a change feed reads all ids to detect deletions."""
        return timedelta(hours=self.full_read_hours)


def parse_options(connection: Connection) -> NetSuiteOptions:
    """Read the options of a connection.

    Raise ConfigurationError for an unknown or invalid option, and for a host spelled like the account id.
    """
    host = urlsplit(connection.base_url).hostname or ""
    if "_" in host:
        expected = host.replace("_", "-")
        raise ConfigurationError([f"{connection.name}: base_url: use the host {expected} instead of {host}"])
    return read_strictly(connection.options, NetSuiteOptions, f"{connection.name}: options")


def parse_mapping(connection: Connection) -> NetSuiteMapping:
    """Read the mapping file of a connection; raise ConfigurationError for unknown or invalid keys."""
    return read_strictly(connection.mapping, NetSuiteMapping, f"{connection.name}: mapping")


def read_time_zone(connection: Connection) -> ZoneInfo:
    """Read the account's time zone; raise ConfigurationError if it is unknown."""
    try:
        return ZoneInfo(connection.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError([f"{connection.name}: {connection.time_zone} is not a time zone"]) from error


def resolve_application_url(connection: Connection, options: NetSuiteOptions) -> str | None:
    """Return the address of the account's web application, or None if neither the option nor the host gives it."""
    if options.application is not None:
        return options.application.rstrip("/")
    account, suffix, _ = connection.base_url.partition(".suitetalk.api.netsuite.com")
    return f"{account}.app.netsuite.com" if suffix else None
