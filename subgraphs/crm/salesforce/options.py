"""Parses a connection's options and mapping file; unknown keys are errors."""

from enum import StrEnum

import msgspec

from gateway.ports.connection import Connection
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.kit.mapping_file import read_strictly

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 -- a path


class Grant(StrEnum):
    """The OAuth grant of the connection."""

    CLIENT_CREDENTIALS = "client_credentials"
    JWT_BEARER = "jwt_bearer"


class SalesforceOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a connection.

    `api_version` is such as v67.0, `concurrency` the most calls at a time, `daily_quota` the API calls per day of the
    contract. The grant `client_credentials` needs the secrets `client_id` and `client_secret`; `jwt_bearer` needs
    `client_id` and `private_key` (PEM), the `username` to act as, and as `audience` the login host
    (https://test.salesforce.com for sandboxes).
    """

    api_version: str = "v67.0"
    grant: Grant = Grant.CLIENT_CREDENTIALS
    username: str | None = None
    audience: str = "https://login.salesforce.com"
    concurrency: int = 10
    daily_quota: int | None = None


def parse_options(connection: Connection) -> SalesforceOptions:
    """Return the options; raise ConfigurationError for unknown or invalid ones."""
    return read_strictly(connection.options, SalesforceOptions, f"{connection.name}: options")


def parse_mapping(connection: Connection) -> SalesforceMapping:
    """Return the mapping file; raise ConfigurationError for unknown or invalid keys."""
    return read_strictly(connection.mapping, SalesforceMapping, f"{connection.name}: mapping")
