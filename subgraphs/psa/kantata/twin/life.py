"""What people do in an account, and the events that tell of it: one list for the whole account, kept for nine days."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from subgraphs.kit.tables import Tables
from subgraphs.psa.kantata.twin.seed import stamp

_SUBJECTS = {"workspaces": "Workspace", "workspace_groups": "WorkspaceGroup", "users": "User"}
_STAMPED = frozenset({"workspaces", "workspace_groups"})
_WORDS = {"Workspace": "workspace", "WorkspaceGroup": "workspace_group", "User": "user"}


class Life:
    """Changes records by their resource and id, as the application does: with a time of change where the resource has one, and an event."""

    def __init__(self, tables: Tables, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._now = now

    def update(self, resource: str, identifier: str, values: Mapping[str, Any]) -> None:
        """Change a record."""
        stamped = {"updated_at": stamp(self._now())} if resource in _STAMPED else {}
        row = self._tables.row(resource, identifier) or {}
        self._tables.replace(resource, {**row, **values, **stamped})
        self._tell(resource, identifier, "updated")

    def delete(self, resource: str, identifier: str) -> None:
        """Delete a record for good; only the event remembers it."""
        self._tables.remove(resource, identifier)
        self._tell(resource, identifier, "deleted")

    def repeat(self) -> None:
        """Tell the newest event once more, as may happen."""
        newest = self._tables.row("subscribed_events", self._tables.ids("subscribed_events")[-1]) or {}
        self._tables.add("subscribed_events", {name: value for name, value in newest.items() if name != "id"})

    def _tell(self, resource: str, identifier: str, what: str) -> None:
        subject, at = _SUBJECTS[resource], stamp(self._now())
        event = {
            "event_type": f"{_WORDS[subject]}:{what}",
            "subject_type": subject,
            "subject_id": int(identifier),
            "subject_changed_at": at,
            "created_at": at,
        }
        self._tables.add("subscribed_events", event)
