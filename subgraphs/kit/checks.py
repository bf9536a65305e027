"""Findings of `psgw check` for failed calls: one message and one remedy per fault code."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from gateway.canonical.fault import FaultCode, describe_fault
from gateway.errors import SourceError
from gateway.ports.base import Finding

Remedies = Mapping[FaultCode, str]
"""A vendor's remedies by fault code; codes without one have the remedy of `ADVICE`."""

ADVICE: Final[Remedies] = {
    FaultCode.TIMEOUT: "Look whether the system is slow for others too; `psgw check --seconds` gives it longer.",
    FaultCode.UNAVAILABLE: "Look at the vendor's status page and check again later.",
    FaultCode.RATE_LIMITED: "Lower the option `concurrency` or the load of the account's other clients, or have the "
    "limit raised.",
    FaultCode.CONTRACT_MISMATCH: "Check `base_url` and the version of the API; a proxy or a login page may be "
    "answering instead.",
    FaultCode.CIRCUIT_OPEN: "Resolve the findings above, then check again.",
}


LOGIN: Final = "login"
"""The subject of findings about the credentials, whichever call failed."""


def build_failure(subject: str, error: SourceError, remedies: Remedies | None = None) -> Finding:
    """Return the finding of a failed call: the code's message and the status, never the vendor's message.

    Rejected credentials are reported under `LOGIN`.
    """
    status = "" if error.status is None else f" (HTTP {error.status})"
    remedy = {**ADVICE, **(remedies or {})}.get(error.code)
    about = LOGIN if error.code is FaultCode.AUTH_EXPIRED else subject
    return Finding(subject=about, ok=False, message=f"{describe_fault(error.code)}{status}.", remedy=remedy)


async def check_count(
    subject: str, count: Callable[[str], Awaitable[int]], remedies: Remedies
) -> tuple[Finding, FaultCode | None]:
    """Count the rows of a subject; return the finding, and the fault code if the read failed."""
    try:
        number = await count(subject)
    except SourceError as error:
        return build_failure(subject, error, remedies), error.code
    return Finding(subject=subject, ok=True, message=f"{number} can be read."), None
