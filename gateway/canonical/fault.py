"""A source that could not answer, as a value: loaders return faults, they do not raise them."""

from datetime import timedelta
from enum import StrEnum

import msgspec

from gateway.canonical.roles import SystemRole


class FaultCode(StrEnum):
    """Why a source has no answer; stable, shown to callers."""

    TIMEOUT = "TIMEOUT"
    """The system did not answer within the request's deadline."""
    UNAVAILABLE = "UNAVAILABLE"
    """The system answered with a failure of its own, or cannot be reached."""
    RATE_LIMITED = "RATE_LIMITED"
    """The system refused because of too many calls, or too many were waiting for it here."""
    AUTH_EXPIRED = "AUTH_EXPIRED"
    """The system does not accept the connection's credentials any more."""
    PERMISSION_DENIED = "PERMISSION_DENIED"
    """The system accepts the credentials, but they lack a permission; `psgw check` names it."""
    NOT_FOUND = "NOT_FOUND"
    """The system does not know the record any more."""
    CONTRACT_MISMATCH = "CONTRACT_MISMATCH"
    """The system answered something that its interface does not promise."""
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    """The system has failed so often that it is left alone for a while."""
    RESIDENCY_BLOCKED = "RESIDENCY_BLOCKED"
    """The value may not leave its region."""
    UNKNOWN = "UNKNOWN"
    """The gateway failed to read the system for a reason that no other code describes."""


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
