"""The table of calls: every call that an adapter sends, and the verifiers that have checked its form."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.clients.recorded_calls import RecordedCall


@dataclass(frozen=True, kw_only=True)
class ListedCall:
    """A row of the table. A path segment in braces matches any segment; `operation` distinguishes calls of one path.

    `checked_by` names verifiers of the vendor, `unchecked` describes what none of them has checked.
    """

    vendor: str
    method: str
    path: str
    operation: str = ""
    checked_by: tuple[str, ...] = ()
    unchecked: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.vendor, self.method, self.path, self.operation)))

    def matches(self, recorded: RecordedCall) -> bool:
        """Return whether a recorded call is this one; every vendor ignores a trailing slash."""
        segments, recorded_segments = self.path.split("/"), recorded.path.rstrip("/").split("/")
        if (self.method, self.operation) != (recorded.method, recorded.operation):
            return False
        if len(segments) != len(recorded_segments):
            return False
        return all(_matches_part(*pair) for pair in zip(segments, recorded_segments, strict=True))


def _matches_part(segment: str, recorded: str) -> bool:
    return segment == recorded or (segment.startswith("{") and segment.endswith("}"))


def _load_calls() -> tuple[ListedCall, ...]:
    rows = tomllib.loads(Path(__file__).with_name("calls.toml").read_text(encoding="utf-8"))
    return tuple(
        ListedCall(**{**row, "vendor": vendor, "checked_by": tuple(row.get("checked_by", ()))})
        for vendor, calls in rows.items()
        for row in calls
    )


CALLS: Final = _load_calls()


def match_calls(vendor: str, recorded: Iterable[RecordedCall]) -> tuple[set[ListedCall], set[RecordedCall]]:
    """Return the rows that match recorded calls, and the recorded calls without a row.

    If several rows match, the one with the fewest braces counts.
    """
    rows = sorted((row for row in CALLS if row.vendor == vendor), key=lambda row: row.path.count("{"))
    listed: set[ListedCall] = set()
    unlisted: set[RecordedCall] = set()
    for call in recorded:
        row = next((row for row in rows if row.matches(call)), None)
        if row is None:
            unlisted.add(call)
        else:
            listed.add(row)
    return listed, unlisted
