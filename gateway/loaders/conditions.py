"""Converts filters with canonical codes into the conditions that a vendor applies, with its raw codes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from gateway.canonical.states import MappingDomain
from gateway.errors import BadInputError
from gateway.loaders.sources import Sources
from gateway.ports.base import PageRequest
from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere

MAX_PAGE = 100

Args = Mapping[str, Any]


def build_page_request(args: Args, default: int) -> PageRequest:
    """Return the requested page. Raises BadInputError unless `first` is 0 to 100."""
    first = args.get("first")
    size = default if first is None else int(first)
    require_page_size(size, "first")
    return PageRequest(size, args.get("after"))


def require_page_size(size: int, field: str) -> None:
    """Raise BadInputError unless a page size is 0 to 100."""
    if not 0 <= size <= MAX_PAGE:
        raise BadInputError(f"{field} must be between 0 and {MAX_PAGE}.", field=field)


def require_storable(field: str, *texts: Any) -> None:
    """Raise BadInputError for a text with the character NUL, which no database stores."""
    if any(isinstance(text, str) and "\0" in text for text in texts):
        raise BadInputError(f"{field} must not contain the character U+0000.", field=field)


class FilterReader:
    """One filter argument for a relation of one connection.

    Every condition that is read must be one that the vendor applies.
    """

    def __init__(self, sources: Sources, connection: str, relation: str, args: Args) -> None:
        self._sources = sources
        self._connection = connection
        self._relation = relation
        self._filter: Mapping[str, Any] = args.get("filter") or {}

    def read_codes(self, field: str, attribute: str, domain: MappingDomain) -> tuple[str, ...] | None:
        """Return the raw codes for a list of canonical codes; None if the filter does not have the field."""
        wanted: Iterable[StrEnum] | None = self._read(field, attribute)
        if wanted is None:
            return None
        reference_data = self._sources.reference_data
        return tuple(
            raw for code in wanted for raw in reference_data.list_raw_codes(domain, self._connection, code.value)
        )

    def read_value(self, field: str, attribute: str) -> Any:
        """Return a scalar of the filter, or None."""
        return self._read(field, attribute)

    def read_texts(self, field: str, attribute: str) -> tuple[str, ...] | None:
        """Return a list of texts of the filter, or None."""
        values = self._read(field, attribute)
        return None if values is None else tuple(values)

    def read_range(self, field: str, attribute: str, low: str, high: str) -> tuple[Any, Any]:
        """Return the bounds of a range field, each None if open."""
        bounds = self._read(field, attribute)
        return (None, None) if bounds is None else (bounds.get(low), bounds.get(high))

    def is_null_required(self, field: str) -> bool:
        """Return whether a DateFilter asks for rows without a date."""
        return (self._filter.get(field) or {}).get("isNull") is True

    def _read(self, field: str, attribute: str) -> Any:
        value = self._filter.get(field)
        if value is not None:
            self._sources.require_filter(self._connection, self._relation, attribute, f"filter.{field}")
        return value


def build_task_where(sources: Sources, connection: str, args: Args) -> TaskWhere:
    """Convert a TaskFilter."""
    reader = FilterReader(sources, connection, "tasks", args)
    return TaskWhere(
        status=reader.read_codes("status", "status", MappingDomain.TASK_STATUS),
        billable=reader.read_value("billable", "billable"),
    )


def build_demand_where(sources: Sources, connection: str, args: Args) -> DemandWhere:
    """Convert a ResourceDemandFilter."""
    reader = FilterReader(sources, connection, "demands", args)
    return DemandWhere(
        status=reader.read_codes("status", "status", MappingDomain.DEMAND_STATUS),
        role_name=reader.read_texts("role", "role_name"),
    )


def build_assignment_where(sources: Sources, connection: str, args: Args) -> AssignmentWhere:
    """Convert an AssignmentFilter."""
    reader = FilterReader(sources, connection, "assignments", args)
    start, end = reader.read_range("range", "start", "from", "to")
    return AssignmentWhere(
        booking=reader.read_codes("booking", "booking", MappingDomain.BOOKING_STATUS), start=start, end=end
    )


def build_time_where(sources: Sources, connection: str, args: Args) -> TimeWhere | None:
    """Convert a TimeEntryFilter; None if no row can match, since every entry has a day."""
    reader = FilterReader(sources, connection, "time_entries", args)
    if reader.is_null_required("workDate"):
        return None
    start, end = reader.read_range("workDate", "work_date_from", "gte", "lte")
    return TimeWhere(
        approval=reader.read_codes("approval", "approval", MappingDomain.APPROVAL_STATE),
        billing=reader.read_codes("billing", "billing", MappingDomain.BILLING_STATE),
        billable=reader.read_value("billable", "billable"),
        work_date_from=start,
        work_date_to=end,
    )


def build_expense_where(sources: Sources, connection: str, args: Args) -> ExpenseWhere | None:
    """Convert an ExpenseFilter; None if no row can match, since every expense has a day."""
    reader = FilterReader(sources, connection, "expenses", args)
    if reader.is_null_required("incurredOn"):
        return None
    start, end = reader.read_range("incurredOn", "incurred_on_from", "gte", "lte")
    return ExpenseWhere(
        approval=reader.read_codes("approval", "approval", MappingDomain.APPROVAL_STATE),
        category=reader.read_texts("category", "category"),
        incurred_on_from=start,
        incurred_on_to=end,
    )
