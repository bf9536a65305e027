"""Checks: named pure questions about the loaded records. Gates, plans and readiness pages ask the same ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from gateway.canonical.workflows import PauseReason
from gateway.workflows.keys import digest

SnapshotT = TypeVar("SnapshotT")
SnapshotIn = TypeVar("SnapshotIn", contravariant=True)


class Violation(msgspec.Struct, frozen=True):
    """A way in which a check does not hold, in business words.

    `about` names the cause (`PRACTICE/ADV`), never the run: one correction of it resumes every run that waits for it.
    """

    message: str
    about: str = ""


@dataclass(frozen=True)
class Check(Generic[SnapshotIn]):
    """A check: its code, the pause that its violation causes, the team that owns it and the remedy."""

    code: str
    pause: PauseReason
    team: str
    remedy: str
    find_violations: Callable[[Any], Iterable[Violation]]

    def __call__(self, snapshot: Any) -> tuple[Violation, ...]:
        """Return the violations in a snapshot; none if the check holds."""
        return tuple(self.find_violations(snapshot))


def check(
    code: str, pause: PauseReason, *, team: str, remedy: str
) -> Callable[[Callable[[SnapshotT], Iterable[Violation]]], Check[SnapshotT]]:
    """Declare a pure function, which yields violations, as a check."""
    return lambda function: Check(code, pause, team, remedy, function)


class CheckFailure(msgspec.Struct, frozen=True):
    """A violation with everything that an exception needs. `step` is empty if it belongs to the run as a whole."""

    step: str
    pause: PauseReason
    check: str
    about: str
    message: str
    team: str
    remedy: str

    @property
    def fingerprint(self) -> str:
        """The cause, the same for every run that it stops."""
        return digest([self.pause, self.check, self.about])[:24]
