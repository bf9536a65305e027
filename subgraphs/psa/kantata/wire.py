"""Kantata's rows as structs. Ids are text, some numbers; the id of an association is there only if it is included.

Money is in minor units, of which `currency_base_unit` make one unit of the currency; time is in minutes (vendor's
public Swagger, v1).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from gateway.canonical.values import Money
from subgraphs.kit.failures import build_mismatch
from subgraphs.kit.rows import WireRow

Id = str | int
RecordTables = dict[str, dict[str, Any]]
"""Plural name -> id -> record, an object as a rule: the records of the list and the included ones."""
_NUMBER = ("display_number", "references")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Identifies one record of the answer."""

    key: str
    id: Id


class Row(WireRow, frozen=True, kw_only=True):
    """Any record."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        "updated_at": ("modified_at",),
        "external_reference_ids": _NUMBER,
    }
    keys: ClassVar[Mapping[str, str]] = {"workspace_id": "project_id"}

    id: Id
    updated_at: str | None = None
    external_reference_ids: tuple[Id, ...] = ()
    custom_field_value_ids: tuple[Id, ...] = ()


class GroupRow(Row, frozen=True, kw_only=True):
    """A workspace group: a client where it is a company."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "external_reference_ids": (*_NUMBER, "number")}

    name: str
    company: bool = False


class UserRow(Row, frozen=True, kw_only=True):
    """A person of the account."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "external_reference_ids": (*_NUMBER, "worker_number"),
        "custom_field_value_ids": ("type", "practice", "bill_rate"),
    }

    full_name: str | None = None
    email_address: str | None = None
    disabled: bool = False


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """A project's status; its key is defined by the account."""

    key: Id
    message: str | None = None


class WorkspaceRow(Row, frozen=True, kw_only=True):
    """A project. `percentage_complete` is 0 to 100."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        # Without its reference, the project would have another code.
        "external_reference_ids": ("code",),
        "custom_field_value_ids": (
            "type",
            "legal_entity",
            "service_line",
            "contract_number",
            "opportunity_reference",
            "health",
            "dimensions",
        ),
    }

    title: str
    description: str | None = None
    start_date: str | None = None
    due_date: str | None = None
    percentage_complete: Decimal | None = None
    currency: str | None = None
    currency_base_unit: int = 100
    status: Status | None = None
    primary_maven_id: Id | None = None
    workspace_group_ids: tuple[Id, ...] = ()
    participant_ids: tuple[Id, ...] = ()


class StoryRow(Row, frozen=True, kw_only=True):
    """A task or a milestone."""

    title: str
    story_type: str
    workspace_id: Id
    parent_id: Id | None = None
    state: str | None = None
    start_date: str | None = None
    due_date: str | None = None
    billable: bool | None = None
    time_estimate_in_minutes: int | None = None


class DemandRow(Row, frozen=True, kw_only=True):
    """A staffing demand: a number of people in a role."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        **Row.affects,
        "role_id": ("role_name",),
        "custom_field_value_ids": ("hours", "priority", "location", "target_bill_rate", "skills"),
        "skill_ids": ("skills",),
    }

    workspace_id: Id
    title: str | None = None
    start_date: str
    end_date: str
    status: str | None = None
    role_id: Id | None = None
    creator_id: Id | None = None
    skill_ids: tuple[Id, ...] = ()


class AllocationRow(Row, frozen=True, kw_only=True):
    """Allocated minutes of a project's resource, hard or soft."""

    workspace_id: Id
    workspace_resource_id: Id
    start_date: str
    end_date: str
    minutes: int
    percentage: Decimal | None = None
    hard: bool = False


class EventRow(Row, frozen=True, kw_only=True):
    """A subscribed event. A participation event changes the project of its context."""

    event_type: str
    subject_id: Id | None = None
    context_workspace_id: Id | None = None

    @property
    def record_id(self) -> Id | None:
        """The id of the record to read again."""
        return self.context_workspace_id if self.event_type.startswith("participation:") else self.subject_id


class ResourceRow(Row, frozen=True, kw_only=True):
    """A role on a project, with or without a user. The bill rate is per hour, in the project currency's minor units."""

    workspace_id: Id | None = None
    user_id: Id | None = None
    role_name: str | None = None
    resource_bill_rate: int | None = None


class TimeEntryRow(Row, frozen=True, kw_only=True):
    """Minutes of one person on one day. `rate_in_cents` is per hour."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "active_submission_id": ("approval",)}

    workspace_id: Id
    user_id: Id | None = None
    story_id: Id | None = None
    date_performed: str
    time_in_minutes: int
    billable: bool = False
    is_invoiced: bool = False
    approved: bool = False
    notes: str | None = None
    rate_in_cents: int | None = None
    currency: str
    currency_base_unit: int = 100
    active_submission_id: Id | None = None


class ExpenseRow(Row, frozen=True, kw_only=True):
    """An expense of a user."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {**Row.affects, "active_submission_id": ("approval",)}

    workspace_id: Id
    user_id: Id | None = None
    story_id: Id | None = None
    date: str
    category: str
    amount_in_cents: int
    currency: str
    currency_base_unit: int = 100
    is_billable: bool | None = None
    reimbursable: bool | None = None
    active_submission_id: Id | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """The currency of an included project."""

    currency: str | None = None
    currency_base_unit: int = 100


def to_money(units: int, currency: str, base: int) -> Money:
    """Convert minor units; `base` of them, a power of ten, make one unit of the currency.

    Raises SourceError(CONTRACT_MISMATCH) for another base.
    """
    if str(base).strip("0") != "1":
        raise build_mismatch("currency_base_unit: no power of ten")
    return Money(Decimal(units).scaleb(1 - len(str(base))), currency)
