"""Records of the PSA: clients, projects and their children.

Hours are Decimal hours, percentages 0..100 unless stated.
"""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import msgspec

from gateway.canonical.records.base import DimensionTag, Record
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Money


class PsaRecord(Record, frozen=True, kw_only=True):
    """Any record of the PSA."""

    role: ClassVar[SystemRole] = SystemRole.PSA


class PsaClient(PsaRecord, frozen=True, kw_only=True):
    """A customer in the PSA."""

    name: str
    number: str | None = None


class PsaHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The health reported by the project lead; `overall` is a raw code."""

    overall: str
    note: str | None = None


class PsaSkill(msgspec.Struct, frozen=True):
    """A required skill; `level` is a raw code, None if any level is acceptable."""

    code: str
    name: str
    level: str | None = None


class PsaProject(PsaRecord, frozen=True, kw_only=True):
    """A project. `member_ids` are native ids of the users who may see it; `percent_complete` is 0..1."""

    code: str
    name: str
    description: str | None = None
    type: str | None = None
    status: str | None = None
    health: PsaHealth | None = None
    start_date: date | None = None
    end_date: date | None = None
    actual_end_date: date | None = None
    percent_complete: Decimal | None = None
    client_id: str | None = None
    manager_id: str | None = None
    legal_entity: str | None = None
    service_line: str | None = None
    currency: str | None = None
    contract_number: str | None = None
    opportunity_reference: str | None = None
    dimensions: tuple[DimensionTag, ...] | None = None
    member_ids: tuple[str, ...] = ()


class PsaTask(PsaRecord, frozen=True, kw_only=True):
    """A task of the work breakdown structure."""

    project_id: str
    parent_id: str | None = None
    name: str
    status: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    billable: bool | None = None
    estimated_hours: Decimal | None = None
    actual_hours: Decimal | None = None
    remaining_hours: Decimal | None = None


class PsaMilestone(PsaRecord, frozen=True, kw_only=True):
    """A dated deliverable of a project."""

    project_id: str
    name: str
    due_date: date | None = None
    completed_on: date | None = None
    status: str | None = None


class PsaDemand(PsaRecord, frozen=True, kw_only=True):
    """A request for a person with a role in a period."""

    project_id: str
    role_name: str
    skills: tuple[PsaSkill, ...] = ()
    start_date: date
    end_date: date
    hours: Decimal | None = None
    allocation_percent: Decimal | None = None
    location: str | None = None
    target_bill_rate: Money | None = None
    priority: str | None = None
    status: str | None = None
    requested_by_id: str | None = None


class PsaAssignment(PsaRecord, frozen=True, kw_only=True):
    """A person assigned to a project. `bill_rate` is per hour."""

    project_id: str
    user_id: str | None
    task_id: str | None = None
    demand_id: str | None = None
    role_name: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    planned_hours: Decimal | None = None
    allocation_percent: Decimal | None = None
    booking: str | None = None
    bill_rate: Money | None = None


class PsaUser(PsaRecord, frozen=True, kw_only=True):
    """A worker in the PSA. PERSONAL. `bill_rate` is per hour."""

    name: str | None = None
    email: str | None = None
    worker_number: str | None = None
    type: str | None = None
    practice: str | None = None
    bill_rate: Money | None = None
    active: bool = True


class PsaTimeEntry(PsaRecord, frozen=True, kw_only=True):
    """Hours of one person on one day (in the legal entity's time zone). `bill_rate` is per hour."""

    project_id: str
    user_id: str | None
    task_id: str | None = None
    work_date: date
    hours: Decimal
    billable: bool | None = None
    note: str | None = None
    approval: str | None = None
    billing: str | None = None
    bill_rate: Money | None = None
    bill_amount: Money | None = None


class PsaExpense(PsaRecord, frozen=True, kw_only=True):
    """An expense of a person for a project."""

    project_id: str
    user_id: str | None
    task_id: str | None = None
    category: str
    incurred_on: date
    amount: Money
    tax: Money | None = None
    billable: bool | None = None
    reimbursable: bool | None = None
    markup_percent: Decimal | None = None
    approval: str | None = None
    dimensions: tuple[DimensionTag, ...] | None = None


class PsaBooking(PsaRecord, frozen=True, kw_only=True):
    """Hours booked for a person from `start_date` to `end_date`, spread evenly over the weekdays.

    A booking of weekend days only is spread over these.
    """

    user_id: str
    project_id: str | None = None
    start_date: date
    end_date: date
    hours: Decimal
    booking: str | None = None
