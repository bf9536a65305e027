"""Adds rows to the twin: attributes, links to other rows, and the keys for filters."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from subgraphs.kit.twin.table_store import TableStore

_FIRST_CHANGE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_CLOCK = timezone(timedelta(hours=1))


class RowWriter:
    """Adds rows to the tables."""

    def __init__(self, tables: TableStore) -> None:
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
        """Add a row; return its id. Each type numbers its ids from 1."""
        return self._tables.add(type_, {"attributes": attributes, "links": links or {}, **(keys or {})})

    def add_once(self, type_: str, name: str, **more: Any) -> str:
        """Return the id of the row with a name; add it on first use."""
        if (type_, name) not in self._named:
            self._named[type_, name] = self.add(type_, {"name": name, **more})
        return self._named[type_, name]

    def get_next_change_time(self) -> str:
        """Return the next time of change, an hour after the last."""
        self._changes += 1
        return format_time(_FIRST_CHANGE + timedelta(hours=self._changes))


def format_time(instant: datetime) -> str:
    """Format a time with the organization's offset."""
    return instant.astimezone(_CLOCK).isoformat(timespec="milliseconds")
