"""The error tree.

PsgwError
├── ClientError                  message is safe to show; `code` is stable, `field` names what to mend
│   ├── BadInputError            BAD_USER_INPUT
│   ├── NotAuthenticatedError    UNAUTHENTICATED
│   ├── ForbiddenError           FORBIDDEN, with the scopes that would be enough
│   ├── SourceUnavailableError   SOURCE_UNAVAILABLE, with the system
│   ├── ResidencyBlockedError    RESIDENCY_BLOCKED
│   ├── MappingMissingError      MAPPING_MISSING, with the domain, the connection and the raw code
│   └── LimitExceededError       LIMIT_EXCEEDED
└── InternalError                always masked outside; shown as INTERNAL with an incident id
    ├── ConfigurationError       settings, manifests or mapping files that cannot work; lists every finding
    ├── SourceError              a vendor call that failed; adapters raise it, loaders turn it into a Fault
    └── DeclarationError         a type, field or loader that is declared wrongly; raised at start-up
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from gateway.canonical.fault import Fault, FaultCode


class PsgwError(Exception):
    """Anything that this product raises on purpose."""


class ClientError(PsgwError):
    """A failure whose message derives only from what the caller sent, or is fixed text: safe to show.

    `field` names the input to mend, `retryable` whether the same request may work later.
    """

    code: ClassVar[str] = "CLIENT_ERROR"

    def __init__(self, message: str, *, field: str | None = None, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retryable = retryable

    def extensions(self) -> dict[str, object]:
        """Return what stands beside `code` in the GraphQL error's extensions."""
        return {"field": self.field} if self.field else {}


class BadInputError(ClientError):
    """An argument, filter or reference that cannot be answered as given."""

    code = "BAD_USER_INPUT"


class NotAuthenticatedError(ClientError):
    """No token, or one that is not accepted; the cause is never told."""

    code = "UNAUTHENTICATED"


class LimitExceededError(ClientError):
    """A request that asks for more than the deployment allows."""

    code = "LIMIT_EXCEEDED"


class ForbiddenError(ClientError):
    """A field or action whose scopes the caller lacks."""

    code = "FORBIDDEN"

    def __init__(self, required_scopes: Sequence[Sequence[str]], *, field: str | None = None) -> None:
        super().__init__("The token does not carry the scopes that this needs.", field=field)
        self.required_scopes = [list(group) for group in required_scopes]

    def extensions(self) -> dict[str, object]:
        """Add the scopes, an OR of ANDs, that would be enough."""
        return {**super().extensions(), "requiredScopes": self.required_scopes}


class SourceUnavailableError(ClientError):
    """A value whose only sources could not answer within the request."""

    code = "SOURCE_UNAVAILABLE"

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message, retryable=True)
        self.fault = fault

    def extensions(self) -> dict[str, object]:
        """Add the system, the fault and when to try again (seconds)."""
        after = self.fault.retry_after
        return {
            "system": self.fault.system.value,
            "fault": self.fault.code.value,
            "retryAfter": after.total_seconds() if after is not None else None,
            "correlationId": self.fault.correlation_id,
        }


class ResidencyBlockedError(ClientError):
    """A value that may not leave its data region for this caller."""

    code = "RESIDENCY_BLOCKED"


class MappingMissingError(ClientError):
    """A system's code that reference data does not map to one of the firm's."""

    code = "MAPPING_MISSING"

    def __init__(self, domain: str, connection: str, source_code: str) -> None:
        super().__init__(
            f"No mapping for {domain} code {source_code!r} of {connection}; add one to the reference data."
        )
        self.domain = domain
        self.connection = connection
        self.source_code = source_code

    def extensions(self) -> dict[str, object]:
        """Add the domain, the connection and the raw code."""
        return {"domain": self.domain, "connection": self.connection, "sourceCode": self.source_code}


class InternalError(PsgwError):
    """A failure whose details stay inside."""


class ConfigurationError(InternalError):
    """Settings that cannot work; `findings` holds one line per thing to mend, all of them at once."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = list(findings)


class DeclarationError(InternalError, TypeError):
    """A declared type, field or loader breaks a rule of the kernel; found at start-up, never at request time."""


class SourceError(InternalError):
    """A vendor call that did not give what was asked.

    `detail` may quote the vendor and goes to the log only; `code` and `retry_after` go into the Fault that callers see.
    `retryable` says that the same call may well succeed when it is sent again soon; whether it may be sent again is the request's matter (`safe`).
    """

    def __init__(
        self,
        code: FaultCode,
        detail: str,
        *,
        retry_after: timedelta | None = None,
        status: int | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.status = status
        self.retryable = retryable
