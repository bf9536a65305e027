"""Evaluates the filters of a child read in memory: for vendors whose lists are read whole before a page is cut."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere, Where
from subgraphs.kit.lost_records import report_if_unreadable

PSA_FILTERS: Final[Mapping[str, frozenset[str]]] = {
    "tasks": frozenset({"status", "billable"}),
    "demands": frozenset({"status", "role_name"}),
    "assignments": frozenset({"booking", "start", "end"}),
    "time_entries": frozenset({"approval", "billing", "billable", "work_date_from", "work_date_to"}),
    "expenses": frozenset({"approval", "category", "incurred_on_from", "incurred_on_to"}),
}
"""`Capabilities.filters` of a PSA whose lists are read whole: all filters of each relation."""


_FILTERED: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("end_date",),
    "end": ("start_date",),
    "work_date_from": ("work_date",),
    "work_date_to": ("work_date",),
    "incurred_on_from": ("incurred_on",),
    "incurred_on_to": ("incurred_on",),
}
"""The attributes that a condition reads, where it is not called like its attribute."""


def is_match(record: Any, where: Where) -> bool:
    """Return whether a record satisfies all given filters.

    A record without a readable value for one of them is reported, and does not match.
    """
    if record.unreadable and report_if_unreadable(record, _list_filtered(where)):
        return False
    match where:
        case TaskWhere():
            return _is_in(record.status, where.status) and where.billable in {None, record.billable}
        case DemandWhere():
            return _is_in(record.status, where.status) and _is_in(record.role_name, where.role_name)
        case AssignmentWhere():
            overlaps = _is_within(record.end_date, where.start, None) and _is_within(record.start_date, None, where.end)
            return _is_in(record.booking, where.booking) and overlaps
        case TimeWhere():
            codes = _is_in(record.approval, where.approval) and _is_in(record.billing, where.billing)
            dated = _is_within(record.work_date, where.work_date_from, where.work_date_to)
            return codes and dated and where.billable in {None, record.billable}
        case ExpenseWhere():
            codes = _is_in(record.approval, where.approval) and _is_in(record.category, where.category)
            return codes and _is_within(record.incurred_on, where.incurred_on_from, where.incurred_on_to)


def _list_filtered(where: Where) -> set[str]:
    given = (each.name for each in msgspec.structs.fields(where) if getattr(where, each.name) is not None)
    return {attribute for name in given for attribute in _FILTERED.get(name, (name,))}


def _is_in(value: str | None, values: Sequence[str] | None) -> bool:
    return values is None or value in values


def _is_within(day: date | None, first: date | None, last: date | None) -> bool:
    return day is None or ((first is None or day >= first) and (last is None or day <= last))
