"""What people do in an account, and the events that tell of it: one list for the whole account, kept for nine days."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from subgraphs.kit.tables import Tables
from subgraphs.psa.kantata.twin.seed import stamp

SUBJECTS = {
    "workspaces": "Workspace",
    "workspace_groups": "WorkspaceGroup",
    "users": "User",
    "stories": "Story",
    "time_entries": "TimeEntry",
    "expenses": "Expense",
}
"""By resource, what events and references call a record."""
_STAMPED = SUBJECTS.keys() - {"users"}
_DATED = frozenset({"workspaces", "workspace_groups", "stories"})
"""The resources that tell when a record was made."""
_WORDS = {
    "Workspace": "workspace",
    "WorkspaceGroup": "workspace_group",
    "User": "user",
    "Story": "story",
    "TimeEntry": "time_entry",
    "Expense": "expense",
}


class Life:
    """Changes records by their resource and id, as the application does: with a time of change where the resource has one, and an event."""

    def __init__(self, tables: Tables, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._now = now

    def create(self, resource: str, values: Mapping[str, Any]) -> str:
        """Add a record; return its id."""
        at = stamp(self._now())
        made = {"created_at": at} if resource in _DATED else {}
        identifier = self._tables.add(resource, {**values, **made, "updated_at": at})
        self._tell(resource, identifier, "created")
        return identifier

    def update(self, resource: str, identifier: str, values: Mapping[str, Any]) -> None:
        """Change a record."""
        stamped = {"updated_at": stamp(self._now())} if resource in _STAMPED else {}
        row = self._tables.row(resource, identifier) or {}
        self._tables.replace(resource, {**row, **values, **stamped})
        self._tell(resource, identifier, "updated")

    def delete(self, resource: str, identifier: str) -> None:
        """Delete a record for good; only the event remembers it, where there are events of its kind."""
        self._tables.remove(resource, identifier)
        self._tell(resource, identifier, "deleted")

    def repeat(self) -> None:
        """Tell the newest event once more, as may happen."""
        newest = self._tables.row("subscribed_events", self._tables.ids("subscribed_events")[-1]) or {}
        self._tables.add("subscribed_events", {name: value for name, value in newest.items() if name != "id"})

    def _tell(self, resource: str, identifier: str, what: str) -> None:
        subject, at = SUBJECTS.get(resource), stamp(self._now())
        if subject is None:
            return
        event = {
            "event_type": f"{_WORDS[subject]}:{what}",
            "subject_type": subject,
            "subject_id": int(identifier),
            "subject_changed_at": at,
            "created_at": at,
        }
        self._tables.add("subscribed_events", event)
