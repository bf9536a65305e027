"""The resource types with their relationships, filters and sort orders (vendor's reference)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DAY, FLAG, IDS, FIELDS = "day", "flag", "ids", "custom_fields"
"""The values of a filter: a date with operators, a flag, ids separated by commas, or a custom field."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A resource type.

    `links`: relationship -> type. `filters`: filter -> its values. `hidden_flag`: the flag of rows that are hidden by
    default.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    sorts: frozenset[str] = frozenset()
    hidden_flag: str | None = None


_ID: Final = {"id": IDS}
TYPES: Final[Mapping[str, ResourceType]] = {
    "companies": ResourceType(filters={**_ID, "company_code": IDS, "custom_fields": FIELDS}, sorts=frozenset({"name"})),
    "people": ResourceType(
        links={"company": "companies", "manager": "people"},
        filters={**_ID, "hrm_type_id": IDS, "custom_fields": FIELDS},
        sorts=frozenset({"name", "email"}),
    ),
    "projects": ResourceType(
        links={"company": "companies", "project_manager": "people"},
        filters={**_ID, "company_id": IDS, "project_number": IDS, "custom_fields": FIELDS},
        sorts=frozenset({"name", "number", "last_activity_at"}),
    ),
    "deals": ResourceType(
        links={"project": "projects", "company": "companies", "subsidiary": "subsidiaries"},
        filters={**_ID, "project_id": IDS, "company_id": IDS},
        sorts=frozenset({"name", "date"}),
    ),
    "memberships": ResourceType(
        links={"person": "people", "project": "projects", "team": "teams"},
        filters={**_ID, "project_id": IDS, "person_id": IDS},
    ),
    "services": ResourceType(
        links={"deal": "deals", "service_type": "service_types"},
        filters={**_ID, "project_id": IDS, "deal_id": IDS},
        sorts=frozenset({"name"}),
    ),
    "tasks": ResourceType(
        links={
            "project": "projects",
            "parent_task": "tasks",
            "service": "services",
            "workflow_status": "workflow_statuses",
        },
        filters={**_ID, "project_id": IDS, "service_id": IDS, "due_date": DAY},
        sorts=frozenset({"id", "due_date", "updated_at"}),
    ),
    "resource_requests": ResourceType(
        links={"creator": "people", "service": "services"},
        filters={**_ID, "service_id": IDS, "status": IDS},
        sorts=frozenset({"id", "started_on"}),
    ),
    "bookings": ResourceType(
        links={
            "person": "people",
            "service": "services",
            "event": "events",
            "task": "tasks",
            "resource_request": "resource_requests",
        },
        filters={**_ID, "project_id": IDS, "person_id": IDS, "with_draft": FLAG},
        sorts=frozenset({"started_on"}),
        hidden_flag="draft",
    ),
    "time_entries": ResourceType(
        links={"person": "people", "service": "services", "task": "tasks"},
        filters={**_ID, "project_id": IDS, "person_id": IDS, "service_id": IDS, "date": DAY, "invoiced": FLAG},
        sorts=frozenset({"date", "updated_at"}),
    ),
    "expenses": ResourceType(
        links={"person": "people", "service": "services", "service_type": "service_types"},
        filters={**_ID, "project_id": IDS, "person_id": IDS, "date": DAY, "with_draft": FLAG, "custom_fields": FIELDS},
        sorts=frozenset({"id", "date"}),
        hidden_flag="draft",
    ),
    "custom_fields": ResourceType(
        links={"options": "custom_field_options"}, filters={"name": IDS, "customizable_type": IDS}
    ),
    "workflow_statuses": ResourceType(filters=_ID, sorts=frozenset({"name"})),
    "service_types": ResourceType(filters=_ID),
    "subsidiaries": ResourceType(filters=_ID),
    "events": ResourceType(filters=_ID),
    "custom_field_options": ResourceType(filters={"custom_field_id": IDS}),
    "teams": ResourceType(filters=_ID),
}
