"""Productive's JSON:API documents (jsonapi.org, 1.0), and the attributes that are read of each type, as structs.

Minutes are integers; money is in cents of its currency, as a number or a text such as "25000.0"; dates have no time,
instants an offset (vendor's reference). A relationship that is not included is `{"meta": {"included": false}}`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from subgraphs.kit.rows import WireRow

Id = str | int


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """Identifies another resource."""

    type: str
    id: Id


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A relationship to one, many or no resource; also to none if it is not included."""

    data: Identifier | tuple[Identifier, ...] | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource. `attributes` is None if they cannot be read, a relationship is None if it cannot."""

    type: str
    id: Id
    attributes: dict[str, Any] | None = {}
    relationships: dict[str, Link | None] = {}


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """The metadata of a list; only numbered pages have the count."""

    total_count: int | None = None


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """The link to the next page."""

    next: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list, and its included resources."""

    data: tuple[Resource, ...]
    included: tuple[Resource, ...] = ()
    meta: Meta = Meta()
    links: Links = Links()


class Row(WireRow, frozen=True, kw_only=True):
    """The attributes of one resource, and under `…_id` the target of each included to-one relationship."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {"updated_at": ("modified_at",)}

    id: Id
    updated_at: str | None = None
    custom_fields: Mapping[str, Any] = {}


class CompanyRow(Row, frozen=True, kw_only=True):
    """A client."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "company_code": ("display_number", "references")}

    name: str
    company_code: str | None = None


class PersonRow(Row, frozen=True, kw_only=True):
    """A person: an employee, or a contact of a client."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "archived_at": ("active",),
        "first_name": ("name",),
        "last_name": ("name",),
        "custom_fields": ("worker_number", "type", "practice", "display_number", "references"),
    }

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    archived_at: str | None = None
    deactivated_at: str | None = None


class ProjectRow(Row, frozen=True, kw_only=True):
    """A project. `project_type_id` is 1 for internal, 2 for client work."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "project_number": ("code",),
        "project_type_id": ("type",),
        "archived_at": ("status",),
        "project_manager_id": ("member_ids",),
        # The code may be one of them, and without it the project would have another.
        "custom_fields": ("code",),
    }

    name: str
    project_number: str | None = None
    project_type_id: int | None = None
    description: str | None = None
    archived_at: str | None = None
    company_id: Id | None = None
    project_manager_id: Id | None = None


class DealRow(Row, frozen=True, kw_only=True):
    """A budget of a project, or an open deal: `budget` is true only for the former."""

    budget: bool = False
    date: str | None = None
    end_date: str | None = None
    delivered_on: str | None = None
    currency: str | None = None
    project_id: Id | None = None
    subsidiary_id: Id | None = None


class MembershipRow(Row, frozen=True, kw_only=True):
    """The access of a person or a team to a project."""

    person_id: Id | None = None
    project_id: Id | None = None


class ServiceRow(Row, frozen=True, kw_only=True):
    """A line of a budget. `unit_id` is 1 for hours, 2 for pieces, 3 for days; `price` is per unit, in cents."""

    name: str
    billable: bool | None = None
    unit_id: int | None = None
    price: Decimal | None = None
    currency: str | None = None
    deal_id: Id | None = None


class StatusRow(Row, frozen=True, kw_only=True):
    """A workflow status with the organization's name for it."""

    name: str


class ServiceTypeRow(Row, frozen=True, kw_only=True):
    """A kind of service, such as travel."""

    name: str


class TaskRow(Row, frozen=True, kw_only=True):
    """A task or a milestone. Times are in minutes."""

    essential: ClassVar[frozenset[str]] = frozenset({"type_id"})

    title: str
    type_id: int | None = None
    start_date: str | None = None
    due_date: str | None = None
    closed_at: str | None = None
    initial_estimate: int | None = None
    worked_time: int | None = None
    remaining_time: int | None = None
    project_id: Id | None = None
    parent_task_id: Id | None = None
    service_id: Id | None = None
    workflow_status_id: Id | None = None


class RequestRow(Row, frozen=True, kw_only=True):
    """A resource request for a service."""

    title: str | None = None
    started_on: str
    ended_on: str
    status: str | None = None
    total_time: int | None = None
    percentage: Decimal | None = None
    creator_id: Id | None = None
    service_id: Id | None = None


class BookingRow(Row, frozen=True, kw_only=True):
    """A booking on a service, or an absence; `draft` is tentative. `time`: minutes per day, `total_time`: of all."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "time": ("planned_hours",),
        "total_working_days": ("planned_hours",),
        "service_id": ("role_name", "bill_rate"),
    }

    started_on: str
    ended_on: str
    time: int | None = None
    total_time: int | None = None
    total_working_days: int | None = None
    percentage: Decimal | None = None
    draft: bool = False
    canceled: bool = False
    person_id: Id | None = None
    service_id: Id | None = None
    task_id: Id | None = None
    resource_request_id: Id | None = None


class TimeEntryRow(Row, frozen=True, kw_only=True):
    """Minutes of one person on one day; `billable_time` is zero on services that are not billed."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "billable_time": ("billing", "bill_rate"),
        "service_id": ("bill_rate",),
    }

    date: str
    time: int
    billable_time: int | None = None
    note: str | None = None
    approved: bool = False
    rejected: bool = False
    submitted: bool = False
    invoiced: bool = False
    person_id: Id | None = None
    service_id: Id | None = None
    task_id: Id | None = None


class ExpenseRow(Row, frozen=True, kw_only=True):
    """An expense of a person; totals are for all units, in cents of `currency`."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "service_type_id": ("category",),
        "custom_fields": ("display_number", "references"),
    }

    name: str
    date: str
    currency: str
    total_amount: Decimal
    total_amount_with_tax: Decimal | None = None
    billable_amount: Decimal | None = None
    markup: Decimal | None = None
    reimbursable: bool | None = None
    approved: bool = False
    rejected: bool = False
    person_id: Id | None = None
    service_id: Id | None = None
    service_type_id: Id | None = None


class CustomFieldRow(Row, frozen=True, kw_only=True):
    """A custom field.

    `data_type_id`: 1 text, 2 number, 3 selection, 4 date, 5 multiple selections, 6 person, 7 attachment (vendor's
    reference).
    """

    name: str
    customizable_type: str
    data_type_id: int
    archived_at: str | None = None


class OptionRow(Row, frozen=True, kw_only=True):
    """One option of a selection."""

    name: str
