"""Filters that a vendor applies itself. Codes are raw; None means no condition, an empty tuple matches nothing."""

from datetime import date

import msgspec


class TaskWhere(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on tasks."""

    status: tuple[str, ...] | None = None
    billable: bool | None = None


class DemandWhere(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on resource demands."""

    status: tuple[str, ...] | None = None
    role_name: tuple[str, ...] | None = None


class AssignmentWhere(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on assignments; `start`..`end` keeps those that overlap the range, both days included."""

    booking: tuple[str, ...] | None = None
    start: date | None = None
    end: date | None = None


class TimeWhere(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on time entries; `work_date` bounds are both included."""

    approval: tuple[str, ...] | None = None
    billing: tuple[str, ...] | None = None
    billable: bool | None = None
    work_date_from: date | None = None
    work_date_to: date | None = None


class ExpenseWhere(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions on expenses; `incurred_on` bounds are both included."""

    approval: tuple[str, ...] | None = None
    category: tuple[str, ...] | None = None
    incurred_on_from: date | None = None
    incurred_on_to: date | None = None


Where = TaskWhere | DemandWhere | AssignmentWhere | TimeWhere | ExpenseWhere
