"""Rows of a twin as they are made: attributes as they are told, links to others, and the keys that lists are filtered by."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from subgraphs.kit.tables import Tables

_FIRST_CHANGE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_CLOCK = timezone(timedelta(hours=1))


class Rows:
    """Adds rows to the tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._named: dict[tuple[str, str], str] = {}
        self._changes = 0

    def add(
        self,
        type_: str,
        attributes: Mapping[str, Any],
        links: Mapping[str, Any] | None = None,
        keys: Mapping[str, Any] | None = None,
    ) -> str:
        """Add a row; return its id. Ids run on from 1, each type's by itself."""
        return self._tables.add(type_, {"attributes": attributes, "links": links or {}, **(keys or {})})

    def once(self, type_: str, name: str, **more: Any) -> str:
        """Return the id of the row of that name, which is added the first time."""
        if (type_, name) not in self._named:
            self._named[type_, name] = self.add(type_, {"name": name, **more})
        return self._named[type_, name]

    def stamp(self) -> str:
        """Everything was last changed an hour after what was made before it; times are told with the organization's offset."""
        self._changes += 1
        return told(_FIRST_CHANGE + timedelta(hours=self._changes))


def told(instant: datetime) -> str:
    """Return a time as the vendor tells it."""
    return instant.astimezone(_CLOCK).isoformat(timespec="milliseconds")
