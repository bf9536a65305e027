"""What was found about the gateway itself, or about one connection."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from gateway.ports.base import Finding


class Failure(StrEnum):
    """The class of what is wrong, the gravest first: settings that cannot work, somebody who does not answer, something that is missing there."""

    CONFIGURATION = "CONFIGURATION"
    UNREACHABLE = "UNREACHABLE"
    INCOMPLETE = "INCOMPLETE"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The findings about one connection; about the gateway itself where `connection` is None. `failure` is None when all of them hold."""

    connection: str | None = None
    findings: tuple[Finding, ...]
    failure: Failure | None = None


def build_failed_finding(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding that does not hold."""
    return Finding(subject=subject, ok=False, message=message, remedy=remedy)


def gravest(failures: Iterable[Failure | None]) -> Failure | None:
    """Return the gravest of several, None when there is none."""
    given = set(failures)
    return next((each for each in Failure if each in given), None)
