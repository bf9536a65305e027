"""The organization's custom fields: texts and selections. Records hold the number of a selected option."""

from collections.abc import Mapping

from subgraphs.psa.productive.twin.rows import RowWriter

_TEXT, _CHOICE = 1, 3
FIELDS: Mapping[str, Mapping[str, int]] = {
    "projects": {
        "Project code": _TEXT,
        "Project status": _CHOICE,
        "Service line": _CHOICE,
        "Contract": _TEXT,
        "Opportunity": _TEXT,
        "Cost centre": _CHOICE,
        "Service line dimension": _CHOICE,
        "Location": _CHOICE,
        "Health": _CHOICE,
        "Health note": _TEXT,
    },
    "employees": {"Worker number": _TEXT, "Worker type": _CHOICE, "Practice": _TEXT},
    "project_expenses": {"Expense number": _TEXT},
}


class CustomFieldWriter:
    """Creates the fields, and their options on first use."""

    def __init__(self, rows: RowWriter) -> None:
        self._rows = rows
        self._ids: dict[tuple[str, str], str] = {}
        self._options: dict[tuple[str, str], list[str]] = {}
        self._choices: dict[tuple[str, str, str], str] = {}
        for on, fields in FIELDS.items():
            for name, kind in fields.items():
                options = self._options[on, name] = list[str]()
                attributes = {"name": name, "customizable_type": on, "data_type_id": kind, "archived_at": None}
                self._ids[on, name] = rows.add("custom_fields", attributes, {"options": options})

    def build_values(self, on: str, values: Mapping[str, str | None]) -> dict[str, str] | None:
        """Return a record's values by field number; None for no values."""
        held = {
            self._ids[on, name]: self._to_value(on, name, value) for name, value in values.items() if value is not None
        }
        return held or None

    def _to_value(self, on: str, name: str, value: str) -> str:
        if FIELDS[on][name] != _CHOICE:
            return value
        key = on, name, value
        if key not in self._choices:
            self._choices[key] = self._rows.add("custom_field_options", {"name": value, "archived_at": None})
            self._options[on, name].append(self._choices[key])
        return self._choices[key]
