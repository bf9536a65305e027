"""The writable attributes of each resource, with their parsers.

Other attributes are ignored silently, as by a service that permits attributes by name.
"""

from collections.abc import Mapping

from subgraphs.psa.kantata.twin.form import BodySchema, build_required
from subgraphs.psa.kantata.twin.values import (
    build_choice_parser,
    build_id_parser,
    build_ids_parser,
    build_nullable_parser,
    parse_count,
    parse_currency,
    parse_date,
    parse_flag,
    parse_integer,
    parse_status,
    parse_text,
)

_REFERENCE = {
    "service_name": parse_text,
    "service_model": parse_text,
    "service_model_ref": parse_text,
    "status": build_choice_parser("pending", "successful", "failed"),
    "locked": parse_flag,
}
_KEY = ("service_name", "service_model", "service_model_ref")
NESTED = BodySchema("external_reference", _REFERENCE, build_required(*_KEY))
"""A reference that is created together with its record."""
REFERENCE = BodySchema(
    "external_reference",
    {"subject_type": parse_text, "subject_id": parse_integer, **_REFERENCE},
    build_required("subject_type", "subject_id", *_KEY),
)
"""A reference to an existing record."""
_ENTRY = {
    "workspace_id": build_id_parser("workspaces"),
    "user_id": build_id_parser("users"),
    "story_id": build_nullable_parser(build_id_parser("stories")),
}
SCHEMAS: Mapping[str, BodySchema] = {
    "workspaces": BodySchema(
        "workspace",
        {
            "title": parse_text,
            "creator_role": build_choice_parser("maven", "buyer"),
            "description": build_nullable_parser(parse_text),
            "start_date": build_nullable_parser(parse_date),
            "due_date": build_nullable_parser(parse_date),
            "currency": parse_currency,
            "status_key": parse_status,
            "archived": parse_flag,
            "workspace_group_ids": build_ids_parser("workspace_groups"),
        },
        {"title": "Please give your project a title", "creator_role": "Please select a role for this project"},
        create_only=frozenset({"creator_role"}),
    ),
    "stories": BodySchema(
        "story",
        {
            "workspace_id": build_id_parser("workspaces"),
            "title": parse_text,
            "story_type": build_choice_parser("task", "deliverable", "milestone", "issue"),
            "parent_id": build_nullable_parser(build_id_parser("stories")),
            "state": parse_text,
            "start_date": build_nullable_parser(parse_date),
            "due_date": build_nullable_parser(parse_date),
            "billable": parse_flag,
            "time_estimate_in_minutes": build_nullable_parser(parse_count),
        },
        build_required("workspace_id", "title"),
        create_only=frozenset({"workspace_id"}),
        max_records=300,
    ),
    "time_entries": BodySchema(
        "time_entry",
        {
            **_ENTRY,
            "date_performed": parse_date,
            "time_in_minutes": parse_count,
            "billable": parse_flag,
            "notes": build_nullable_parser(parse_text),
            "rate_in_cents": build_nullable_parser(parse_count),
        },
        build_required("workspace_id", "date_performed", "time_in_minutes"),
        create_only=frozenset({"workspace_id"}),
    ),
    "expenses": BodySchema(
        "expense",
        {
            **_ENTRY,
            "date": parse_date,
            "category": parse_text,
            "amount_in_cents": parse_integer,
            "currency": parse_currency,
            "is_billable": parse_flag,
            "reimbursable": parse_flag,
        },
        build_required("workspace_id", "date", "category", "amount_in_cents"),
        create_only=frozenset({"workspace_id"}),
    ),
}
"""The resources that can be created, changed and deleted."""
