"""The account's records by resource, and what leads from one to another. An association's ids are shown only where it is included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    "workspace_groups": {"external_references": _REFERENCES},
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
    "subscribed_events": {},
}
"""The resources that can be listed."""
UNLISTED = ("custom_field_values", "roles", "timesheet_submissions", "expense_report_submissions")
"""Resources that come only beside others."""


class Tables:
    """Rows by resource and id, in the order of their making, and indexes over their fields, made when they are first needed."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in (*ASSOCIATIONS, *UNLISTED)}
        self._indexes: dict[tuple[str, str], dict[str, list[str]]] = {}

    def add(self, resource: str, row: Row) -> str:
        """Add a record; return its id. Ids run on from 1, each resource's by itself."""
        rows = self._rows[resource]
        identifier = str(len(rows) + 1)
        rows[identifier] = {"id": identifier, **row}
        return identifier

    def change(self, resource: str, identifier: str, values: Row) -> None:
        """Change a record."""
        self._rows[resource][identifier].update(values)
        self._indexes = {key: index for key, index in self._indexes.items() if key[0] != resource}

    def remove(self, resource: str, identifier: str) -> None:
        """Delete a record for good: its id is not given again."""
        self._rows[resource][identifier] = {}
        self._indexes = {key: index for key, index in self._indexes.items() if key[0] != resource}

    def row(self, resource: str, identifier: str) -> Row | None:
        """Return a record, None where there is none or no longer one."""
        return self._rows[resource].get(identifier) or None

    def ids(self, resource: str) -> list[str]:
        """Return the ids of a resource, in order."""
        return [identifier for identifier, row in self._rows[resource].items() if row]

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
