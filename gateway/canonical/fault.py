"""A failed source as a value: loaders return faults, they do not raise them."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from gateway.canonical.roles import SystemRole


class FaultCode(StrEnum):
    """Why a source did not answer; stable, shown to callers."""

    TIMEOUT = "TIMEOUT"
    """The system did not answer within the request's deadline."""
    UNAVAILABLE = "UNAVAILABLE"
    """The system answered with an error of its own, or cannot be reached."""
    RATE_LIMITED = "RATE_LIMITED"
    """The system refused because of too many calls, or too many calls were queued for it in the gateway."""
    AUTH_EXPIRED = "AUTH_EXPIRED"
    """The system no longer accepts the connection's credentials."""
    PERMISSION_DENIED = "PERMISSION_DENIED"
    """The system accepts the credentials, but they lack a permission; `psgw check` names it."""
    NOT_FOUND = "NOT_FOUND"
    """The system does not have the record (any longer)."""
    CONTRACT_MISMATCH = "CONTRACT_MISMATCH"
    """The system's answer does not match its documented interface."""
    CIRCUIT_OPEN = "CIRCUIT_OPEN"
    """The circuit breaker is open: the system failed too often, so calls to it are suspended for a while."""
    RESIDENCY_BLOCKED = "RESIDENCY_BLOCKED"
    """The value may not leave its region."""
    UNKNOWN = "UNKNOWN"
    """The gateway failed to read the system for a reason that no other code describes."""


FAULT_SENTENCES: Final[Mapping[FaultCode, str]] = {
    FaultCode.TIMEOUT: "did not answer in time",
    FaultCode.UNAVAILABLE: "is unavailable",
    FaultCode.RATE_LIMITED: "accepts no more calls for now",
    FaultCode.AUTH_EXPIRED: "does not accept the credentials",
    FaultCode.PERMISSION_DENIED: "accepts the credentials but denies a permission",
    FaultCode.NOT_FOUND: "does not have what was requested",
    FaultCode.CONTRACT_MISMATCH: "sent an answer that does not match its interface",
    FaultCode.CIRCUIT_OPEN: "failed too often, so calls are suspended for now",
    FaultCode.RESIDENCY_BLOCKED: "holds data that may not leave its region",
    FaultCode.UNKNOWN: "could not be read",
}
"""What each code means, as the predicate of a sentence about the system; the only wording of it."""


def describe_fault(code: FaultCode, subject: str = "The system") -> str:
    """Return the sentence for a code, without a full stop."""
    return f"{subject} {FAULT_SENTENCES[code]}"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """The failure of one source, in a message that is safe to show.

    `message` never quotes the source's own text. `correlation_id` is that of the request, also sent upstream and
    logged. `object`, `id` and `field` name a single record or value that could not be read, in the vendor's terms;
    without `object` the whole answer failed.
    """

    system: SystemRole
    code: FaultCode
    message: str
    correlation_id: str
    connection: str | None = None
    retry_after: timedelta | None = None
    object: str | None = None
    id: str | None = None
    field: str | None = None
