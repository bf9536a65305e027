"""The account's resources and their associations, whose ids are shown only if included."""

from collections.abc import Mapping
from typing import NamedTuple


class Association(NamedTuple):
    """A field with one id, or a list of ids, of another resource."""

    field: str
    resource: str


_REFERENCES = Association("external_reference_ids", "external_references")
_VALUES = Association("custom_field_value_ids", "custom_field_values")
_WORKSPACE = Association("workspace_id", "workspaces")
_USER = Association("user_id", "users")
_ROLE = Association("role_id", "roles")
_ENTRY = {
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
        "skills": Association("skill_ids", "skills"),
        "custom_field_values": _VALUES,
    },
    "workspace_resources": {"workspace": _WORKSPACE, "user": _USER, "role": _ROLE},
    "workspace_allocations": {
        "workspace": _WORKSPACE,
        "workspace_resource": Association("workspace_resource_id", "workspace_resources"),
    },
    "time_entries": {**_ENTRY, "active_submission": Association("active_submission_id", "timesheet_submissions")},
    "expenses": {**_ENTRY, "active_submission": Association("active_submission_id", "expense_report_submissions")},
    "custom_fields": {"custom_field_set": Association("custom_field_set_id", "custom_field_sets")},
    "external_references": {},
    "subscribed_events": {},
}
"""The resources that can be listed."""
UNLISTED = (
    "custom_field_sets",
    "custom_field_values",
    "roles",
    "skills",
    "timesheet_submissions",
    "expense_report_submissions",
)
"""Resources that are only included in others."""
RESOURCES = (*ASSOCIATIONS, *UNLISTED)
