"""The account's records by resource, and what leads from one to another. An association's ids are shown only where it is included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

Row = dict[str, Any]


class Association(NamedTuple):
    """The field that holds ids of another resource: one, or a list."""

    field: str
    resource: str


_REFERENCES = Association("external_reference_ids", "external_references")
_VALUES = Association("custom_field_value_ids", "custom_field_values")
_WORKSPACE = Association("workspace_id", "workspaces")
_USER = Association("user_id", "users")
_ROLE = Association("role_id", "roles")
_BOOKED = {
    "workspace": _WORKSPACE,
    "user": _USER,
    "story": Association("story_id", "stories"),
    "external_references": _REFERENCES,
}
ASSOCIATIONS: Mapping[str, Mapping[str, Association]] = {
    "workspace_groups": {"external_references": _REFERENCES, "custom_field_values": _VALUES},
    "users": {"external_references": _REFERENCES, "custom_field_values": _VALUES, "role": _ROLE},
    "workspaces": {
        "external_references": _REFERENCES,
        "custom_field_values": _VALUES,
        "workspace_groups": Association("workspace_group_ids", "workspace_groups"),
        "primary_maven": Association("primary_maven_id", "users"),
        "participants": Association("participant_ids", "users"),
    },
    "stories": {"workspace": _WORKSPACE, "parent": Association("parent_id", "stories")},
    "staffing_demands": {
        "workspace": _WORKSPACE,
        "role": _ROLE,
        "creator": Association("creator_id", "users"),
        "custom_field_values": _VALUES,
    },
    "workspace_resources": {"workspace": _WORKSPACE, "user": _USER, "role": _ROLE},
    "workspace_allocations": {
        "workspace": _WORKSPACE,
        "workspace_resource": Association("workspace_resource_id", "workspace_resources"),
    },
    "time_entries": {**_BOOKED, "active_submission": Association("active_submission_id", "timesheet_submissions")},
    "expenses": {**_BOOKED, "active_submission": Association("active_submission_id", "expense_report_submissions")},
    "custom_fields": {},
    "external_references": {},
}
"""The resources that can be listed."""
UNLISTED = ("custom_field_values", "roles", "timesheet_submissions", "expense_report_submissions")
"""Resources that come only beside others."""


class Tables:
    """Rows by resource and id, in the order of their making, and indexes over their fields, made when they are first needed."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in (*ASSOCIATIONS, *UNLISTED)}
        self._numbers = {name: count(1) for name in self._rows}
        self._indexes: dict[tuple[str, str], dict[str, list[str]]] = {}

    def add(self, resource: str, row: Row) -> str:
        """Add a record; return its id. Ids run on from 1, each resource's by itself."""
        identifier = str(next(self._numbers[resource]))
        self.replace(resource, {**row, "id": identifier})
        return identifier

    def add_first(self, resource: str, row: Row) -> None:
        """Add a record before all others."""
        identifier = self.add(resource, row)
        rows = self._rows[resource]
        self._rows[resource] = {identifier: rows.pop(identifier), **rows}

    def replace(self, resource: str, row: Row) -> None:
        """Put a record in the place of the one with its id."""
        self._rows[resource][row["id"]] = row
        self._indexes.clear()

    def remove(self, resource: str, identifier: str) -> None:
        """Take a record away."""
        del self._rows[resource][identifier]
        self._indexes.clear()

    def row(self, resource: str, identifier: str) -> Row | None:
        """Return a record."""
        return self._rows[resource].get(identifier)

    def ids(self, resource: str) -> list[str]:
        """Return the ids of a resource, in order."""
        return list(self._rows[resource])

    def where(self, resource: str, field: str, values: Sequence[str]) -> list[str]:
        """Return the ids of records whose field has one of the values, in order."""
        index = self._indexes.get((resource, field))
        if index is None:
            index = self._indexes[resource, field] = defaultdict(list)
            for identifier, row in self._rows[resource].items():
                held = row.get(field)
                for value in held if isinstance(held, list) else [held]:
                    index[str(value)].append(identifier)
        found = {identifier for value in values for identifier in index.get(value, ())}
        return sorted(found, key=int)
