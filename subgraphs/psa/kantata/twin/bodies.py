"""What may be written: per resource the attributes of a request's body, each with what reads it.

Attributes that are not named here are passed over without a word, as read-only and misspelt ones are by a service that permits attributes by name.
"""

from collections.abc import Mapping

from subgraphs.psa.kantata.twin.form import Form, blank
from subgraphs.psa.kantata.twin.values import (
    count,
    currency,
    day,
    flag,
    one_of,
    or_null,
    record,
    records,
    status,
    text,
    whole,
)

_REFERENCE = {
    "service_name": text,
    "service_model": text,
    "service_model_ref": text,
    "status": one_of("pending", "successful", "failed"),
    "locked": flag,
}
_KEY = ("service_name", "service_model", "service_model_ref")
NESTED = Form("external_reference", _REFERENCE, blank(*_KEY))
"""A reference within the record that is made with it."""
REFERENCE = Form(
    "external_reference",
    {"subject_type": text, "subject_id": whole, **_REFERENCE},
    blank("subject_type", "subject_id", *_KEY),
)
"""A reference to a record that is there."""
_BOOKED = {"workspace_id": record("workspaces"), "user_id": record("users"), "story_id": or_null(record("stories"))}
FORMS: Mapping[str, Form] = {
    "workspaces": Form(
        "workspace",
        {
            "title": text,
            "creator_role": one_of("maven", "buyer"),
            "description": or_null(text),
            "start_date": or_null(day),
            "due_date": or_null(day),
            "currency": currency,
            "status_key": status,
            "archived": flag,
            "workspace_group_ids": records("workspace_groups"),
        },
        {"title": "Please give your project a title", "creator_role": "Please select a role for this project"},
        once=frozenset({"creator_role"}),
    ),
    "stories": Form(
        "story",
        {
            "workspace_id": record("workspaces"),
            "title": text,
            "story_type": one_of("task", "deliverable", "milestone", "issue"),
            "parent_id": or_null(record("stories")),
            "state": text,
            "start_date": or_null(day),
            "due_date": or_null(day),
            "billable": flag,
            "time_estimate_in_minutes": or_null(count),
        },
        blank("workspace_id", "title"),
        once=frozenset({"workspace_id"}),
        most=300,
    ),
    "time_entries": Form(
        "time_entry",
        {
            **_BOOKED,
            "date_performed": day,
            "time_in_minutes": count,
            "billable": flag,
            "notes": or_null(text),
            "rate_in_cents": or_null(count),
        },
        blank("workspace_id", "date_performed", "time_in_minutes"),
        once=frozenset({"workspace_id"}),
    ),
    "expenses": Form(
        "expense",
        {
            **_BOOKED,
            "date": day,
            "category": text,
            "amount_in_cents": whole,
            "currency": currency,
            "is_billable": flag,
            "reimbursable": flag,
        },
        blank("workspace_id", "date", "category", "amount_in_cents"),
        once=frozenset({"workspace_id"}),
    ),
}
"""What is made, changed and deleted over HTTP."""
