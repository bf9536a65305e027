"""Defaults and derived attributes of written records."""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.values import get_minor_units
from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.kantata.twin.seed import STATUSES

_CURRENCY = "USD"
_ENTRY = {"story_id": None, "active_submission_id": None}
_DEFAULTS: Mapping[str, StoredRow] = {
    "workspaces": {
        "description": None,
        "start_date": "",
        "due_date": "",
        "percentage_complete": 0,
        "currency": _CURRENCY,
        "status": STATUSES["PENDING_SETUP"].to_json(),
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
        **_ENTRY,
        "billable": True,
        "is_invoiced": False,
        "approved": False,
        "notes": None,
        "rate_in_cents": None,
    },
    "expenses": {**_ENTRY, "is_billable": True, "reimbursable": False},
}


class RowBuilder:
    """Builds rows of one account. The token belongs to the account's first user, the creator of all new records."""

    def __init__(self, tables: TableStore) -> None:
        self._tables = tables

    def build_row(self, resource: str, values: Mapping[str, Any]) -> StoredRow:
        """Return a complete new row."""
        usual = dict(_DEFAULTS[resource])
        user = next(iter(self._tables.list_ids("users")), None)
        if resource == "workspaces":
            usual["primary_maven_id"] = user if values["creator_role"] == "maven" else None
            usual["participant_ids"] = [] if user is None else [user]
        elif resource != "stories":
            project = self._tables.get_row("workspaces", values["workspace_id"]) or {}
            usual |= {"user_id": user, "currency": project.get("currency", _CURRENCY)}
        row = {**usual, **self.build_changes(resource, values)}
        return row if resource == "stories" else {**row, "currency_base_unit": 10 ** get_minor_units(row["currency"])}

    def build_changes(self, resource: str, values: Mapping[str, Any]) -> StoredRow:
        """Return the row values of a request: a status for its key, a currency's base unit, no creator role."""
        row = {name: value for name, value in values.items() if name not in {"creator_role", "status_key"}}
        if "status_key" in values:
            shown = {str(status.key): status.to_json() for status in STATUSES.values()}
            row["status"] = shown[values["status_key"]]
        if "currency" in values and resource != "stories":
            row["currency_base_unit"] = 10 ** get_minor_units(values["currency"])
        return row
