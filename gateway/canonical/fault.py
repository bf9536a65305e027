"""A source that could not answer, as a value: loaders return faults, they do not raise them."""

from datetime import timedelta
from enum import StrEnum

import msgspec

from gateway.canonical.roles import SystemRole


class FaultCode(StrEnum):
    """Why a source has no answer; stable, shown to callers."""

    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    RATE_LIMITED = "RATE_LIMITED"
    AUTH_EXPIRED = "AUTH_EXPIRED"
    NOT_FOUND = "NOT_FOUND"
    CONTRACT_MISMATCH = "CONTRACT_MISMATCH"
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    RESIDENCY_BLOCKED = "RESIDENCY_BLOCKED"
    UNKNOWN = "UNKNOWN"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at one source, in words that are safe to show.

    `message` never quotes the source's own text; `correlation_id` is the request's, also sent upstream and logged.
    """

    system: SystemRole
    code: FaultCode
    message: str
    correlation_id: str
    connection: str | None = None
    retry_after: timedelta | None = None
