"""Turns filters as callers write them (canonical words) into the conditions that a vendor applies (its raw codes)."""

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


def page_request(args: Args, default: int) -> PageRequest:
    """Return the slice that is asked for; raise BadInputError unless `first` is 1 to 100."""
    first = args.get("first")
    size = default if first is None else int(first)
    if not 1 <= size <= MAX_PAGE:
        raise BadInputError(f"first must be between 1 and {MAX_PAGE}.", field="first")
    return PageRequest(size, args.get("after"))


class Conditions:
    """One filter argument on its way to one connection's relation; every condition is checked against what the vendor applies."""

    def __init__(self, sources: Sources, connection: str, relation: str, args: Args) -> None:
        self._sources = sources
        self._connection = connection
        self._relation = relation
        self._filter: Mapping[str, Any] = args.get("filter") or {}

    def codes(self, field: str, attribute: str, domain: MappingDomain) -> tuple[str, ...] | None:
        """Return the raw codes for a list of canonical words; None when the filter does not name the field."""
        wanted: Iterable[StrEnum] | None = self._taken(field, attribute)
        if wanted is None:
            return None
        reference_data = self._sources.reference_data
        return tuple(code for word in wanted for code in reference_data.sources(domain, self._connection, word.value))

    def value(self, field: str, attribute: str) -> Any:
        """Return a plain value of the filter, or None."""
        return self._taken(field, attribute)

    def words(self, field: str, attribute: str) -> tuple[str, ...] | None:
        """Return a list of free words of the filter, or None."""
        taken = self._taken(field, attribute)
        return None if taken is None else tuple(taken)

    def span(self, field: str, attribute: str, low: str, high: str) -> tuple[Any, Any]:
        """Return the two bounds of a range field, each None when open."""
        taken = self._taken(field, attribute)
        return (None, None) if taken is None else (taken.get(low), taken.get(high))

    def _taken(self, field: str, attribute: str) -> Any:
        value = self._filter.get(field)
        if value is not None:
            self._sources.require_filter(self._connection, self._relation, attribute, f"filter.{field}")
        return value


def task_where(sources: Sources, connection: str, args: Args) -> TaskWhere:
    """Read a TaskFilter."""
    asked = Conditions(sources, connection, "tasks", args)
    return TaskWhere(
        status=asked.codes("status", "status", MappingDomain.TASK_STATUS), billable=asked.value("billable", "billable")
    )


def demand_where(sources: Sources, connection: str, args: Args) -> DemandWhere:
    """Read a ResourceDemandFilter."""
    asked = Conditions(sources, connection, "demands", args)
    return DemandWhere(
        status=asked.codes("status", "status", MappingDomain.DEMAND_STATUS), role_name=asked.words("role", "role_name")
    )


def assignment_where(sources: Sources, connection: str, args: Args) -> AssignmentWhere:
    """Read an AssignmentFilter."""
    asked = Conditions(sources, connection, "assignments", args)
    start, end = asked.span("range", "start", "from", "to")
    return AssignmentWhere(
        booking=asked.codes("booking", "booking", MappingDomain.BOOKING_STATUS), start=start, end=end
    )


def time_where(sources: Sources, connection: str, args: Args) -> TimeWhere:
    """Read a TimeEntryFilter."""
    asked = Conditions(sources, connection, "time_entries", args)
    start, end = asked.span("workDate", "work_date_from", "gte", "lte")
    return TimeWhere(
        approval=asked.codes("approval", "approval", MappingDomain.APPROVAL_STATE),
        billing=asked.codes("billing", "billing", MappingDomain.BILLING_STATE),
        billable=asked.value("billable", "billable"),
        work_date_from=start,
        work_date_to=end,
    )


def expense_where(sources: Sources, connection: str, args: Args) -> ExpenseWhere:
    """Read an ExpenseFilter."""
    asked = Conditions(sources, connection, "expenses", args)
    start, end = asked.span("incurredOn", "incurred_on_from", "gte", "lte")
    return ExpenseWhere(
        approval=asked.codes("approval", "approval", MappingDomain.APPROVAL_STATE),
        category=asked.words("category", "category"),
        incurred_on_from=start,
        incurred_on_to=end,
    )
