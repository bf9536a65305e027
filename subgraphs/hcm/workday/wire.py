"""Workday's JSON as typed structs.

References are instances with id and descriptor, amounts objects with value and currency; reports send numbers as text
(vendor's documentation, REST, WQL and RaaS).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, cast

import msgspec

from subgraphs.kit.rows import WireRow

RowT = TypeVar("RowT", bound=WireRow)


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """A reference to another object."""

    id: str
    descriptor: str = ""


Code = Instance | str
"""A coded value: a reference, or plain text if it is a calculated field."""


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """The value of a currency column."""

    value: Decimal
    currency: str


class WqlPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of rows; columns have their aliases as keys."""

    total: int
    data: tuple[Any, ...]


class WorkerRow(WireRow, frozen=True, kw_only=True):
    """A row of the data source of workers, by the attributes of the mapping file."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {
        "number": ("worker_number", "display_number", "references"),
        "contingent_number": ("worker_number", "display_number", "references"),
        "hire_date": ("termination_date",),
        "cost_currency": ("cost_rate",),
        "updated": ("modified_at",),
    }
    keys: ClassVar[Mapping[str, str]] = {"workday_id": "id"}

    workday_id: str
    number: str | None = None
    contingent_number: str | None = None
    name: str | None = None
    job_title: str | None = None
    email: str | None = None
    type: Code | None = None
    employment_status: Code | None = None
    job_level: Code | None = None
    practice: Code | None = None
    manager: Instance | None = None
    legal_entity: Code | None = None
    cost_center: Code | None = None
    location: Code | None = None
    time_zone: Code | None = None
    hire_date: str | None = None
    termination_date: str | None = None
    weekly_hours: Decimal | None = None
    cost_amount: Amount | Decimal | None = None
    cost_currency: Code | None = None
    updated: str | None = None


class SkillRow(WireRow, frozen=True, kw_only=True):
    """A row of the skills report, by the attributes of the mapping file."""

    affects: ClassVar[Mapping[str, Sequence[str]]] = {"category": ("skills",)}
    keys: ClassVar[Mapping[str, str]] = {"worker": "worker_id"}

    worker: str
    code: str
    name: str
    level: str
    category: str | None = None
    certified_until: str | None = None


class AbsenceRow(WireRow, frozen=True, kw_only=True):
    """A row of the absences report, by the attributes of the mapping file."""

    essential = frozenset({"type", "status"})
    keys: ClassVar[Mapping[str, str]] = {"worker": "worker_id"}

    worker: str
    day: str
    hours: Decimal
    type: str = ""
    status: str = ""


class ReportResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The response of a custom report, which may omit the entries if there are none."""

    entries: tuple[Any, ...] = msgspec.field(name="Report_Entry", default=())


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a REST list."""

    total: int
    data: tuple[dict[str, Any], ...] = ()


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One error; only the code is decoded, as the message may contain record data."""

    code: str | None = None


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an error response."""

    errors: tuple[ErrorDetail, ...] = ()


def bind_columns(row: type[RowT], columns: Mapping[str, str]) -> type[RowT]:
    """Return the row type with the tenant's column of each attribute, for the reports of unreadable values."""
    bound = msgspec.defstruct(row.__name__, [], bases=(row,), namespace={"fields": columns}, frozen=True, kw_only=True)
    return cast("type[RowT]", bound)
