"""What a failed call means to somebody who sets a connection up: one sentence for each kind of failure, and what to do about it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from gateway.canonical.fault import FaultCode, describe_fault
from gateway.errors import SourceError
from gateway.ports.base import Finding

Remedies = Mapping[FaultCode, str]
"""What a vendor advises, by kind of failure; the kinds it leaves out have the advice below."""

ADVICE: Final[Remedies] = {
    FaultCode.TIMEOUT: "Look whether the system is slow for others too; `psgw check --seconds` gives it longer.",
    FaultCode.UNAVAILABLE: "Look at the vendor's status page and check again later.",
    FaultCode.RATE_LIMITED: "Lower the option `concurrency` or the load of the account's other clients, or have the limit raised.",
    FaultCode.CONTRACT_MISMATCH: "Check `base_url` and the version of the interface; a proxy or a login page may be answering instead.",
    FaultCode.CIRCUIT_OPEN: "Mend what the findings above name, and check again.",
}


LOGIN: Final = "login"
"""The subject of whether the credentials are taken, whatever call showed it."""


def failed(subject: str, error: SourceError, remedies: Remedies | None = None) -> Finding:
    """Return the finding of a call that failed: plain words and the status, never what the vendor said. Refused credentials are a matter of the login."""
    status = "" if error.status is None else f" (HTTP {error.status})"
    remedy = {**ADVICE, **(remedies or {})}.get(error.code)
    about = LOGIN if error.code is FaultCode.AUTH_EXPIRED else subject
    return Finding(subject=about, ok=False, message=f"{describe_fault(error.code)}{status}.", remedy=remedy)


async def countable(
    subject: str, count: Callable[[str], Awaitable[int]], remedies: Remedies
) -> tuple[Finding, FaultCode | None]:
    """Count what can be read of a subject; return the finding, and how the read failed if it did."""
    try:
        number = await count(subject)
    except SourceError as error:
        return failed(subject, error, remedies), error.code
    return Finding(subject=subject, ok=True, message=f"{number} can be read."), None
