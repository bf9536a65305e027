"""Edits by the account's users, and their subscribed events: one list per account, kept for nine days."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.kantata.twin.seed import format_time

SUBJECTS = {
    "workspaces": "Workspace",
    "workspace_groups": "WorkspaceGroup",
    "users": "User",
    "stories": "Story",
    "time_entries": "TimeEntry",
    "expenses": "Expense",
}
"""Resource -> the name of its records in events and references."""
_TIMESTAMPED = SUBJECTS.keys() - {"users"}
_WITH_CREATION_TIME = frozenset({"workspaces", "workspace_groups", "stories"})
"""The resources with a creation time."""
_EVENT_PREFIXES = {
    "Workspace": "workspace",
    "WorkspaceGroup": "workspace_group",
    "User": "user",
    "Story": "story",
    "TimeEntry": "time_entry",
    "Expense": "expense",
}


class AccountEditor:
    """Changes records as the application does: with a time of change, if the resource has one, and an event."""

    def __init__(self, tables: TableStore, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._now = now

    def create(self, resource: str, values: Mapping[str, Any]) -> str:
        """Add a record; return its id."""
        at = format_time(self._now())
        made = {"created_at": at} if resource in _WITH_CREATION_TIME else {}
        identifier = self._tables.add(resource, {**values, **made, "updated_at": at})
        self._add_event(resource, identifier, "created")
        return identifier

    def update(self, resource: str, identifier: str, values: Mapping[str, Any]) -> None:
        """Change a record."""
        stamped = {"updated_at": format_time(self._now())} if resource in _TIMESTAMPED else {}
        row = self._tables.get_row(resource, identifier) or {}
        self._tables.replace(resource, {**row, **values, **stamped})
        self._add_event(resource, identifier, "updated")

    def delete(self, resource: str, identifier: str) -> None:
        """Delete a record permanently; only its event remains, if the resource has events."""
        self._tables.remove(resource, identifier)
        self._add_event(resource, identifier, "deleted")

    def repeat_event(self) -> None:
        """Repeat the newest event, as the vendor may."""
        newest = self._tables.get_row("subscribed_events", self._tables.list_ids("subscribed_events")[-1]) or {}
        self._tables.add("subscribed_events", {name: value for name, value in newest.items() if name != "id"})

    def _add_event(self, resource: str, identifier: str, what: str) -> None:
        subject, at = SUBJECTS.get(resource), format_time(self._now())
        if subject is None:
            return
        event = {
            "event_type": f"{_EVENT_PREFIXES[subject]}:{what}",
            "subject_type": subject,
            "subject_id": int(identifier),
            "subject_changed_at": at,
            "created_at": at,
        }
        self._tables.add("subscribed_events", event)
