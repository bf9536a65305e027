"""The connection's options and mapping file, read strictly."""

from enum import StrEnum
from typing import TypeVar

import msgspec

from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from subgraphs.crm.salesforce.mapping import SalesforceMapping

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 -- a path


class Grant(StrEnum):
    """How the connection logs in."""

    CLIENT_CREDENTIALS = "client_credentials"
    JWT_BEARER = "jwt_bearer"


class SalesforceOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a connection: `api_version` such as v67.0, `concurrency` calls at once, `daily_quota` calls as the contract allows.

    `client_credentials` needs the secrets `client_id` and `client_secret`; `jwt_bearer` needs `client_id` and `private_key` (PEM), the `username`
    that it acts as, and as `audience` the login host (https://test.salesforce.com for sandboxes).
    """

    api_version: str = "v67.0"
    grant: Grant = Grant.CLIENT_CREDENTIALS
    username: str | None = None
    audience: str = "https://login.salesforce.com"
    concurrency: int = 10
    daily_quota: int | None = None


StructT = TypeVar("StructT", bound=msgspec.Struct)


def options_of(connection: Connection) -> SalesforceOptions:
    """Return the options; raise ConfigurationError for unknown or wrong ones."""
    return _converted(connection, "options", connection.options, SalesforceOptions)


def mapping_of(connection: Connection) -> SalesforceMapping:
    """Return the mapping file; raise ConfigurationError for unknown or wrong keys."""
    return _converted(connection, "mapping", connection.mapping, SalesforceMapping)


def _converted(connection: Connection, subject: str, given: object, kind: type[StructT]) -> StructT:
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise ConfigurationError([f"{connection.name}: {subject}: {error}"]) from error
