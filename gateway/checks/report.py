"""Reports of the checks: findings about the gateway itself or about one connection."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from gateway.ports.base import Finding


class FailureClass(StrEnum):
    """Classes of failures, the most severe first.

    CONFIGURATION: settings that cannot work; UNREACHABLE: a system that does not respond; INCOMPLETE: rights, fields or
    other prerequisites that are missing.
    """

    CONFIGURATION = "CONFIGURATION"
    UNREACHABLE = "UNREACHABLE"
    INCOMPLETE = "INCOMPLETE"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The findings about one connection, or about the gateway itself if `connection` is None.

    `failure` is None when all findings are ok.
    """

    connection: str | None = None
    findings: tuple[Finding, ...]
    failure: FailureClass | None = None


def build_failed_finding(subject: str, message: str, remedy: str) -> Finding:
    """Return a finding that is not ok."""
    return Finding(subject=subject, ok=False, message=message, remedy=remedy)


def get_most_severe(failures: Iterable[FailureClass | None]) -> FailureClass | None:
    """Return the most severe of several failures, None when there is none."""
    present = set(failures)
    return next((each for each in FailureClass if each in present), None)
