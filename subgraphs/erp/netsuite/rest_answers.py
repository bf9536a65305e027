"""NetSuite's REST answers besides SuiteQL: errors, the metadata catalogue, the account's clock and its limits."""

from typing import Any

import msgspec


class ErrorDetail(msgspec.Struct, frozen=True):
    """One entry of `o:errorDetails`."""

    detail: str = ""
    code: str = msgspec.field(name="o:errorCode", default="")
    path: str | None = msgspec.field(name="o:errorPath", default=None)


class ErrorBody(msgspec.Struct, frozen=True):
    """A REST error (NetSuite help, section_156570709583)."""

    title: str = ""
    status: int = 0
    details: tuple[ErrorDetail, ...] = msgspec.field(name="o:errorDetails", default=())


class RecordSchema(msgspec.Struct, frozen=True):
    """The JSON Schema of a record type in the metadata catalogue (NetSuite help, section_1545129726)."""

    properties: dict[str, Any] = {}


class ServerTime(msgspec.Struct, frozen=True, rename="camel"):
    """The account's clock; ISO 8601 with a zone."""

    server_time: str


class GovernanceLimits(msgspec.Struct, frozen=True):
    """How many calls may be in flight: for the account, and for this integration if it has its own limit."""

    account: int = msgspec.field(name="accountConcurrencyLimit")
    integration: int | None = msgspec.field(name="integrationConcurrencyLimit", default=None)
