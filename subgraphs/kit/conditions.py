"""Whether a record meets the conditions of a child read: for vendors whose lists are read whole, before any page is cut."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from gateway.ports.where import AssignmentWhere, DemandWhere, ExpenseWhere, TaskWhere, TimeWhere, Where

PSA_FILTERS: Final[Mapping[str, frozenset[str]]] = {
    "tasks": frozenset({"status", "billable"}),
    "demands": frozenset({"status", "role_name"}),
    "assignments": frozenset({"booking", "start", "end"}),
    "time_entries": frozenset({"approval", "billing", "billable", "work_date_from", "work_date_to"}),
    "expenses": frozenset({"approval", "category", "incurred_on_from", "incurred_on_to"}),
}
"""The filters of a PSA whose lists are read whole: every condition that there is, per relation, as `Capabilities.filters` has them."""


def meets(record: Any, where: Where) -> bool:
    """Tell whether a record meets every condition that is given."""
    match where:
        case TaskWhere():
            return _among(record.status, where.status) and where.billable in {None, record.billable}
        case DemandWhere():
            return _among(record.status, where.status) and _among(record.role_name, where.role_name)
        case AssignmentWhere():
            overlaps = _within(record.end_date, where.start, None) and _within(record.start_date, None, where.end)
            return _among(record.booking, where.booking) and overlaps
        case TimeWhere():
            said = _among(record.approval, where.approval) and _among(record.billing, where.billing)
            dated = _within(record.work_date, where.work_date_from, where.work_date_to)
            return said and dated and where.billable in {None, record.billable}
        case ExpenseWhere():
            said = _among(record.approval, where.approval) and _among(record.category, where.category)
            return said and _within(record.incurred_on, where.incurred_on_from, where.incurred_on_to)


def _among(word: str | None, words: Sequence[str] | None) -> bool:
    return words is None or word in words


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    return day is None or ((first is None or day >= first) and (last is None or day <= last))
