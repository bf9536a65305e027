"""The table of calls: what adapters ask of the vendors' twins, and who else has checked the form of each."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.clients.arrivals import Arrival


@dataclass(frozen=True, kw_only=True)
class ListedCall:
    """A row. A part of the path in braces stands for any one part; `operation` tells apart what shares a path.

    `checked_by` names judges of the vendor, `unchecked` says what nobody has checked: the whole call, or with judges what is left.
    """

    vendor: str
    method: str
    path: str
    operation: str = ""
    checked_by: tuple[str, ...] = ()
    unchecked: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.vendor, self.method, self.path, self.operation)))

    def matches(self, recorded: Arrival) -> bool:
        """Tell whether an arrival is this call; a slash at the end makes no difference to any vendor."""
        mine, theirs = self.path.split("/"), recorded.path.rstrip("/").split("/")
        return (
            (self.method, self.operation, len(mine)) == (recorded.method, recorded.operation, len(theirs))
            and all(_matches_part(part, given) for part, given in zip(mine, theirs, strict=True))
        )  # fmt: skip


def _matches_part(part: str, given: str) -> bool:
    return part == given or (part.startswith("{") and part.endswith("}"))


def _load_calls() -> tuple[ListedCall, ...]:
    rows = tomllib.loads(Path(__file__).with_name("calls.toml").read_text(encoding="utf-8"))
    return tuple(
        ListedCall(**{**row, "vendor": vendor, "checked_by": tuple(row.get("checked_by", ()))})
        for vendor, calls in rows.items()
        for row in calls
    )


CALLS: Final = _load_calls()


def match_calls(vendor: str, arrivals: Iterable[Arrival]) -> tuple[set[ListedCall], set[Arrival]]:
    """Return the rows that arrivals at a vendor's twin are, and the arrivals that are in no row. The row with the fewest braces wins."""
    rows = sorted((row for row in CALLS if row.vendor == vendor), key=lambda row: row.path.count("{"))
    found: set[ListedCall] = set()
    unlisted: set[Arrival] = set()
    for arrival in arrivals:
        row = next((row for row in rows if row.matches(arrival)), None)
        if row is None:
            unlisted.add(arrival)
        else:
            found.add(row)
    return found, unlisted
