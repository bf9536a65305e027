"""Findings of a check that every adapter words alike."""

from collections.abc import Awaitable, Callable, Mapping

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding

Remedies = Mapping[FaultCode, str]
"""What to do about each class of failure, in the vendor's terms."""


async def countable(
    subject: str, count: Callable[[str], Awaitable[int]], remedies: Remedies
) -> tuple[Finding, FaultCode | None]:
    """Count what can be read of a subject; return the finding, and how the read failed if it did."""
    try:
        number = await count(subject)
    except SourceError as failed:
        return unreadable(subject, failed, remedies), failed.code
    return Finding(subject=subject, ok=True, message=f"{number} can be read."), None


def unreadable(subject: str, failed: SourceError, remedies: Remedies) -> Finding:
    """Return the finding of a subject that cannot be read."""
    message = f"Cannot be read ({failed.code})."
    return Finding(subject=subject, ok=False, message=message, remedy=remedies.get(failed.code))
