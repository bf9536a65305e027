"""Lists and single records of one account: filters, pages, included associations and the envelope."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from subgraphs.kit.twin.table_store import StoredRow, TableStore
from subgraphs.psa.kantata.twin.refusals import RefusalError
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS

PAGE = 20
_MAX_REFERENCES = 200
_EVENT_RETENTION = timedelta(days=9)
"""How long an event is kept."""
_PARENT_FILTERS: Mapping[str, Mapping[str, str]] = {
    "stories": {"with_projects": "workspace_id"},
    "staffing_demands": {"workspace_id": "workspace_id"},
    "workspace_allocations": {
        "workspace_ids": "workspace_id",
        "workspace_resource_ids": "workspace_resource_id",
    },
    "time_entries": {
        "workspace_ids": "workspace_id",
        "with_user_ids": "user_id",
    },
}
"""Resource -> filters by a list of parents' ids -> their fields."""
_SINGLE_PARENT_FILTERS: Mapping[str, Sequence[str]] = {
    "stories": ("workspace_id",),
    "workspace_resources": ("workspace_id", "user_id"),
    "time_entries": ("workspace_id",),
    "expenses": ("workspace_id",),
}
"""Resource -> filters by one id, named like their fields."""
_OPTIONAL = {"workspace_resources": {"resource_bill_rate"}}
"""Resource -> fields that are shown only if requested by name."""
_ARCHIVED_FILTERS = {"workspaces": "include_archived", "stories": "show_archived"}
"""Resource -> the filter that shows archived rows."""
_ARCHIVED_PROJECT_FILTERS = {
    "time_entries": "from_archived_workspaces",
    "expenses": "from_archived_workspaces",
    "stories": "show_from_archived_workspaces",
}
"""Resource -> the filter that shows rows of archived projects."""
_FLAG_FILTERS = {"companies_only": "company", "billable": "billable"}
_ORDERS = {
    "time_entries": {"created_at", "date_performed", "updated_at"},
    "users": set[str](),
    "subscribed_events": {"created_at"},
}
_ALWAYS_SHOWN = {"workspace_resources": {"workspace_id"}, "workspace_allocations": {"workspace_resource_id"}}
"""Ids of associations that are shown without being included."""
_MONEY = {"rate_in_cents", "resource_bill_rate", "amount_in_cents"}
_FINANCIAL = {"workspaces": {"currency"}, "workspace_resources": {"resource_bill_rate"}}

_NUMBERS = {("workspace_resources", "workspace_id")}
"""The ids that are shown as numbers."""

Query = Mapping[str, str]


class QueryService:
    """The resources of one account."""

    def __init__(self, tables: TableStore, settings: TwinSettings) -> None:
        self._tables = tables
        self._settings = settings

    def list_records(self, resource: str, query: Query) -> dict[str, Any]:
        """Return a page of a resource in its envelope."""
        self.require_permission(resource)
        rows = [row for row in self._find_candidates(resource, query) if self._is_match(resource, row, query)]
        self._sort(resource, rows, query.get("order"))
        number, size = _parse_page(query, self._settings.most_rows)
        start = _parse_number(query, "offset", 0) if "offset" in query or "limit" in query else (number - 1) * size
        return self._build_envelope(resource, rows[start : start + size], len(rows), number, size, query)

    def show_record(self, resource: str, identifier: str, query: Query) -> dict[str, Any]:
        """Return one record in the same envelope; archived projects are not found."""
        self.require_permission(resource)
        return self._build_envelope(resource, [self.get_visible_row(resource, identifier, query)], 1, 1, PAGE, query)

    def show_written(self, resource: str, identifiers: Sequence[str], query: Query) -> dict[str, Any]:
        """Return written records in the same envelope."""
        rows = [row for identifier in identifiers if (row := self._tables.get_row(resource, identifier))]
        return self._build_envelope(resource, rows, len(rows), 1, max(PAGE, len(rows)), query)

    def get_visible_row(self, resource: str, identifier: str, query: Query) -> StoredRow:
        """Return the row of a visible record; raise RefusalError (404) if there is none."""
        row = self._tables.get_row(resource, identifier)
        if row is None or not self._is_visible(resource, row, query):
            raise RefusalError(404)
        return row

    def require_permission(self, resource: str) -> None:
        """Raise RefusalError for an unknown resource, or one without permission."""
        if resource not in ASSOCIATIONS:
            raise RefusalError(404)
        if resource in self._settings.denied or (resource == "subscribed_events" and not self._settings.events):
            raise RefusalError(403)

    def _find_candidates(self, resource: str, query: Query) -> list[StoredRow]:
        """Apply the filters by id with an index; unknown ids are ignored silently."""
        found: set[str] | None = None
        for ids in self._find_filtered_ids(resource, query):
            found = set(ids) if found is None else found & set(ids)
        ids = self._tables.list_ids(resource) if found is None else sorted(found, key=int)
        return [row for identifier in ids if (row := self._tables.get_row(resource, identifier))]

    def _find_filtered_ids(self, resource: str, query: Query) -> Iterator[Sequence[str]]:
        if "only" in query:
            yield [each for each in query["only"].split(",") if self._tables.get_row(resource, each)]
        for name, field in _PARENT_FILTERS.get(resource, {}).items():
            if name in query:
                yield self._tables.find_ids(resource, field, query[name].split(","))
        for name in _SINGLE_PARENT_FILTERS.get(resource, ()):
            if name in query:
                yield self._tables.find_ids(resource, name, [str(_parse_number(query, name, 0))])
        if resource == "workspace_allocations" and "user_ids" in query:
            people = self._tables.find_ids("workspace_resources", "user_id", query["user_ids"].split(","))
            yield self._tables.find_ids(resource, "workspace_resource_id", people)
        if "external_reference_service_name" in query:
            yield self._find_referenced_ids(resource, query)

    def _find_referenced_ids(self, resource: str, query: Query) -> list[str]:
        refs = query.get("external_reference_service_model_refs", "").split(",")
        if "external_reference_service_model_ref" in query:
            # The filter for a single reference takes numbers.
            refs = [str(_parse_number(query, "external_reference_service_model_ref", 0))]
        if len(refs) > _MAX_REFERENCES:
            raise RefusalError(400, "Too many references")
        held = self._tables.find_ids("external_references", "service_model_ref", refs)
        service, model = query["external_reference_service_name"], query.get("external_reference_service_model")
        ids = [
            identifier
            for identifier in held
            if (row := self._tables.get_row("external_references", identifier))
            and row["service_name"] == service
            and model in {None, row["service_model"]}
            and query.get("external_reference_status") in {None, row["status"]}
        ]
        return self._tables.find_ids(resource, "external_reference_ids", ids)

    def _is_visible(self, resource: str, row: StoredRow, query: Query) -> bool:
        """Return whether a row is shown: archived rows and users without project on request, old events never."""
        if resource == "subscribed_events":
            return datetime.fromisoformat(row["created_at"]) > self._settings.now() - _EVENT_RETENTION
        if resource == "users" and query.get("on_my_account") != "true":
            return bool(self._tables.find_ids("workspaces", "participant_ids", [row["id"]]))
        archived = (
            resource in _ARCHIVED_FILTERS and row["archived"] and query.get(_ARCHIVED_FILTERS[resource]) != "true"
        )
        return not archived and not self._is_of_archived_project(resource, row, query)

    def _is_match(self, resource: str, row: StoredRow, query: Query) -> bool:
        shown = self._is_visible(resource, row, query)
        plain = all(
            name not in query or row.get(field) is (query[name] == "true") for name, field in _FLAG_FILTERS.items()
        )
        plain = plain and ("event_types" not in query or row.get("event_type") in query["event_types"].split(","))
        plain = plain and query.get("has_external_references") in {
            None,
            _format_flag(row.get("external_reference_ids")),
        }
        since = _is_after(row, query, "updated_after", "updated_at") and _is_after(
            row, query, "created_after", "created_at"
        )
        return (
            shown
            and plain
            and since
            and _has_flags(row, query)
            and _is_performed_within(row, query)
            and _is_overlapping(row, query)
        )

    def _is_of_archived_project(self, resource: str, row: StoredRow, query: Query) -> bool:
        if resource not in _ARCHIVED_PROJECT_FILTERS or query.get(_ARCHIVED_PROJECT_FILTERS[resource]) == "true":
            return False
        workspace = self._tables.get_row("workspaces", row["workspace_id"])
        return workspace is not None and bool(workspace["archived"])

    def _sort(self, resource: str, rows: list[StoredRow], order: str | None) -> None:
        if order is None:
            return
        field, _, direction = order.partition(":")
        if field not in _ORDERS.get(resource, {"created_at", "updated_at"}):
            raise RefusalError(400, f"{field} is not an order of {resource}")
        rows.sort(key=lambda row: str(row.get(field, "")), reverse=direction == "desc")

    def parse_include(self, resource: str, query: Query) -> list[str]:
        """Return the names of the included associations; raise RefusalError for unknown ones."""
        names = [name for name in query.get("include", "").split(",") if name]
        unknown = set(names) - ASSOCIATIONS[resource].keys()
        if unknown:
            raise RefusalError(400, f"{', '.join(sorted(unknown))} cannot be included")
        return names

    def _build_envelope(
        self, resource: str, rows: Sequence[StoredRow], count: int, number: int, size: int, query: Query
    ) -> dict[str, Any]:
        included = self.parse_include(resource, query)
        optional = query.get("optional_fields", "").split(",")
        meta = {"count": count, "page_count": -(-count // size), "page_number": number, "page_size": size}
        body: dict[str, Any] = {
            "count": count,
            "meta": meta,
            "results": [{"key": resource, "id": row["id"]} for row in rows],
            resource: {row["id"]: self._build_record(resource, row, included, optional) for row in rows},
        }
        for name in included:
            association = ASSOCIATIONS[resource][name]
            beside = body.setdefault(association.resource, {})
            for identifier in {each for row in rows for each in _list_ids(row.get(association.field))} - beside.keys():
                other = self._tables.get_row(association.resource, identifier)
                if other is not None:
                    beside[identifier] = self._build_record(association.resource, other, ())
        return body

    def _build_record(
        self, resource: str, row: StoredRow, included: Sequence[str], optional: Sequence[str] = ()
    ) -> StoredRow:
        """Return a row without the ids of associations that are not included, and without money that is denied."""
        associations = ASSOCIATIONS.get(resource, {})
        hidden = {association.field for name, association in associations.items() if name not in included}
        hidden -= _ALWAYS_SHOWN.get(resource, set())
        hidden |= _OPTIONAL.get(resource, set()) - set(optional)
        if not self._settings.financial_access:
            hidden |= _FINANCIAL.get(resource, set()) | (_MONEY & row.keys())
        shown = {name: value for name, value in row.items() if name not in hidden}
        return {name: int(value) if (resource, name) in _NUMBERS else value for name, value in shown.items()}


def _list_ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _format_flag(held: Any) -> str:
    return "true" if held else "false"


def _has_flags(row: StoredRow, query: Query) -> bool:
    """Evaluate the flags that ignore their value: their presence is the condition."""
    invoiced = bool(row.get("is_invoiced"))
    return not (
        ("approved" in query and not row.get("approved"))
        or ("invoiced" in query and not invoiced)
        or ("uninvoiced" in query and invoiced)
    )


def _is_performed_within(row: StoredRow, query: Query) -> bool:
    first, _, last = query.get("date_performed_between", ":").partition(":")
    performed = row.get("date_performed", "")
    return (not first or performed >= first) and (not last or performed <= last)


def _is_overlapping(row: StoredRow, query: Query) -> bool:
    first, _, last = query.get("overlaps_with_date_range", ":").partition(":")
    return (not first or row.get("end_date", first) >= first) and (not last or row.get("start_date", last) <= last)


def _is_after(row: StoredRow, query: Query, name: str, field: str) -> bool:
    if name not in query:
        return True
    try:
        wanted = datetime.fromisoformat(query[name])
    except ValueError:
        raise RefusalError(400, f"{name} is not a time") from None
    return field in row and datetime.fromisoformat(row[field]) > wanted


def _parse_page(query: Query, most: int) -> tuple[int, int]:
    """Return the page's number and size, capped at the maximum."""
    size = _parse_number(query, "limit" if "limit" in query else "per_page", PAGE)
    number = _parse_number(query, "page", 1)
    if number < 1 or size < 1:
        raise RefusalError(400)
    return number, min(size, most)


def _parse_number(query: Query, name: str, usual: int) -> int:
    try:
        return int(query.get(name, usual))
    except ValueError:
        raise RefusalError(400, f"{name} is not a number") from None
