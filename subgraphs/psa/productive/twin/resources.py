"""The types of resources that the twin knows, what leads from one to another, and by what each list is filtered and sorted (vendor's reference)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DAY, FLAG, IDS, FIELDS = "day", "flag", "ids", "custom_fields"
"""What a filter takes: days with operators, true or false, one or more ids with commas, or a custom field."""


@dataclass(frozen=True, kw_only=True)
class Type:
    """`links` leads from relationships to types, `filters` from filters to what they take; `hides` names the flag of what a list leaves out unless asked."""

    links: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    sorts: frozenset[str] = frozenset()
    hides: str | None = None


_ID: Final = {"id": IDS}
TYPES: Final[Mapping[str, Type]] = {
    "companies": Type(filters={**_ID, "company_code": IDS, "custom_fields": FIELDS}, sorts=frozenset({"name"})),
    "people": Type(
        links={"company": "companies", "manager": "people"},
        filters={**_ID, "hrm_type_id": IDS, "custom_fields": FIELDS},
        sorts=frozenset({"name", "email"}),
    ),
    "projects": Type(
        links={"company": "companies", "project_manager": "people"},
        filters={**_ID, "company_id": IDS, "project_number": IDS, "custom_fields": FIELDS},
        sorts=frozenset({"name", "number", "last_activity_at"}),
    ),
    "deals": Type(
        links={"project": "projects", "company": "companies", "subsidiary": "subsidiaries"},
        filters={**_ID, "project_id": IDS, "company_id": IDS},
        sorts=frozenset({"name", "date"}),
    ),
    "memberships": Type(
        links={"person": "people", "project": "projects", "team": "teams"},
        filters={**_ID, "project_id": IDS, "person_id": IDS},
    ),
    "services": Type(
        links={"deal": "deals", "service_type": "service_types"},
        filters={**_ID, "project_id": IDS, "deal_id": IDS},
        sorts=frozenset({"name"}),
    ),
    "tasks": Type(
        links={
            "project": "projects",
            "parent_task": "tasks",
            "service": "services",
            "workflow_status": "workflow_statuses",
        },
        filters={**_ID, "project_id": IDS, "service_id": IDS, "due_date": DAY},
        sorts=frozenset({"id", "due_date", "updated_at"}),
    ),
    "resource_requests": Type(
        links={"creator": "people", "service": "services"},
        filters={**_ID, "service_id": IDS, "status": IDS},
        sorts=frozenset({"id", "started_on"}),
    ),
    "bookings": Type(
        links={
            "person": "people",
            "service": "services",
            "event": "events",
            "task": "tasks",
            "resource_request": "resource_requests",
        },
        filters={**_ID, "project_id": IDS, "person_id": IDS, "with_draft": FLAG},
        sorts=frozenset({"started_on"}),
        hides="draft",
    ),
    "time_entries": Type(
        links={"person": "people", "service": "services", "task": "tasks"},
        filters={**_ID, "project_id": IDS, "person_id": IDS, "service_id": IDS, "date": DAY, "invoiced": FLAG},
        sorts=frozenset({"date", "updated_at"}),
    ),
    "expenses": Type(
        links={"person": "people", "service": "services", "service_type": "service_types"},
        filters={**_ID, "project_id": IDS, "person_id": IDS, "date": DAY, "with_draft": FLAG, "custom_fields": FIELDS},
        sorts=frozenset({"id", "date"}),
        hides="draft",
    ),
    "custom_fields": Type(links={"options": "custom_field_options"}, filters={"name": IDS, "customizable_type": IDS}),
    "workflow_statuses": Type(filters=_ID, sorts=frozenset({"name"})),
    "service_types": Type(filters=_ID),
    "subsidiaries": Type(filters=_ID),
    "events": Type(filters=_ID),
    "custom_field_options": Type(filters={"custom_field_id": IDS}),
    "teams": Type(filters=_ID),
}
