"""Answers lists and single records of one account: filters, pages, what is included, and the envelope around it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from subgraphs.kit.tables import Row, Tables
from subgraphs.psa.kantata.twin.refusals import RefusalError
from subgraphs.psa.kantata.twin.settings import TwinSettings
from subgraphs.psa.kantata.twin.tables import ASSOCIATIONS

PAGE = 20
_MOST_REFERENCES = 200
_KEPT = timedelta(days=9)
"""How long an event is told."""
_PARENTS: Mapping[str, Mapping[str, str]] = {
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
"""Per resource the filters that take a list of parents' ids, and the fields that hold these."""
_ONE_PARENT: Mapping[str, Sequence[str]] = {
    "stories": ("workspace_id",),
    "workspace_resources": ("workspace_id", "user_id"),
    "time_entries": ("workspace_id",),
    "expenses": ("workspace_id",),
}
"""Per resource the filters that take one id, and are called like the field that holds it."""
_OPTIONAL = {"workspace_resources": {"resource_bill_rate"}}
"""What is told only to those who ask for it by name."""
_ARCHIVED = {"workspaces": "include_archived", "stories": "show_archived"}
"""Per resource the filter without which what is archived is hidden."""
_OF_ARCHIVED = {
    "time_entries": "from_archived_workspaces",
    "expenses": "from_archived_workspaces",
    "stories": "show_from_archived_workspaces",
}
"""Per resource the filter without which what is of an archived project is hidden."""
_PLAIN = {"companies_only": "company", "billable": "billable"}
_ORDERS = {
    "time_entries": {"created_at", "date_performed", "updated_at"},
    "users": set[str](),
    "subscribed_events": {"created_at"},
}
_ALWAYS = {"workspace_resources": {"workspace_id"}, "workspace_allocations": {"workspace_resource_id"}}
"""Ids of associations that are told without being included."""
_MONEY = {"rate_in_cents", "resource_bill_rate", "amount_in_cents"}
_FINANCIAL = {"workspaces": {"currency"}, "workspace_resources": {"resource_bill_rate"}}

_NUMBERS = {("workspace_resources", "workspace_id")}
"""The ids that are told as numbers."""

Query = Mapping[str, str]


class Service:
    """The resources of one account."""

    def __init__(self, tables: Tables, settings: TwinSettings) -> None:
        self._tables = tables
        self._settings = settings

    def listed(self, resource: str, query: Query) -> dict[str, Any]:
        """Return a page of a resource in its envelope."""
        self.permit(resource)
        rows = [row for row in self._candidates(resource, query) if self._meets(resource, row, query)]
        self._sort(resource, rows, query.get("order"))
        number, size = _page(query, self._settings.most_rows)
        start = _number(query, "offset", 0) if "offset" in query or "limit" in query else (number - 1) * size
        return self._envelope(resource, rows[start : start + size], len(rows), number, size, query)

    def shown(self, resource: str, identifier: str, query: Query) -> dict[str, Any]:
        """Return one record in the same envelope; an archived project is not there."""
        self.permit(resource)
        return self._envelope(resource, [self.found(resource, identifier, query)], 1, 1, PAGE, query)

    def told(self, resource: str, identifiers: Sequence[str], query: Query) -> dict[str, Any]:
        """Return records that were just written, in the same envelope."""
        rows = [row for identifier in identifiers if (row := self._tables.row(resource, identifier))]
        return self._envelope(resource, rows, len(rows), 1, max(PAGE, len(rows)), query)

    def found(self, resource: str, identifier: str, query: Query) -> Row:
        """Return the row of a record that may be seen; raise RefusalError with 404 where there is none."""
        row = self._tables.row(resource, identifier)
        if row is None or not self._visible(resource, row, query):
            raise RefusalError(404)
        return row

    def permit(self, resource: str) -> None:
        """Raise RefusalError for what there is not, or is kept from the token's user."""
        if resource not in ASSOCIATIONS:
            raise RefusalError(404)
        if resource in self._settings.denied or (resource == "subscribed_events" and not self._settings.events):
            raise RefusalError(403)

    def _candidates(self, resource: str, query: Query) -> list[Row]:
        """Narrow by the filters that name ids, from an index; ids that nobody has are silently left out."""
        found: set[str] | None = None
        for ids in self._narrowed(resource, query):
            found = set(ids) if found is None else found & set(ids)
        ids = self._tables.ids(resource) if found is None else sorted(found, key=int)
        return [row for identifier in ids if (row := self._tables.row(resource, identifier))]

    def _narrowed(self, resource: str, query: Query) -> Iterator[Sequence[str]]:
        if "only" in query:
            yield [each for each in query["only"].split(",") if self._tables.row(resource, each)]
        for name, field in _PARENTS.get(resource, {}).items():
            if name in query:
                yield self._tables.where(resource, field, query[name].split(","))
        for name in _ONE_PARENT.get(resource, ()):
            if name in query:
                yield self._tables.where(resource, name, [str(_number(query, name, 0))])
        if resource == "workspace_allocations" and "user_ids" in query:
            people = self._tables.where("workspace_resources", "user_id", query["user_ids"].split(","))
            yield self._tables.where(resource, "workspace_resource_id", people)
        if "external_reference_service_name" in query:
            yield self._referenced(resource, query)

    def _referenced(self, resource: str, query: Query) -> list[str]:
        refs = query.get("external_reference_service_model_refs", "").split(",")
        if "external_reference_service_model_ref" in query:
            # The filter for one is of numbers.
            refs = [str(_number(query, "external_reference_service_model_ref", 0))]
        if len(refs) > _MOST_REFERENCES:
            raise RefusalError(400, "Too many references")
        held = self._tables.where("external_references", "service_model_ref", refs)
        service, model = query["external_reference_service_name"], query.get("external_reference_service_model")
        ids = [
            identifier
            for identifier in held
            if (row := self._tables.row("external_references", identifier))
            and row["service_name"] == service
            and model in {None, row["service_model"]}
            and query.get("external_reference_status") in {None, row["status"]}
        ]
        return self._tables.where(resource, "external_reference_ids", ids)

    def _visible(self, resource: str, row: Row, query: Query) -> bool:
        """What is archived is hidden, and so are people without a project, unless they are asked for; old events are gone."""
        if resource == "subscribed_events":
            return datetime.fromisoformat(row["created_at"]) > self._settings.now() - _KEPT
        if resource == "users" and query.get("on_my_account") != "true":
            return bool(self._tables.where("workspaces", "participant_ids", [row["id"]]))
        archived = resource in _ARCHIVED and row["archived"] and query.get(_ARCHIVED[resource]) != "true"
        return not archived and not self._of_archived(resource, row, query)

    def _meets(self, resource: str, row: Row, query: Query) -> bool:
        shown = self._visible(resource, row, query)
        plain = all(name not in query or row.get(field) is (query[name] == "true") for name, field in _PLAIN.items())
        plain = plain and ("event_types" not in query or row.get("event_type") in query["event_types"].split(","))
        plain = plain and query.get("has_external_references") in {None, _truth(row.get("external_reference_ids"))}
        since = _since(row, query, "updated_after", "updated_at") and _since(row, query, "created_after", "created_at")
        return shown and plain and since and _flagged(row, query) and _performed(row, query) and _overlaps(row, query)

    def _of_archived(self, resource: str, row: Row, query: Query) -> bool:
        if resource not in _OF_ARCHIVED or query.get(_OF_ARCHIVED[resource]) == "true":
            return False
        workspace = self._tables.row("workspaces", row["workspace_id"])
        return workspace is not None and bool(workspace["archived"])

    def _sort(self, resource: str, rows: list[Row], order: str | None) -> None:
        if order is None:
            return
        field, _, direction = order.partition(":")
        if field not in _ORDERS.get(resource, {"created_at", "updated_at"}):
            raise RefusalError(400, f"{field} is no order of {resource}")
        rows.sort(key=lambda row: str(row.get(field, "")), reverse=direction == "desc")

    def included(self, resource: str, query: Query) -> list[str]:
        """Return the names of what comes beside a resource; raise RefusalError for what cannot."""
        names = [name for name in query.get("include", "").split(",") if name]
        unknown = set(names) - ASSOCIATIONS[resource].keys()
        if unknown:
            raise RefusalError(400, f"{', '.join(sorted(unknown))} cannot be included")
        return names

    def _envelope(
        self, resource: str, rows: Sequence[Row], count: int, number: int, size: int, query: Query
    ) -> dict[str, Any]:
        included = self.included(resource, query)
        optional = query.get("optional_fields", "").split(",")
        meta = {"count": count, "page_count": -(-count // size), "page_number": number, "page_size": size}
        body: dict[str, Any] = {
            "count": count,
            "meta": meta,
            "results": [{"key": resource, "id": row["id"]} for row in rows],
            resource: {row["id"]: self._seen(resource, row, included, optional) for row in rows},
        }
        for name in included:
            association = ASSOCIATIONS[resource][name]
            beside = body.setdefault(association.resource, {})
            for identifier in {each for row in rows for each in _ids(row.get(association.field))} - beside.keys():
                other = self._tables.row(association.resource, identifier)
                if other is not None:
                    beside[identifier] = self._seen(association.resource, other, ())
        return body

    def _seen(self, resource: str, row: Row, included: Sequence[str], optional: Sequence[str] = ()) -> Row:
        """Leave out the ids of what is not included, and money where the user has no financial access."""
        associations = ASSOCIATIONS.get(resource, {})
        hidden = {association.field for name, association in associations.items() if name not in included}
        hidden -= _ALWAYS.get(resource, set())
        hidden |= _OPTIONAL.get(resource, set()) - set(optional)
        if not self._settings.financial_access:
            hidden |= _FINANCIAL.get(resource, set()) | (_MONEY & row.keys())
        shown = {name: value for name, value in row.items() if name not in hidden}
        return {name: int(value) if (resource, name) in _NUMBERS else value for name, value in shown.items()}


def _ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _truth(held: Any) -> str:
    return "true" if held else "false"


def _flagged(row: Row, query: Query) -> bool:
    """These ignore their value: their presence is the condition."""
    invoiced = bool(row.get("is_invoiced"))
    return not (
        ("approved" in query and not row.get("approved"))
        or ("invoiced" in query and not invoiced)
        or ("uninvoiced" in query and invoiced)
    )


def _performed(row: Row, query: Query) -> bool:
    first, _, last = query.get("date_performed_between", ":").partition(":")
    performed = row.get("date_performed", "")
    return (not first or performed >= first) and (not last or performed <= last)


def _overlaps(row: Row, query: Query) -> bool:
    first, _, last = query.get("overlaps_with_date_range", ":").partition(":")
    return (not first or row.get("end_date", first) >= first) and (not last or row.get("start_date", last) <= last)


def _since(row: Row, query: Query, name: str, field: str) -> bool:
    if name not in query:
        return True
    try:
        wanted = datetime.fromisoformat(query[name])
    except ValueError:
        raise RefusalError(400, f"{name} is not a time") from None
    return field in row and datetime.fromisoformat(row[field]) > wanted


def _page(query: Query, most: int) -> tuple[int, int]:
    """Return the page's number and size, which is cut to the most."""
    size = _number(query, "limit" if "limit" in query else "per_page", PAGE)
    number = _number(query, "page", 1)
    if number < 1 or size < 1:
        raise RefusalError(400)
    return number, min(size, most)


def _number(query: Query, name: str, usual: int) -> int:
    try:
        return int(query.get(name, usual))
    except ValueError:
        raise RefusalError(400, f"{name} is not a number") from None
