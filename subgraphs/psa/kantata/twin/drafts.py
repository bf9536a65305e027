"""What a new record holds besides what was sent, and what follows from what was sent."""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.values import minor_units
from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.kantata.twin.seed import STATUSES

_CURRENCY = "USD"
_BOOKED = {"story_id": None, "active_submission_id": None}
_USUAL: Mapping[str, Row] = {
    "workspaces": {
        "description": None,
        "start_date": None,
        "due_date": None,
        "percentage_complete": 0,
        "currency": _CURRENCY,
        "status": STATUSES["PENDING_SETUP"].shown(),
        "archived": False,
        "workspace_group_ids": [],
        "custom_field_value_ids": [],
    },
    "stories": {
        "story_type": "task",
        "parent_id": None,
        "state": "not started",
        "archived": False,
        "start_date": None,
        "due_date": None,
        "billable": True,
        "time_estimate_in_minutes": None,
    },
    "time_entries": {
        **_BOOKED,
        "billable": True,
        "is_invoiced": False,
        "approved": False,
        "notes": None,
        "rate_in_cents": None,
    },
    "expenses": {**_BOOKED, "is_billable": True, "reimbursable": False},
}


class Drafts:
    """Completes records of one account. The token is that of the account's first user, who made what is made with it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def new(self, resource: str, values: Mapping[str, Any]) -> Row:
        """Return a whole record."""
        usual = dict(_USUAL[resource])
        user = next(iter(self._tables.ids("users")), None)
        if resource == "workspaces":
            usual["primary_maven_id"] = user if values["creator_role"] == "maven" else None
            usual["participant_ids"] = [] if user is None else [user]
        elif resource != "stories":
            project = self._tables.row("workspaces", values["workspace_id"]) or {}
            usual |= {"user_id": user, "currency": project.get("currency", _CURRENCY)}
        row = {**usual, **self.changed(resource, values)}
        return row if resource == "stories" else {**row, "currency_base_unit": 10 ** minor_units(row["currency"])}

    def changed(self, resource: str, values: Mapping[str, Any]) -> Row:
        """Return what a record holds of what was sent: a status for its key, the minor units of a currency, no role of the creator."""
        row = {name: value for name, value in values.items() if name not in {"creator_role", "status_key"}}
        if "status_key" in values:
            shown = {str(status.key): status.shown() for status in STATUSES.values()}
            row["status"] = shown[values["status_key"]]
        if "currency" in values and resource != "stories":
            row["currency_base_unit"] = 10 ** minor_units(values["currency"])
        return row
